"""WACZ 1.1.1: the raw pages of the selected articles in one zip that replays in a browser.

    archive/data.warc.gz      the records as they stand in our WARC files, byte for byte, behind a warcinfo record
    indexes/index.cdx.gz      CDXJ, sorted, in gzip members of LINES_A_BLOCK lines; index.idx says where each begins
    pages/pages.jsonl         the articles: address, title, time of capture
    datapackage.json, datapackage-digest.json

Every capture of an article's addresses goes in (earlier states, 404s, further pages of its body), and for a revisit
record the one that holds its payload. As of a date: those fetched until then, and the same bytes whenever.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import sqlite3
import uuid
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

from archive.errors import ExportError
from archive.exports import as_of
from archive.exports.files import Hashed
from archive.exports.selection import Row, Selection
from archive.warc import Place, base32_digest, raw_member, warcinfo_member

COLUMNS = ("id", "url", "title", "published")
WARC = "data.warc.gz"
LINES_A_BLOCK = 300
DATE = (1980, 1, 1, 0, 0, 0)  # of every entry: the date the zip format begins with
SESSION = re.compile(r"(?i)(?:^|&)(?:jsessionid|phpsessid|sid|aspsessionid[a-z]{8})=[0-9a-z]{24,32}(?=&|$)")
OF_ARTICLE = """
SELECT id FROM captures WHERE fetched < :until AND (id = (SELECT capture_id FROM articles WHERE id = :id)
  OR url IN (SELECT url FROM articles WHERE id = :id UNION SELECT url FROM aliases WHERE article_id = :id
             UNION SELECT url FROM frontier WHERE article_id = :id))
"""
"""Captures of one article."""


def refuse(selection: Selection) -> None:
    """Raises ExportError for what a WACZ cannot do."""
    if selection.columns or selection.without_text:
        raise ExportError("a WACZ holds whole raw pages: --columns and --without-text don't go with it")


def write_wacz(file: BinaryIO, rows: Iterable[Row], conn: sqlite3.Connection, selection: Selection) -> int:
    """Write the articles in `rows` (COLUMNS) with their captures; how many articles. Raises ExportError."""
    until = as_of.instant(selection.as_of) if selection.as_of else datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    work = _Work(conn, until if selection.as_of else "9999")
    with zipfile.ZipFile(file, "w") as package:
        resources = [
            _add(package, f"archive/{WARC}", work.records(rows, until), stored=True),
            _add(package, "indexes/index.cdx.gz", work.index(), stored=True),
            _add(package, "indexes/index.idx", work.blocks()),
            _add(package, "pages/pages.jsonl", work.pages()),
        ]
        described = {
            "profile": "data-package", "wacz_version": "1.1.1", "title": "Dibao", "software": "dibao", "created": until,
            "description": json.dumps(selection.described(), ensure_ascii=False), "resources": resources,
        }  # fmt: skip
        text = json.dumps(described, ensure_ascii=False, indent=2).encode()
        digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(text).hexdigest()}"}
        package.writestr(_entry("datapackage.json"), text)
        package.writestr(_entry("datapackage-digest.json"), json.dumps(digest, indent=2))
    return work.articles


class _Work:
    """The parts of one package, in the order they are made; what is to be sorted waits in a temporary table."""

    def __init__(self, conn: sqlite3.Connection, until: str) -> None:
        self.conn, self.until, self.articles = conn, until, 0
        self.folder = _directory(conn) / "warc"
        self.waiting = sqlite3.connect("")  # a file of SQLite's own that is gone when closed
        self.waiting.executescript(
            "CREATE TABLE done (id INTEGER PRIMARY KEY); CREATE TABLE cdx (key TEXT, number INTEGER, line TEXT);"
            "CREATE TABLE pages (line TEXT); CREATE TABLE blocks (line TEXT);"
        )

    def records(self, rows: Iterable[Row], created: str) -> Iterator[bytes]:
        """The members of the WARC file."""
        member = warcinfo_member(WARC, created)
        end = len(member)
        yield member
        for article_id, url, title, _ in rows:
            self.articles += 1
            for capture in self._captures(article_id):
                member = raw_member(self.folder, Place(capture["warc"], capture["offset"], capture["length"]))
                self._index(capture, end, member)
                end += len(member)
                yield member
            self._page(article_id, url, title)

    def _captures(self, article_id: int) -> Iterator[dict[str, Any]]:
        ids = [row[0] for row in self.conn.execute(OF_ARTICLE, {"id": article_id, "until": self.until})]
        for capture_id in ids:
            capture = self._capture(capture_id)
            if capture["revisit_of"] is not None:  # what it refers to has to be inside
                yield from self._once(self._capture(capture["revisit_of"]))
            yield from self._once(capture)

    def _once(self, capture: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if self.waiting.execute("INSERT OR IGNORE INTO done VALUES (?)", (capture["id"],)).rowcount:
            yield capture

    def _capture(self, capture_id: int) -> dict[str, Any]:
        names = ("id", "url", "fetched", "status", "headers", "digest", "warc", "offset", "length", "revisit_of")
        columns = ", ".join(f'"{name}"' for name in names)
        row = self.conn.execute(f"SELECT {columns} FROM captures WHERE id = ?", (capture_id,)).fetchone()
        return dict(zip(names, row, strict=True))

    def _index(self, capture: dict[str, Any], offset: int, member: bytes) -> None:
        stamp = re.sub(r"\D", "", capture["fetched"])[:14]
        line = {
            "url": capture["url"], "mime": _mime(capture), "status": str(capture["status"]),
            "digest": base32_digest(capture["digest"]), "length": str(len(member)), "offset": str(offset),
            "filename": WARC,
        }  # fmt: skip
        key = f"{surt(capture['url'])} {stamp}"
        self.waiting.execute(
            "INSERT INTO cdx VALUES (?, ?, ?)", (key, capture["id"], json.dumps(line, ensure_ascii=False))
        )

    def _page(self, article_id: int, url: str, title: str) -> None:
        row = self.conn.execute(
            "SELECT c.url, c.fetched FROM articles a JOIN captures c ON c.id = a.capture_id WHERE a.id = ?",
            (article_id,),
        ).fetchone()
        if row is not None and self.waiting.execute("SELECT 1 FROM cdx LIMIT 1").fetchone():
            number = uuid.uuid5(uuid.NAMESPACE_URL, url)
            page = {"id": str(number), "url": row[0], "ts": row[1], "title": title}
            self.waiting.execute("INSERT INTO pages VALUES (?)", (json.dumps(page, ensure_ascii=False),))

    def index(self) -> Iterator[bytes]:
        """The blocks of index.cdx.gz; what index.idx says of each is kept."""
        offset = 0
        cursor = self.waiting.execute("SELECT key, line FROM cdx ORDER BY CAST(key AS BLOB), number")
        while lines := cursor.fetchmany(LINES_A_BLOCK):
            member = gzip.compress("".join(f"{key} {line}\n" for key, line in lines).encode(), mtime=0)
            said = {
                "offset": offset,
                "length": len(member),
                "digest": f"sha256:{hashlib.sha256(member).hexdigest()}",
                "filename": "index.cdx.gz",
            }
            self.waiting.execute("INSERT INTO blocks VALUES (?)", (f"{lines[0][0]} {json.dumps(said)}",))
            offset += len(member)
            yield member

    def blocks(self) -> Iterator[bytes]:
        yield b'!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}\n'
        for (line,) in self.waiting.execute("SELECT line FROM blocks ORDER BY rowid"):
            yield f"{line}\n".encode()

    def pages(self) -> Iterator[bytes]:
        yield b'{"format": "json-pages-1.0", "id": "pages", "title": "Articles"}\n'
        for (line,) in self.waiting.execute("SELECT line FROM pages ORDER BY rowid"):
            yield f"{line}\n".encode()


def surt(url: str) -> str:
    """The address as replay tools sort and look up by it: cn,gov,x)/a/b?c=d, everything in small letters.

    As the `surt` package does it (tests compare): www. away, default port away, arguments sorted, session ids away.
    """
    parts = urlsplit(url.strip())
    host = re.sub(r"^www\d*\.", "", (parts.hostname or "").encode("idna").decode() if parts.hostname else "")
    port = f":{parts.port}" if parts.port and parts.port != {"http": 80, "https": 443}.get(parts.scheme) else ""
    path = _escaped(_resolved(re.sub(r"(?i);jsessionid=[0-9a-z]{32}(?=$|/)", "", parts.path)))
    query = "&".join(sorted(filter(None, SESSION.sub("", _escaped(parts.query)).strip("&").split("&"))))
    path = path.rstrip("/") or "/"
    return f"{','.join(reversed(host.split('.')))}{port}){path}{'?' + query if query else ''}"


def _escaped(text: str) -> str:
    """Small letters, every escape that is needed and no other."""
    return quote_from_bytes(unquote_to_bytes(text), safe="!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~").lower()


def _resolved(path: str) -> str:
    """Without //, /./ and /../."""
    out: list[str] = []
    for piece in path.split("/"):
        if piece == "..":
            del out[-1:]
        elif piece not in ("", "."):
            out.append(piece)
    return "/" + "/".join(out)


def _mime(capture: dict[str, Any]) -> str:
    headers = {name.lower(): value for name, value in json.loads(capture["headers"])}
    return (
        "warc/revisit" if capture["revisit_of"] else headers.get("content-type", "unk").split(";")[0].strip() or "unk"
    )


def _add(package: zipfile.ZipFile, path: str, pieces: Iterable[bytes], *, stored: bool = False) -> dict[str, Any]:
    """Write one entry; what datapackage.json says of it."""
    with package.open(_entry(path, stored=stored), "w", force_zip64=True) as entry:
        hashed = Hashed(entry)
        for piece in pieces:
            hashed.write(piece)
    return {
        "name": Path(path).name,
        "path": path,
        "hash": f"sha256:{hashed.digest.hexdigest()}",
        "bytes": hashed.length,
    }


def _entry(path: str, *, stored: bool = False) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, DATE)
    info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info


def _directory(conn: sqlite3.Connection) -> Path:
    path = conn.execute("PRAGMA database_list").fetchone()[2]
    if not path:
        raise ExportError("a WACZ needs the raw pages beside the database; this one is in memory")
    return Path(path).parent
