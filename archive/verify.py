"""`dibao verify`: everything that can be checked in an archive, and what of it can be repaired.

SQLite's own check sees a damaged page, not a flipped bit inside a text: our SHA-256 of every text and payload does.
"""

from __future__ import annotations

import gzip
import json
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from archive import removal, search_index
from archive.articles import CONTENT
from archive.errors import IntegrityError
from archive.files import check_files
from archive.fingerprint import body_digest, content_digest, fields_digest
from archive.frontier import imbalances
from archive.warc import Place, payload_digest, read_record, warc_path


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: where, what, and whether `--repair` mends it."""

    place: str
    what: str
    repairable: bool = False

    def __str__(self) -> str:
        return f"{self.place}: {self.what}" + (" (--repair mends this)" if self.repairable else "")


def verify(conn: sqlite3.Connection, directory: Path) -> Iterator[Finding]:
    """Every finding, as it is found. Streams: memory stays flat."""
    conn.text_factory = lambda data: data.decode("utf-8", "surrogateescape")  # a flipped bit may not even be UTF-8
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        lambda: _sqlite(conn),
        lambda: _texts(conn, "articles"),
        lambda: _texts(conn, "revisions"),
        lambda: _captures(conn, directory / "warc"),
        lambda: _whole_files(conn, directory / "warc"),
        lambda: _orphans(conn),
        lambda: (Finding(*found) for found in check_files(conn, directory)),
        lambda: (Finding("books", line) for line in imbalances(conn)),
        lambda: _index(conn),
        lambda: _removals(conn),
    )
    for check in checks:
        try:
            yield from check()
        except sqlite3.DatabaseError as error:  # a page of the file that cannot be read ends this check, no other
            yield Finding("archive.db", f"{error}; `dibao restore` brings a backup back")


def repair(conn: sqlite3.Connection) -> list[str]:
    """Mend what can be mended without guessing: the search index. Runs in the caller's transaction."""
    return [f"search index rebuilt over {search_index.rebuild(conn)} articles"]


def _sqlite(conn: sqlite3.Connection) -> Iterator[Finding]:
    for (line,) in conn.execute("PRAGMA integrity_check"):
        if line != "ok":
            yield Finding("archive.db", str(line))
    for table, row, parent, _ in conn.execute("PRAGMA foreign_key_check"):
        yield Finding("archive.db", f"{table} row {row} refers to a row of {parent} that is not there")


def _texts(conn: sqlite3.Connection, table: str) -> Iterator[Finding]:
    """Every bit of what was read from pages against its digest, and the two digests that decide what is the same."""
    own, body = ("id", "body_digest") if table == "articles" else ("article_id", "NULL")
    sql = f"SELECT {own}, {', '.join(CONTENT)}, content_digest, {body}, fields_digest FROM {table}"
    for article_id, *values, of_content, of_body, exact in conn.execute(sql):
        text = dict(zip(CONTENT, values, strict=True))
        if fields_digest(values) != exact:
            yield Finding(f"{table} {article_id}", "its fields are not what their digest says")
        elif content_digest(text["title"], text["body"]) != of_content:
            yield Finding(f"{table} {article_id}", "title and body are not what content_digest says")
        elif of_body is not None and body_digest(text["body"]) != of_body:
            yield Finding(f"{table} {article_id}", "body is not what its body_digest says")


def _captures(conn: sqlite3.Connection, folder: Path) -> Iterator[Finding]:
    """Every indexed record read back; its payload against the digest."""
    sql = (
        'SELECT c.id, c.url, c.fetched, c.status, c.digest, c.warc, c."offset", c.length, c.revisit_of, o.digest '
        'FROM captures c LEFT JOIN captures o ON o.id = c.revisit_of ORDER BY c.warc, c."offset"'
    )
    for capture_id, url, fetched, status, digest, warc, offset, length, revisit_of, of_original in conn.execute(sql):
        place = f"capture {capture_id} ({url})"
        try:
            record = read_record(folder, Place(warc, offset, length))
        except IntegrityError as error:
            yield Finding(place, str(error))
            continue
        for found, held in ((record.url, url), (record.date, fetched), (record.status, status)):
            if found != held:
                yield Finding(place, f"the record says {found}, the index {held}")
        if revisit_of is None and payload_digest(record.payload) != digest:
            yield Finding(place, "payload is not what its digest says")
        if revisit_of is not None and of_original != digest:
            yield Finding(place, f"is a revisit of capture {revisit_of}, whose digest is another")


def _whole_files(conn: sqlite3.Connection, folder: Path) -> Iterator[Finding]:
    """Every WARC file as a whole: gzip's own checksums cover what no row points at."""
    for (name,) in conn.execute("SELECT DISTINCT warc FROM captures ORDER BY warc"):
        path = warc_path(folder, name)
        try:
            with gzip.open(path) as stream:
                while stream.read(1 << 20):
                    pass
        except FileNotFoundError:
            yield Finding(f"warc/{name}", "file is missing")
        except (OSError, EOFError, ValueError, zlib.error) as error:
            if path.suffix == ".gz":
                yield Finding(f"warc/{name}", f"damaged: {error}")


def _orphans(conn: sqlite3.Connection) -> Iterator[Finding]:
    missing = "SELECT id, url FROM articles WHERE capture_id IS NULL OR capture_id NOT IN (SELECT id FROM captures)"
    for article_id, url in conn.execute(missing):
        yield Finding(f"article {article_id} ({url})", "has no capture: its raw page is not in the archive")
    for article_id, headers in conn.execute("SELECT id, breadcrumb FROM articles WHERE NOT json_valid(breadcrumb)"):
        yield Finding(f"article {article_id}", f"breadcrumb is no JSON: {json.dumps(headers)[:60]}")


def _index(conn: sqlite3.Connection) -> Iterator[Finding]:
    """The search index against the articles: each once, under its portal and dates, nothing else."""
    for (article_id,) in conn.execute("SELECT id FROM articles EXCEPT SELECT article_id FROM search_docs"):
        yield Finding(f"article {article_id}", "is not in the search index", True)
    for (article_id,) in conn.execute("SELECT article_id FROM search_docs EXCEPT SELECT id FROM articles"):
        yield Finding(f"search index: article {article_id}", "does not exist", True)
    other = (
        "SELECT a.id FROM articles a JOIN search_docs d ON d.article_id = a.id "
        "WHERE (a.portal, a.published, a.first_seen) IS NOT (d.portal, d.published, d.first_seen)"
    )
    for (article_id,) in conn.execute(other):
        yield Finding(f"article {article_id}", "portal, published or first_seen is not what the search index has")
    for (doc,) in conn.execute("SELECT doc FROM search_docs EXCEPT SELECT id FROM search_docsize"):
        yield Finding(f"search index: entry {doc}", "has no tokens", True)


def _removals(conn: sqlite3.Connection) -> Iterator[Finding]:
    if count := removal.waiting(conn):
        yield Finding("removals", f"{count} raw records of forgotten articles still stand on the disk", True)
