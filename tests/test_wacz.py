"""The WACZ export, by the real tools: `wacz validate` accepts it, pywb replays it, surt agrees on every key.

The tools need older packages than we do, so they live in an environment of their own: $DIBAO_WACZ_TOOLS is its bin/
(`.ci/run` makes it from tests/wacz-tools.lock).
"""

# ruff: noqa: E501  tables of addresses

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.articles import ArticleStore
from archive.errors import ExportError
from archive.exports import Selection, export
from archive.exports.wacz import surt
from archive.reader import Archive
from archive.records import Article, Capture
from archive.writer import ArchiveWriter

TOOLS = Path(os.environ.get("DIBAO_WACZ_TOOLS", "nowhere"))
needs_tools = pytest.mark.skipif(
    not (TOOLS / "wacz").is_file(), reason="no wacz and pywb: .ci/run installs them and sets DIBAO_WACZ_TOOLS"
)
PAGES = {
    "http://www.x.gov.cn/zwyw/1.html": ("清和县召开会议", "text/html; charset=utf-8", "<h1>清和县召开会议</h1>".encode()),
    "https://x.gov.cn:8443/A/B.html?b=2&a=1": ("旧编码的页面", "text/html; charset=gb2312", "旧编码的页面".encode("gb2312")),
    "http://wap.x.gov.cn/%E6%96%87/%E4%B8%AD.html": ("汉字地址", "text/html", "<p>汉字地址</p>".encode()),
}  # fmt: skip


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three articles, one edited, one fetched twice without a change (a revisit record), one gone."""
    directory = tmp_path_factory.mktemp("wacz")
    with ArchiveWriter.open(directory) as writer, writer.page():
        store = ArticleStore(writer.conn)
        for url, (title, kind, payload) in PAGES.items():
            for day, status, body in (
                (1, 200, payload),
                (2, 200, payload),
                (3, 200, payload + b"!" if "zwyw" in url else payload),
                (4, 404 if "wap" in url else 200, b"gone" if "wap" in url else payload),
            ):
                fetched = f"2026-07-0{day}T01:02:03Z"
                number = writer.add_capture(
                    Capture(url, fetched, status, (("Content-Type", kind), ("Content-Encoding", "gzip")), body),
                    run_id=None,
                )
                if status == 200:
                    store.add(
                        Article(url=url, title=title, body=f"{title} {len(body)}"), capture_id=number, seen=fetched
                    )
    return directory


def packed(directory: Path, out: Path, **selection: object) -> zipfile.ZipFile:
    with Archive.open(directory) as archive:
        export(archive.conn, out, Selection(**selection), format="wacz")  # type: ignore[arg-type]
    return zipfile.ZipFile(out)


def test_every_part_is_what_the_package_says(directory: Path, tmp_path: Path) -> None:
    with packed(directory, tmp_path / "x.wacz") as package:
        described = json.loads(package.read("datapackage.json"))
        digest = json.loads(package.read("datapackage-digest.json"))
        assert digest["hash"] == "sha256:" + hashlib.sha256(package.read("datapackage.json")).hexdigest()
        for resource in described["resources"]:
            data = package.read(resource["path"])
            assert (len(data), "sha256:" + hashlib.sha256(data).hexdigest()) == (resource["bytes"], resource["hash"])
        assert {e.filename for e in package.infolist() if e.compress_type == zipfile.ZIP_STORED} == {
            "archive/data.warc.gz", "indexes/index.cdx.gz",
        }  # fmt: skip
        warc = package.read("archive/data.warc.gz")
        lines = gzip.decompress(package.read("indexes/index.cdx.gz")).decode().splitlines()
        pages = [json.loads(line) for line in package.read("pages/pages.jsonl").splitlines()[1:]]
    assert lines == sorted(lines, key=str.encode)
    assert len(lines) == 12
    for line in lines:
        entry = json.loads(line.split(" ", 2)[2])
        member = warc[int(entry["offset"]) : int(entry["offset"]) + int(entry["length"])]
        record = next(ArchiveIterator(io.BytesIO(member), check_digests="raise"))
        assert record.rec_headers["WARC-Target-URI"] == entry["url"]
        assert record.rec_headers["WARC-Payload-Digest"] == entry["digest"]
        assert (record.rec_type == "revisit") == (entry["mime"] == "warc/revisit")
    assert [page["title"] for page in pages] == [title for title, _, _ in PAGES.values()]


def test_as_of_a_date_holds_what_was_there_then_and_the_same_bytes_for_ever(directory: Path, tmp_path: Path) -> None:
    with packed(directory, tmp_path / "x.wacz", as_of="2026-07-02") as package:
        lines = gzip.decompress(package.read("indexes/index.cdx.gz")).decode().splitlines()
    assert len(lines) == 6
    first = (tmp_path / "x.wacz").read_bytes()
    packed(directory, tmp_path / "y.wacz", as_of="2026-07-02").close()
    assert (tmp_path / "y.wacz").read_bytes() == first
    with packed(directory, tmp_path / "z.wacz", query="旧编码") as package:
        urls = {json.loads(line)["url"] for line in package.read("pages/pages.jsonl").splitlines()[1:]}
    assert urls == {"https://x.gov.cn:8443/A/B.html?b=2&a=1"}


@pytest.mark.parametrize("bad", [{"columns": ("url",)}, {"without_text": True}])
def test_what_a_wacz_cannot_do_is_said(directory: Path, tmp_path: Path, bad: dict[str, object]) -> None:
    with pytest.raises(ExportError, match="whole raw pages"):
        packed(directory, tmp_path / "x.wacz", **bad)
    assert not list(tmp_path.iterdir())


KEYS = {
    "http://www.erqi.gov.cn/zwyw/7506364.jhtml": "cn,gov,erqi)/zwyw/7506364.jhtml",
    "https://www2.x.gov.cn:8443/A/B.html?b=2&a=1#f": "cn,gov,x:8443)/a/b.html?a=1&b=2",
    "http://127.0.0.1:8000/z/7.jhtml": "1,0,0,127:8000)/z/7.jhtml", "http://x.gov.cn": "cn,gov,x)/",
    "http://x.gov.cn/a/?": "cn,gov,x)/a", "http://x.gov.cn/a/%E4%B8%AD.html?q=%e4%b8%ad+x": "cn,gov,x)/a/%e4%b8%ad.html?q=%e4%b8%ad+x",
    "http://x.gov.cn/中文.html": "cn,gov,x)/%e4%b8%ad%e6%96%87.html", "http://x.gov.cn/a b": "cn,gov,x)/a%20b",
    "http://x.gov.cn/a.do?JSESSIONID=0123456789abcdef0123456789abcdef&id=3": "cn,gov,x)/a.do?id=3",
    "http://x.gov.cn/a//b/../c": "cn,gov,x)/a/c", "https://x.gov.cn:443/a": "cn,gov,x)/a", "http://x.gov.cn/a?b=&a": "cn,gov,x)/a?a&b=",
    "http://X.GOV.CN/ABC?Q=Z": "cn,gov,x)/abc?q=z", "http://x.gov.cn/col/col1/index.html?uid=3&pageNum=2": "cn,gov,x)/col/col1/index.html?pagenum=2&uid=3",
}  # fmt: skip


@pytest.mark.parametrize("url", KEYS)
def test_keys_of_addresses(url: str) -> None:
    assert surt(url) == KEYS[url]


@needs_tools
def test_the_surt_package_gives_the_same_keys() -> None:
    code = "import json, sys; from surt import surt; print(json.dumps([surt(u) for u in json.load(sys.stdin)]))"
    urls = [*KEYS, *PAGES]
    done = subprocess.run(
        [TOOLS / "python", "-c", code], input=json.dumps(urls), capture_output=True, text=True, check=True, timeout=60
    )
    assert json.loads(done.stdout) == [surt(url) for url in urls]


@needs_tools
def test_wacz_validate_accepts_it(directory: Path, tmp_path: Path) -> None:
    packed(directory, tmp_path / "x.wacz").close()
    done = subprocess.run(
        [TOOLS / "wacz", "validate", "-f", tmp_path / "x.wacz"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, "is valid" in done.stdout) == (0, True), done.stdout + done.stderr


@needs_tools
def test_pywb_replays_it(directory: Path, tmp_path: Path) -> None:
    packed(directory, tmp_path / "x.wacz").close()
    for arguments in (("init", "held"), ("add", "held", str(tmp_path / "x.wacz"), "--unpack-wacz")):
        subprocess.run([TOOLS / "wb-manager", *arguments], cwd=tmp_path, check=True, capture_output=True, timeout=120)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [TOOLS / "wayback", "-b", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            for url, (_, kind, payload) in PAGES.items():
                status, found_kind, found = replayed(port, "20260701", url)
                assert (status, found) == (200, payload), url
                assert found_kind == kind
            first = next(iter(PAGES))
            assert replayed(port, "20260703010203", first)[2] == PAGES[first][2] + b"!"
            assert replayed(port, "20260704010203", list(PAGES)[2])[0] == 404
        finally:
            server.terminate()


def replayed(port: int, stamp: str, url: str) -> tuple[int, str, bytes]:
    """(status, type, bytes) of an address as it was nearest to a time."""
    address = f"http://127.0.0.1:{port}/held/{stamp}id_/{urllib.request.quote(url, safe=':/?&=%')}"  # type: ignore[attr-defined]
    for _ in range(150):
        try:
            with urllib.request.urlopen(address, timeout=20) as answer:
                return answer.status, answer.headers["Content-Type"], answer.read()
        except urllib.error.HTTPError as error:
            return error.code, "", error.read()
        except OSError:  # not up yet
            time.sleep(0.2)
    raise AssertionError(f"pywb under {sys.executable} did not answer at {address}")
