"""Other people's WARC and WACZ files: articles out of them once, whatever wrote them, and whatever is broken in them."""

# ruff: noqa: E501  pages as sites write them

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from article_shapes import BODY, PARAGRAPHS, pg
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.forget import forget
from archive.reader import Archive
from archive.search import count
from archive.verify import verify
from archive.writer import ArchiveWriter
from crawler.ingest import Report, ingest
from crawler.warc_files import Damage, NotAWarc, WebRecord, records

HOST = "http://www.x.gov.cn"
LONG = "县里召开会议，研究部署安全生产、防汛备汛等工作，要求各部门压紧压实责任，深入开展隐患排查整治。"


def article(title: str, text: str = LONG, source: str = "清和日报") -> bytes:
    page = pg(
        f"<h1>{title}</h1><div>来源：{source} 时间：2026-04-09 10:21</div><div id=zoom><p>{text}</p></div>", title=title
    )
    return page.encode()


class Warc:
    """A WARC file as its tool writes it."""

    def __init__(self, path: Path, *, packed: bool = True) -> None:
        self.path, self.out = path, io.BytesIO()
        self.writer = WARCWriter(self.out, gzip=packed, warc_version="1.1")
        self.ends: list[int] = []

    def response(
        self,
        url: str,
        payload: bytes,
        day: str = "01",
        *,
        status: str = "200 OK",
        kind: str = "text/html; charset=utf-8",
        **more: Any,
    ) -> None:
        headers = [("Content-Type", kind), *more.pop("http", [])]
        self._write(url, "response", payload, day, StatusAndHeaders(status, headers, protocol="HTTP/1.1"), **more)

    def _write(
        self, url: str, kind: str, payload: bytes, day: str, http: StatusAndHeaders | None, **fields: str
    ) -> None:
        dated = {
            "WARC-Date": f"2026-07-{day}T01:02:03.123456Z",
            **{name.replace("_", "-"): value for name, value in fields.items()},
        }
        record = self.writer.create_warc_record(
            url, kind, payload=io.BytesIO(payload), http_headers=http, warc_headers_dict=dated, length=len(payload)
        )
        self.writer.write_record(record)
        self.ends.append(self.out.tell())

    def other(self, url: str, kind: str, payload: bytes, content_type: str, day: str = "01") -> None:
        self._write(url, kind, payload, day, None, **{"Content-Type": content_type})

    def revisit(self, url: str, day: str) -> None:
        record = self.writer.create_revisit_record(
            url,
            "sha1:AAAA",
            url,
            "2026-07-01T01:02:03Z",
            http_headers=StatusAndHeaders("200 OK", [], protocol="HTTP/1.1"),
            warc_headers_dict={"WARC-Date": f"2026-07-{day}T01:02:03Z"},
        )
        self.writer.write_record(record)

    def save(self) -> Path:
        self.path.write_bytes(self.out.getvalue())
        return self.path


def taken(directory: Path, *files: Path) -> Report:
    with ArchiveWriter.open(directory) as writer:
        return ingest(writer, files)


def facts(directory: Path) -> list[tuple[Any, ...]]:
    with Archive.open(directory) as archive:
        tables = ("articles", "revisions", "captures", "aliases", "frontier", "reprints")
        assert not list(verify(archive.conn, directory))
        return [tuple(row) for table in tables for row in archive.conn.execute(f"SELECT * FROM {table} ORDER BY 1, 2")]


def changed(report: Report) -> dict[str, int]:
    return {what: number for what, number in report.counts.items() if number}


@pytest.mark.parametrize("packed", [True, False], ids=["gzip", "plain"])
def test_pages_become_articles_once(tmp_path: Path, packed: bool) -> None:
    """Records as Browsertrix, Heritrix, wget and Common Crawl mix them."""
    warc = Warc(tmp_path / "crawl.warc", packed=packed)
    warc.other("urn:pageinfo:http://www.x.gov.cn/1.html", "resource", b"{}", "application/json")
    warc.other("metadata://gnu.org/software/wget/warc/MANIFEST.txt", "resource", b"x", "text/plain")
    warc.response(f"{HOST}/zwyw/1.html", article("县里召开第一次会议"), WARC_Identified_Payload_Type="text/html")
    warc.response(
        f"{HOST}/zwyw/2.html",
        gzip.compress(article("县里召开第二次会议", LONG + "二")),
        http=[("Content-Encoding", "gzip")],
    )
    body = article("县里召开第三次会议", LONG + "三")
    warc.response(
        f"{HOST}/zwyw/3.html", b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body), http=[("Transfer-Encoding", "chunked")]
    )
    warc.response(
        f"{HOST}/zwyw/4.html", article("县里召开第四次会议", LONG + "四"), http=[("Content-Encoding", "gzip")]
    )  # kept decoded
    warc.response(f"{HOST}/style.css", b"p{}", kind="text/css")
    warc.response(f"{HOST}/moved", b"", status="301 Moved", http=[("Location", "/zwyw/1.html")])
    warc.response(f"{HOST}/lost.html", b"gone", status="404 Not Found")
    rows = "".join(f"<li><a href=/zwyw/{n}.html>县里召开第{n}次会议研究部署</a> 2026-04-0{n}</li>" for n in range(1, 9))
    warc.response(f"{HOST}/zwyw/index.html", f"<title>要闻</title><ul>{rows}</ul>".encode())
    path = warc.save()
    report = taken(tmp_path / "a", path)
    assert changed(report) == {"new": 4, "no_article": 1, "other": 3}
    assert report.damaged == []
    with Archive.open(tmp_path / "a") as archive:
        stored = list(archive.articles())
        assert [s.article.title for s in stored] == [f"县里召开第{n}次会议" for n in "一二三四"]
        assert {s.first_seen for s in stored} == {"2026-07-01T01:02:03Z"}
        assert {(s.article.portal, s.article.source) for s in stored} == {("www.x.gov.cn", "清和日报")}
        assert count(archive.conn, "防汛") == 4
        origins = [row[0] for row in archive.conn.execute("SELECT origin FROM captures")]
        capture = archive.capture(stored[1].capture_id or 0)
    assert all(origin.startswith("crawl.warc urn:uuid:") for origin in origins)
    assert capture is not None
    assert capture.payload == article("县里召开第二次会议", LONG + "二"), (
        "kept as it reads, not as it came over the wire"
    )
    before = facts(tmp_path / "a")
    again = taken(tmp_path / "a", path)
    assert changed(again) == {"held": 5, "other": 3}
    assert facts(tmp_path / "a") == before


def test_time_is_that_of_the_capture(tmp_path: Path) -> None:
    """Records in any order, absences and revisit records before their article too: the same history."""
    visits = [("05", "第二稿"), ("01", "第一稿"), ("09", "第二稿"), ("07", "")]
    for number, order in enumerate((visits, visits[::-1])):
        warc = Warc(tmp_path / f"{number}.warc.gz")
        warc.revisit(f"{HOST}/1.html", "11")
        for day, text in order:
            if text:
                warc.response(f"{HOST}/1.html", article("县里召开会议", text + LONG), day)
            else:
                warc.response(f"{HOST}/1.html", b"gone", day, status="404 Not Found")
        warc.response(f"{HOST}/2.html", b"gone", "08", status="410 Gone")
        warc.response(f"{HOST}/2.html", article("县里又开会议", "另一篇" + LONG), "06")
        taken(tmp_path / f"a{number}", warc.save())
        with Archive.open(tmp_path / f"a{number}") as archive:
            first, second = archive.articles()
            states = archive.conn.execute("SELECT seen, replaced, substr(body, 1, 3) FROM revisions").fetchall()
        assert (first.first_seen, first.last_seen) == ("2026-07-01T01:02:03Z", "2026-07-11T01:02:03Z")
        assert first.article.body.startswith("第二稿")
        assert states == [("2026-07-01T01:02:03Z", "2026-07-05T01:02:03Z", "第一稿")]
        assert (second.gone_since, second.gone_grade) == ("2026-07-08T01:02:03Z", "once")
        before = facts(tmp_path / f"a{number}")
        taken(tmp_path / f"a{number}", warc.path)
        assert facts(tmp_path / f"a{number}") == before


def test_a_body_over_several_pages_is_one_article(tmp_path: Path) -> None:
    warc = Warc(tmp_path / "x.warc.gz")
    pager = '<p><a href="9.html">1</a> <a href="9_2.html">2</a></p>'
    first = pg(
        f"<h1>县政府召开第18次常务会议</h1><div>来源：清和日报 时间：2026-04-09</div><div id=zoom>{BODY}{pager}</div>"
    )
    warc.response(f"{HOST}/9.html", first.encode())
    warc.response(
        f"{HOST}/9_2.html", pg(f"<h1>县政府召开第18次常务会议</h1><div id=zoom><p>{LONG}</p>{pager}</div>").encode()
    )
    warc.response(f"{HOST}/8.html", first.replace("9_2.html", "8_2.html").replace("18次", "19次").encode())
    report = taken(tmp_path / "a", warc.save())
    assert changed(report) == {"new": 2, "page": 1}
    with Archive.open(tmp_path / "a") as archive:
        whole, part = archive.articles()
    assert (whole.article.body.split("\n")[0], whole.article.body.split("\n")[-1]) == (PARAGRAPHS[0], LONG)
    assert "pages_missing" in part.article.flags
    assert "pages_missing" not in whole.article.flags
    before = facts(tmp_path / "a")
    taken(tmp_path / "a", warc.path)
    assert facts(tmp_path / "a") == before


def test_the_rules_of_a_definition_are_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "portals").mkdir()
    (tmp_path / "portals" / "qinghe.toml").write_text(
        'id = "qinghe"\nname = "清和"\nurl = "http://www.x.gov.cn/"\n[article]\nsource = ".by"\n'
        '[[section]]\nname = "政务要闻"\nurl = "http://www.x.gov.cn/zwyw/index.html"\n', "utf-8",
    )  # fmt: skip
    monkeypatch.setenv("DIBAO_PORTALS", str(tmp_path / "portals"))
    warc = Warc(tmp_path / "x.warc.gz")
    warc.response(
        f"{HOST}/zwyw/1.html",
        article("县里召开会议").replace(b"<div id=zoom>", "<b class=by>县府办</b><div id=zoom>".encode()),
    )
    taken(tmp_path / "a", warc.save())
    with Archive.open(tmp_path / "a") as archive:
        (stored,) = archive.articles()
    assert (stored.article.portal, stored.article.section, stored.article.source) == ("qinghe", "政务要闻", "县府办")


def test_what_was_forgotten_stays_away(tmp_path: Path) -> None:
    warc = Warc(tmp_path / "x.warc.gz")
    warc.response(f"{HOST}/1.html", article("县里召开会议"))
    warc.response(f"{HOST}/copy.html", article("县里召开会议"), "02")
    taken(tmp_path / "a", warc.save())
    with ArchiveWriter.open(tmp_path / "a") as writer:
        forget(writer, 1, "takedown")
    later = Warc(tmp_path / "y.warc.gz")
    later.response(f"{HOST}/1.html", article("县里召开会议", "改过的" + LONG), "05")
    report = taken(tmp_path / "a", warc.path, later.save())
    assert changed(report) == {"forgotten": 3}
    with Archive.open(tmp_path / "a") as archive:
        assert list(archive.articles()) == []


def test_challenges_are_no_articles(tmp_path: Path) -> None:
    warc = Warc(tmp_path / "x.warc.gz")
    script = b"<html><head><script>$_ts=window['$_ts'];if(!$_ts)$_ts={};</script></head><body></body></html>"
    warc.response(f"{HOST}/1.html", script, kind="text/html")
    warc.response(f"{HOST}/2.html", article("县里召开会议"))
    assert changed(taken(tmp_path / "a", warc.save())) == {"challenge": 1, "new": 1}


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
    warc = Warc(tmp_path / "x.warc", packed=False)
    for number in range(1, 4):
        warc.response(f"{HOST}/{number}.html", article(f"县里召开第{number}次会议", f"{number}" + LONG))
    path = tmp_path / "x.warc.gz"
    path.write_bytes(gzip.compress(warc.save().read_bytes()))
    assert taken(tmp_path / "a", path).counts["new"] == 3


def test_wacz(tmp_path: Path) -> None:
    warc = Warc(tmp_path / "x.warc.gz")
    warc.response(f"{HOST}/1.html", article("县里召开会议"))
    with zipfile.ZipFile(tmp_path / "x.wacz", "w") as package:
        package.writestr("archive/data.warc.gz", warc.save().read_bytes())
        package.writestr("datapackage.json", "{}")
    assert taken(tmp_path / "a", tmp_path / "x.wacz").counts["new"] == 1
    with zipfile.ZipFile(tmp_path / "empty.zip", "w") as package:
        package.writestr("readme.txt", "x")
    with pytest.raises(NotAWarc, match="no WACZ"):
        list(records(tmp_path / "empty.zip"))
    (tmp_path / "torn.wacz").write_bytes((tmp_path / "x.wacz").read_bytes()[:-40])
    assert [type(found) for found in records(tmp_path / "torn.wacz")] == [Damage]


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


def test_the_command(tmp_path: Path) -> None:
    warc = Warc(tmp_path / "x.warc.gz")
    warc.response(f"{HOST}/1.html", article("县里召开会议"))
    warc.response(f"{HOST}/2.html", article("县里召开会议", LONG + "再"))
    path = warc.save()

    def dibao(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "crawler.cli", "ingest", *arguments, "--archive", str(tmp_path / "a")]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    done = dibao(str(path))
    assert (done.returncode, done.stdout) == (0, "2 new articles; 1 reprints\n"), done.stderr
    done = dibao(str(path), "--json")
    assert json.loads(done.stdout)["held"] == 2
    path.write_bytes(path.read_bytes()[:-30])
    done = dibao(str(path))
    assert done.returncode == 10
    assert "damaged, left out: x.warc.gz at " in done.stdout
    (tmp_path / "notes.txt").write_text("no archive")
    done = dibao(str(tmp_path / "notes.txt"))
    assert (done.returncode, "neither WARC nor WACZ" in done.stderr) == (2, True)
    assert dibao(str(tmp_path / "missing.warc")).returncode == 2
