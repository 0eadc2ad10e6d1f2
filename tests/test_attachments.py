"""Attachments: asked for after their article, kept once by digest, named as a reader sees them, checked, forgotten."""

from __future__ import annotations

import hashlib
import io
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from click.testing import CliRunner

from archive.connection import connect_readonly
from archive.files import path_of
from archive.frontier import Task
from archive.verify import verify
from archive.writer import ArchiveWriter
from crawler.cli import cli
from crawler.files import disposition_name, name_of, sniff
from tests.miniportals import PLATFORMS
from tests.miniportals.items import Item
from tests.miniportals.server import Answer, Asked, MiniPortal
from tests.test_miniportals import define, dibao

PDF = b"%PDF-1.4\n" + bytes(range(256)) * 40 + b"\n%%EOF"
ERROR = "<!DOCTYPE html><html><body>系统错误，文件不存在</body></html>"


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
SNIFFED = [
    ("/a.pdf", PDF, "pdf"),
    ("/a.doc", PDF, "pdf"),
    ("/a.docx", zipped("[Content_Types].xml", "word/document.xml"), "docx"),
    ("/download.jsp?id=1", zipped("[Content_Types].xml", "xl/workbook.xml"), "xlsx"),
    ("/a.pptx", zipped("ppt/slides/slide1.xml"), "pptx"),
    ("/a.ofd", zipped("OFD.xml", "Doc_0/Document.xml"), "ofd"),
    ("/a.zip", zipped("名单.txt"), "zip"),
    ("/a.wps", OLE + "WordDocument".encode("utf-16-le"), "doc"),
    ("/a.et", OLE + "Workbook".encode("utf-16-le"), "xls"),
    ("/a.dps", OLE, "ole"),
    ("/a.rar", b"Rar!\x1a\x07\x00xx", "rar"),
    ("/a.tif", b"II*\x00xx", "tif"),
    ("/a.csv", "姓名,单位\n".encode("gbk"), "csv"),
    ("/a.pdf", "名单如下".encode(), "txt"),
    ("/a.bin", b"\x01\x00\x02", "bin"),
    ("/a.pdf", ERROR.encode(), None),
    ("/a.pdf", b"\xef\xbb\xbf \r\n<HTML>", None),
    ("/a.pdf", b"<!-- made by x --><html>", None),
    ("/a.pdf", b"", None),
    ("/a.pdf", b" \r\n", None),
]


@pytest.mark.parametrize(("path", "payload", "kind"), SNIFFED)
def test_the_bytes_say_what_a_file_is(path: str, payload: bytes, kind: str | None) -> None:
    task = Task(1, "", "http://x.gov.cn" + path, "file", None, None, 0, 1, None, None, None, None, None, None, None)
    assert sniff(task, payload) == kind


DISPOSITIONS = [
    ('attachment; filename="a.pdf"', "a.pdf"),
    ("attachment; filename=a.pdf", "a.pdf"),
    ("attachment;filename*=UTF-8''" + quote("名单.xlsx"), "名单.xlsx"),
    ("attachment; filename=x.xls; filename*=gbk''" + quote("名单.xls".encode("gbk")), "名单.xls"),
    ('attachment; filename="' + "评审结果.doc".encode("gbk").decode("latin-1") + '"', "评审结果.doc"),
    ('attachment; filename="' + "评审结果.doc".encode().decode("latin-1") + '"', "评审结果.doc"),
    ("attachment; filename=" + quote("通知；附件.docx"), "通知；附件.docx"),
    ('attachment; filename="=?UTF-8?B?5ZCN5Y2VLnBkZg==?="', "名单.pdf"),
    ('attachment; filename="..\\..\\etc/passwd\x00.pdf"', "passwd.pdf"),
    ("attachment; filename*=klingon''%FF%FE", "ÿþ"),
    ("attachment", None),
    ('attachment; filename=""', None),
    ('attachment; filename="=?x?B?!?="', None),
]


@pytest.mark.parametrize(("header", "name"), DISPOSITIONS)
def test_names_in_headers(header: str, name: str | None) -> None:
    assert disposition_name(header) == name


@pytest.mark.parametrize(
    ("text", "header", "name"),
    [
        ("2024年部门预算.pdf", 'filename="1.pdf"', "2024年部门预算.pdf"),
        ("点击下载", "attachment; filename=" + quote("预算.pdf"), "预算.pdf"),
        ("附件1", "attachment; filename=" + quote("预算.pdf"), "预算.pdf"),
        ("附件1：", None, "附件1："),
        ("", None, "P0202404.pdf"),
        ("P0202404.pdf", "attachment; filename=" + quote("预算.pdf"), "预算.pdf"),
    ],
)
def test_a_file_is_called_what_a_reader_calls_it(text: str, header: str | None, name: str) -> None:
    assert name_of(text, "http://x.gov.cn/a/P0202404.pdf", header) == name


@dataclass
class Shelf:
    """The files of a miniature portal: path and query -> answer, or what makes it."""

    site: MiniPortal
    served: dict[str, Answer | Callable[[Asked], Answer]] = field(default_factory=dict)

    def asked(self) -> list[str]:
        return [one.target for one in self.site.requests if one.target in self.served]


@contextmanager
def shelf(links: dict[int, str]) -> Iterator[Shelf]:
    """A portal of four articles; `links`: number of an article -> markup below its text."""
    plain = PLATFORMS["trs"]

    def article(one: Item) -> str:
        text = one.paragraphs[-1]
        return plain.article(one).replace(f"{text}</p>", f"{text}</p>{links.get(one.number, '')}", 1)

    site = MiniPortal(replace(plain, article=article), 4)
    held, found = Shelf(site), site._found

    def answer(asked: Asked) -> Answer | str:
        given = held.served.get(asked.target)
        return found(asked) if given is None else given(asked) if callable(given) else given

    site._found = answer  # type: ignore[method-assign]
    with site:
        yield held


LINKS = {
    4: '<p>附件：<a href="/files/ys.pdf">2024年部门预算.pdf</a></p><p><a href="/download.jsp?id=7">点击下载</a></p>',
    3: '<p>附件1：<a href="/copy/ys-copy.pdf">预算（副本）</a></p>'
    '<p>附件2：<a href="/files/lost.pdf">丢失的文件.pdf</a></p>',
    2: '<p><a href="/files/error.pdf">名单.pdf</a></p><p><a href="http://other.example/a.pdf">外网文件</a></p>',
    1: '<p>附件1：<a href="/files/huge.zip">全部材料.zip</a></p>'
    '<p>附件2：<a href="/files/moved.pdf">已迁移.pdf</a></p>',
}


def serve(held: Shelf) -> None:
    disposition = (("Content-Disposition", "attachment; filename=评审.xlsx".encode("gbk")),)

    def conditional(asked: Asked) -> Answer:
        tag = (("ETag", b'"1"'),)
        return Answer(b"", status=304) if asked.if_none_match == '"1"' else Answer(PDF, "application/pdf", headers=tag)

    held.served = {
        "/files/ys.pdf": conditional,
        "/copy/ys-copy.pdf": Answer(PDF, "application/octet-stream"),
        "/download.jsp?id=7": Answer(zipped("xl/workbook.xml"), "application/octet-stream", headers=disposition),
        "/files/lost.pdf": Answer("没有", status=404),
        "/files/error.pdf": Answer(ERROR),
        "/files/huge.zip": Answer(zipped() + bytes(300_000), "application/zip"),
        "/files/moved.pdf": Answer("", status=302, headers=(("Location", b"/new/moved.pdf"),)),
        "/new/moved.pdf": Answer(b"%PDF-1.7 moved", "application/pdf"),
    }


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "portals").mkdir()
    return tmp_path


def defined(home: Path, site: MiniPortal, crawl: str) -> None:
    define(home / "portals", "trs", site)
    path = home / "portals" / "mini_trs.toml"
    text = path.read_text("utf-8").replace("min_rows = 5", "min_rows = 2")
    path.write_text(f"{text}\n[crawl]\n{crawl}\n", "utf-8")


def rows(home: Path, site: MiniPortal) -> dict[str, tuple[Any, ...]]:
    conn = connect_readonly(home / "archive")
    try:
        found = conn.execute(
            "SELECT x.url, x.name, x.state, f.type, f.size FROM article_files x LEFT JOIN files f USING (digest)"
        ).fetchall()
    finally:
        conn.close()
    return {url.removeprefix(site.url): tuple(rest) for url, *rest in found}


def test_files_are_kept_once_and_named(home: Path) -> None:
    with shelf(LINKS) as held:
        serve(held)
        defined(home, held.site, "attachments_max_mb = 0.2")
        (summary,) = dibao(home, "mini_trs")
        assert (summary["exit_code"], summary["verdicts"]["new"]) == (10, 4)  # what failed is said
        assert rows(home, held.site) == {
            "/files/ys.pdf": ("2024年部门预算.pdf", "file", "pdf", len(PDF)),
            "/copy/ys-copy.pdf": ("预算（副本）", "file", "pdf", len(PDF)),
            "/download.jsp?id=7": ("评审.xlsx", "file", "xlsx", len(zipped("xl/workbook.xml"))),
            "/files/lost.pdf": ("丢失的文件.pdf", "gone", None, None),
            "/files/error.pdf": ("名单.pdf", "failed_wrong_type", None, None),
            "http://other.example/a.pdf": ("外网文件", "refused_scope", None, None),
            "/files/huge.zip": ("全部材料.zip", "failed_too_big", None, None),
            "/files/moved.pdf": ("已迁移.pdf", "file", "pdf", 14),
        }
        on_disk = {path.name: path for path in (home / "archive" / "files").glob("??/*")}
        assert len(on_disk) == 3
        assert all(hashlib.sha256(path.read_bytes()).hexdigest() == name for name, path in on_disk.items())
        articles = [n for n, one in enumerate(held.site.requests) if one.target in held.site.articles]
        assert articles[-1] < min(n for n, one in enumerate(held.site.requests) if one.target in held.served)

        held.site.requests.clear()
        dibao(home, "mini_trs")
        assert held.asked() == []  # neither what is held, nor megabytes that were no use

        held.site.edit(0)  # the article changed: its files may have, too
        dibao(home, "mini_trs", "--full")
        assert sorted(held.asked()) == ["/download.jsp?id=7", "/files/ys.pdf"]
        asked = {one.target: one.if_none_match for one in held.site.requests}
        assert asked["/files/ys.pdf"] == '"1"'
        assert rows(home, held.site)["/files/ys.pdf"] == ("2024年部门预算.pdf", "file", "pdf", len(PDF))


def test_record_asks_for_none(home: Path) -> None:
    with shelf({4: LINKS[4]}) as held:
        serve(held)
        defined(home, held.site, 'attachments = "record"')
        (summary,) = dibao(home, "mini_trs")
        assert (summary["outcome"], held.asked()) == ("complete", [])
        assert {state for _, state, _, _ in rows(home, held.site).values()} == {"recorded"}


def test_robots_hold_for_files(home: Path) -> None:
    with shelf({4: LINKS[4]}) as held:
        serve(held)
        held.served["/robots.txt"] = Answer("User-agent: *\nDisallow: /files/\n", "text/plain")
        defined(home, held.site, "")
        dibao(home, "mini_trs")
        assert rows(home, held.site)["/files/ys.pdf"][1] == "refused_robots"
        assert held.asked() == ["/robots.txt", "/download.jsp?id=7"]


def test_verify_backup_forget_and_sweep(home: Path) -> None:
    with shelf({4: LINKS[4], 3: LINKS[3].replace("lost", "ys")}) as held:
        serve(held)
        defined(home, held.site, "")
        dibao(home, "mini_trs")
    directory = home / "archive"
    digest = hashlib.sha256(PDF).hexdigest()
    assert findings(directory) == []
    done = CliRunner().invoke(cli, ["backup", str(home / "copy"), "--archive", str(directory)])
    assert (done.exit_code, path_of(home / "copy", digest).read_bytes()) == (0, PDF)

    path_of(home / "copy", digest).write_bytes(PDF[:-1] + b"G")
    assert findings(home / "copy") == [f"files/{digest[:2]}/{digest}: is not what its digest says; "
                                       "`dibao restore` brings a backup back"]  # fmt: skip
    path_of(home / "copy", digest).unlink()
    assert "cannot be read" in findings(home / "copy")[0]

    stray = directory / "files" / "ab" / ("ab" + "0" * 62)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"a process died before its row")
    with ArchiveWriter.open(directory) as writer:
        assert writer.recovered == [f"files/ab/{stray.name}: no article has it; removed"]
        newest, other = [row[0] for row in writer.conn.execute(
            "SELECT DISTINCT article_id FROM article_files ORDER BY article_id")]  # fmt: skip
    assert not stray.exists()
    forget = ["--reason", "x", "--archive", str(directory)]
    done = CliRunner().invoke(cli, ["forget", str(newest), *forget])
    assert (done.exit_code, path_of(directory, digest).is_file()) == (0, True), done.output  # the other one has it too
    done = CliRunner().invoke(cli, ["forget", str(other), *forget])
    assert (done.exit_code, list((directory / "files").glob("??/*"))) == (0, [])
    assert findings(directory) == []


def findings(directory: Path) -> list[str]:
    conn = sqlite3.connect(directory / "archive.db")
    try:
        return [str(one) for one in verify(conn, directory)]
    finally:
        conn.close()
