"""Takedown: an article's text and raw bytes removed for good, a tombstone left that survives crawls and merges."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from archive import files, removal, search_index
from archive.errors import ArchiveError, IntegrityError
from archive.fingerprint import content_digest
from archive.reprints import link_reprints
from archive.rows import HIGHEST
from archive.urls import canonical_url
from archive.warc import Place
from archive.writer import ArchiveWriter, now_utc


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was removed, and what still stands on the disk, with the reason."""

    addresses: int
    captures: int
    left: tuple[ArchiveError, ...]


@dataclass(frozen=True, slots=True)
class _Capture:
    id: int
    url: str  # canonical
    place: Place
    digest: str


def forget(writer: ArchiveWriter, article_id: int, reason: str) -> Forgotten:
    """Remove the article everywhere: its rows, then what they named on the disk (archive/removal.py).

    What could not be removed there is in `left`, and the next writer goes on with it.
    """
    done = forget_rows(writer, article_id, reason)
    return replace(done, left=(*done.left, *removal.finish(writer.conn, writer.directory)))


def forget_rows(writer: ArchiveWriter, article_id: int, reason: str) -> Forgotten:
    """Remove its rows and attachments, and leave its raw records to `removal.finish`, which may do several at once."""
    conn = writer.conn
    with writer.page():
        title, body, digest = conn.execute(
            "SELECT title, body, content_digest FROM articles WHERE id = ?", (article_id,)
        ).fetchone()
        urls = _addresses(conn, article_id)
        captures = _captures(conn, urls)
        for url in urls:
            payload = next((capture.digest for capture in reversed(captures) if capture.url == url), None)
            conn.execute(
                "INSERT OR REPLACE INTO tombstones VALUES (?, ?, ?, ?, ?)", (url, digest, payload, reason, now_utc())
            )
        search_index.remove(conn, article_id, title, body)
        alone = files.release(conn, article_id)
        _remember_ids(conn)
        later = _delete_article(conn, article_id)
        _delete_captures(conn, captures)
        link_reprints(conn, later)
        shared = [capture for capture in captures if not removal.remember(conn, capture.place)]
    writer.commit()
    files.remove(writer.directory, alone)
    left = tuple(
        IntegrityError(
            f"warc/{capture.place.warc} at {capture.place.offset}: not removed, another capture has this place too; "
            "`dibao verify` tells more"
        )
        for capture in shared
    )
    return Forgotten(len(urls), len(captures), left)


def forgotten_payload(conn: sqlite3.Connection, digest: str) -> bool:
    """Whether these raw bytes were removed, at whatever address."""
    return conn.execute("SELECT 1 FROM tombstones WHERE payload_digest = ?", (digest,)).fetchone() is not None


def forgotten_text(conn: sqlite3.Connection, url: str, title: str, body: str) -> bool:
    """Whether this text was removed from this host, at whatever address: another portal's print is another matter."""
    rows = conn.execute("SELECT url FROM tombstones WHERE content_digest = ?", (content_digest(title, body),))
    return any(urlsplit(row[0]).hostname == urlsplit(url).hostname for row in rows)


def _addresses(conn: sqlite3.Connection, article_id: int) -> list[str]:
    sql = (
        "SELECT url FROM articles WHERE id = ?1 UNION SELECT url FROM aliases WHERE article_id = ?1 "
        "UNION SELECT key FROM frontier WHERE article_id = ?1 AND kind = 'article'"
    )
    return [row[0] for row in conn.execute(sql, (article_id,))]


def _captures(conn: sqlite3.Connection, urls: list[str]) -> list[_Capture]:
    """Every capture of these addresses, in whatever form each was asked, and revisits of them at others."""
    conn.create_function("canonical", 1, canonical_url, deterministic=True)
    found: dict[int, _Capture] = {}
    columns = 'id, canonical(url), warc, "offset", length, digest'
    for url in urls:
        host = (urlsplit(url).hostname or "").replace("%", "").replace("_", "")
        sql = f"SELECT {columns} FROM captures WHERE url = ?1 OR (url LIKE ?2 AND canonical(url) = ?1)"
        found |= _by_id(conn.execute(sql, (url, f"%{host}%")))
    for capture in list(found.values()):
        sql = f"SELECT {columns} FROM captures WHERE digest = ? AND revisit_of = ?"
        found |= _by_id(conn.execute(sql, (capture.digest, capture.id)))
    return list(found.values())


def _by_id(rows: Iterable[tuple[int, str, str, int, int, str]]) -> dict[int, _Capture]:
    return {
        number: _Capture(number, url, Place(warc, offset, length), digest)
        for number, url, warc, offset, length, digest in rows
    }


def _remember_ids(conn: sqlite3.Connection) -> None:
    """The highest ids given so far, so that none is given again (archive/rows.py)."""
    for table in ("articles", "captures"):
        conn.execute(f"INSERT OR REPLACE INTO given_ids SELECT '{table}', {HIGHEST[table]}")


def _delete_article(conn: sqlite3.Connection, article_id: int) -> list[int]:
    """Its rows, and the headline in lists; the articles that had it for their original."""
    conn.execute(
        "UPDATE section_rows SET title = '' WHERE frontier_id IN (SELECT id FROM frontier WHERE article_id = ?)",
        (article_id,),
    )
    conn.execute(
        "UPDATE frontier SET state = 'forgotten', reason = 'removed by dibao forget', article_id = NULL, "
        "next_check = NULL, etag = NULL, last_modified = NULL, list_title = NULL WHERE article_id = ?",
        (article_id,),
    )
    conn.execute(
        "UPDATE outcomes SET state = 'forgotten' WHERE (run_id, frontier_id) IN "
        "(SELECT run_id, id FROM frontier WHERE state = 'forgotten')"
    )
    later = [row[0] for row in conn.execute("SELECT article_id FROM reprints WHERE original_id = ?", (article_id,))]
    for table in ("revisions", "evidence", "aliases", "article_sections", "sentence_hashes"):
        conn.execute(f"DELETE FROM {table} WHERE article_id = ?", (article_id,))
    conn.execute("DELETE FROM reprints WHERE article_id = ?1 OR original_id = ?1", (article_id,))
    conn.execute("DELETE FROM articles WHERE id = ?", (article_id,))
    return later


def _delete_captures(conn: sqlite3.Connection, captures: list[_Capture]) -> None:
    for table, column in (("outcomes", "capture_id"), ("probes", "capture_id"), ("section_visits", "capture_id"),
                          ("captures", "revisit_of")):  # fmt: skip
        conn.executemany(f"UPDATE {table} SET {column} = NULL WHERE {column} = ?", [(one.id,) for one in captures])
    conn.executemany("DELETE FROM captures WHERE id = ?", [(one.id,) for one in captures])
