"""WARC files as their tools write them, with pages in them; and an archive that takes them in."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from article_shapes import BODY, pg
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.reader import Archive
from archive.verify import verify
from archive.writer import ArchiveWriter
from crawler.ingest import Report, ingest

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

    def revisit(self, url: str, day: str, *, of: tuple[str, str], digest: str = "sha1:NOTOFTHISFILE") -> None:
        """The bytes of `of` = (address, day) again."""
        record = self.writer.create_revisit_record(
            url,
            digest,
            of[0],
            f"2026-07-{of[1]}T01:02:03Z",
            http_headers=StatusAndHeaders("200 OK", [], protocol="HTTP/1.1"),
            warc_headers_dict={"WARC-Date": f"2026-07-{day}T01:02:03Z"},
        )
        self.writer.write_record(record)
        self.ends.append(self.out.tell())

    def save(self) -> Path:
        self.path.write_bytes(self.out.getvalue())
        return self.path


def taken(directory: Path, *files: Path) -> Report:
    with ArchiveWriter.open(directory) as writer:
        return ingest(writer, files)


def changed(report: Report) -> dict[str, int]:
    return {what: number for what, number in report.counts.items() if number}


def facts(directory: Path) -> list[tuple[Any, ...]]:
    with Archive.open(directory) as archive:
        tables = ("articles", "revisions", "captures", "aliases", "frontier", "reprints")
        assert not list(verify(archive.conn, directory))
        return [tuple(row) for table in tables for row in archive.conn.execute(f"SELECT * FROM {table} ORDER BY 1, 2")]


def damage_capture(directory: Path, capture_id: int) -> None:
    """One byte in the middle of its record."""
    with Archive.open(directory) as archive:
        sql = 'SELECT warc, "offset" + length / 2 FROM captures WHERE id = ?'
        name, at = archive.conn.execute(sql, (capture_id,)).fetchone()
    raw = bytearray((directory / "warc" / name).read_bytes())
    raw[at] ^= 0x55
    (directory / "warc" / name).write_bytes(raw)


def two_pages() -> tuple[bytes, bytes]:
    """One article over two pages, 9.html and 9_2.html."""
    pager = '<p><a href="9.html">1</a> <a href="9_2.html">2</a></p>'
    first = (
        f"<h1>县政府召开第18次常务会议</h1><div>来源：清和日报 时间：2026-04-09</div><div id=zoom>{BODY}{pager}</div>"
    )
    second = f"<h1>县政府召开第18次常务会议</h1><div id=zoom><p>{LONG}</p>{pager}</div>"
    return pg(first).encode(), pg(second).encode()
