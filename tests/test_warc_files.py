"""Other people's WARC and WACZ files, record by record: every form, and whatever is broken in them."""

from __future__ import annotations

import gzip
import io
import random
import zipfile
import zlib
from pathlib import Path

import pytest
from warc_maker import HOST, LONG, Warc, article, taken

from crawler.compression import zstd  # type: ignore[attr-defined]
from crawler.warc_files import NotAWarc, records, refuse_others
from crawler.warc_records import Damage, WebRecord


@pytest.mark.parametrize("form", ["gzip", "plain", "stored in a WACZ", "one member"])
def test_a_flipped_bit_changes_no_text(tmp_path: Path, form: str) -> None:
    """What is read of a damaged file is what was written, and what is missing is named."""
    warc = Warc(tmp_path / "x.warc", packed=form not in ("plain", "one member"))
    bodies = {}
    for number in range(1, 6):
        bodies[f"{HOST}/{number}.html"] = article(f"县里召开第{number}次会议", f"{number}" + LONG)
        warc.response(f"{HOST}/{number}.html", bodies[f"{HOST}/{number}.html"])
    data = warc.out.getvalue()
    if form == "one member":
        data = gzip.compress(data)
    elif form == "stored in a WACZ":
        data = zipped({"archive/x.warc.gz": data})
    places = random.Random(9).sample(range(60, len(data) - 160), 60)
    for place in places:
        flipped = bytearray(data)
        flipped[place] ^= 1 << place % 8
        warc.path.write_bytes(flipped)
        found = list(records(warc.path))
        payloads = [one.payload for one in found if isinstance(one, WebRecord)]
        assert set(payloads) <= set(bodies.values()), place
        unprotected = form == "plain" and any(
            start <= place < data.index(b"\r\n\r\n", start) for start in [0, *warc.ends[:-1]]
        )  # a WARC header has no digest: another address or kind looks as right
        assert len(payloads) == 5 or unprotected or any(isinstance(one, Damage) for one in found), place
        if form != "one member":
            assert len(payloads) >= 4, place


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as package:
        for name, data in files.items():
            package.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize("packed", [True, False], ids=["gzip", "plain"])
def test_a_file_cut_short_gives_what_is_whole(tmp_path: Path, packed: bool) -> None:
    warc = Warc(tmp_path / "x.warc", packed=packed)
    for number in range(1, 6):
        warc.response(f"{HOST}/{number}.html", article(f"县里召开第{number}次会议", f"{number}" + LONG))
    path = warc.save()
    path.write_bytes(path.read_bytes()[: warc.ends[3] + 200])
    report = taken(tmp_path / "a", path)
    assert report.counts["new"] >= 4
    assert len(report.damaged) == 1
    assert report.damaged[0].startswith("x.warc at ")


def test_after_a_flipped_bit_reading_goes_on_at_the_next_record(tmp_path: Path) -> None:
    warc = Warc(tmp_path / "x.warc.gz")
    for number in range(1, 6):
        warc.response(f"{HOST}/{number}.html", article(f"县里召开第{number}次会议", f"{number}" + LONG))
    path = warc.save()
    data = bytearray(path.read_bytes())
    data[warc.ends[1] + 300] ^= 0x10  # in the third record
    path.write_bytes(data)
    report = taken(tmp_path / "a", path)
    assert report.counts["new"] == 4
    assert [line.split(":")[0] for line in report.damaged] == [f"x.warc.gz at {warc.ends[1]}"]


def test_one_gzip_member_for_the_whole_file(tmp_path: Path) -> None:
    """Cut short, it still gives the records that their digests prove."""
    warc = Warc(tmp_path / "x.warc", packed=False)
    for number in range(1, 6):
        text = "".join(random.Random(number).choices(LONG, k=3000))
        warc.response(f"{HOST}/{number}.html", article(f"县里召开第{number}次会议", text))
    path = tmp_path / "x.warc.gz"
    packed = gzip.compress(warc.save().read_bytes())
    path.write_bytes(packed)
    assert len(list(records(path))) == 5
    path.write_bytes(packed[: len(packed) * 7 // 10])
    report = taken(tmp_path / "a", path)
    assert (report.counts["new"], report.damaged) == (3, ["x.warc.gz at 0: cut short"])


def test_zstandard(tmp_path: Path) -> None:
    warc = Warc(tmp_path / "x.warc", packed=False)
    for number in range(1, 4):
        warc.response(f"{HOST}/{number}.html", article(f"县里召开第{number}次会议", f"{number}" + LONG))
    data = warc.out.getvalue()
    parts = [zstd.compress(data[start:end]) for start, end in zip([0, *warc.ends], warc.ends, strict=False)]
    for name, packed, whole in (("one", zstd.compress(data), 3), ("many", b"".join(parts), 3),
                                ("torn", b"".join(parts)[:-9], 2)):  # fmt: skip
        path = tmp_path / f"{name}.warc.zst"
        path.write_bytes(packed)
        found = list(records(path))
        assert sum(isinstance(one, WebRecord) for one in found) == whole, name
        assert sum(isinstance(one, Damage) for one in found) == 3 - whole, name


def test_wacz(tmp_path: Path) -> None:
    """Stored, as tools write it, packed once more, and a collection of several."""
    warc = Warc(tmp_path / "x.warc.gz")
    for number in range(1, 4):
        warc.response(f"{HOST}/{number}.html", article(f"县里召开第{number}次会议", f"{number}" + LONG))
    data = warc.save().read_bytes()
    whole = {"archive/data.warc.gz": data, "datapackage.json": b"{}"}
    other = {"archive/more.warc": gzip.decompress(data), "archive/none.warc.gz": b"", "archive/odd.warc.gz": b"no warc"}
    collection = zipped({"a.wacz": zipped(whole), "b.wacz": zipped(other), "datapackage.json": b"{}"})
    for name, packed, pages, damage in (
        ("stored", zipped(whole), 3, 0),
        ("packed", zipped(whole, zipfile.ZIP_DEFLATED), 3, 0),
        ("other", zipped(other), 3, 2),
        ("collection", collection, 6, 2),
        ("torn", zipped(whole)[:-40], 0, 1),
    ):
        path = tmp_path / f"{name}.wacz"
        path.write_bytes(packed)
        found = list(records(path))
        assert sum(isinstance(one, WebRecord) for one in found) == pages, name
        assert sum(isinstance(one, Damage) for one in found) == damage, name
    assert taken(tmp_path / "a", tmp_path / "collection.wacz").counts["new"] == 3
    (tmp_path / "empty.zip").write_bytes(zipped({"readme.txt": b"x"}))
    with pytest.raises(NotAWarc, match="no WACZ"):
        refuse_others(tmp_path / "empty.zip")


def test_whatever_happened_to_a_file_it_is_read_to_its_end(tmp_path: Path) -> None:
    """Bytes changed, lost, put in, the end gone: records or damage, never an exception."""
    packed, plain = (mixed(tmp_path / "x.warc", packed=packed) for packed in (True, False))
    forms = (packed, plain, gzip.compress(plain), zstd.compress(plain), zipped({"archive/x.warc.gz": packed}),
             zipped({"archive/x.warc": plain}, zipfile.ZIP_DEFLATED),
             zipped({"a.wacz": zipped({"archive/x.warc.gz": packed})}))  # fmt: skip
    chance = random.Random(5)
    for number in range(700):
        data = bytearray(forms[number % len(forms)])
        for _ in range(chance.choice((1, 1, 2, 5, 30))):
            place = chance.randrange(len(data) + 1)
            match chance.randrange(4):
                case 0 | 1:
                    data[place : place + 1] = bytes([chance.randrange(256)])
                case 2:
                    del data[place : place + chance.randrange(1, 50)]
                case _:
                    data[place:place] = chance.randbytes(chance.randrange(1, 20))
        if number % 5 == 0:
            del data[chance.randrange(len(data) + 1) :]
        path = tmp_path / "damaged"
        path.write_bytes(data)
        assert all(isinstance(found, WebRecord | Damage) for found in records(path))


def mixed(path: Path, *, packed: bool) -> bytes:
    """Records in the forms that payloads have."""
    warc, body = Warc(path, packed=packed), article("县里召开会议")
    warc.response(f"{HOST}/1.html", body)
    warc.response(
        f"{HOST}/2.html", b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body), http=[("Transfer-Encoding", "chunked")]
    )
    warc.response(f"{HOST}/3.html", gzip.compress(body), http=[("Content-Encoding", "gzip")])
    warc.revisit(f"{HOST}/4.html", "05", of=(f"{HOST}/1.html", "01"))
    return warc.out.getvalue()


def test_bombs_are_left_out(tmp_path: Path) -> None:
    warc = Warc(tmp_path / "x.warc.gz")
    warc.response(f"{HOST}/1.html", zlib.compress(b"<p>" * (8 << 20), 9), http=[("Content-Encoding", "deflate")])
    warc.response(f"{HOST}/2.html", article("县里召开会议"))
    report = taken(tmp_path / "a", warc.save())
    assert report.counts["new"] == 1
    assert len(report.damaged) == 1
    assert f"{HOST}/1.html" in report.damaged[0]


def test_records_say_what_they_are(tmp_path: Path) -> None:
    warc = Warc(tmp_path / "x.warc")
    warc.response(f"{HOST}/1.html", b"x", "03")
    (found,) = records(warc.save())
    assert isinstance(found, WebRecord)
    assert (found.kind, found.url, found.status, found.payload) == ("response", f"{HOST}/1.html", 200, b"x")
