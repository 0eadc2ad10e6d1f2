"""Takedown: an article's text and raw bytes removed for good, a tombstone left that survives crawls and merges."""

from __future__ import annotations

import gzip
import sqlite3
from pathlib import Path
from urllib.parse import urlsplit

from archive import files, search_index
from archive.fingerprint import content_digest
from archive.urls import canonical_url
from archive.warc import Place, read_record, warc_path
from archive.writer import ArchiveWriter, now_utc


def forget(writer: ArchiveWriter, article_id: int, reason: str) -> dict[str, int]:
    """Remove the article everywhere; return how many addresses and captures were removed."""
    conn = writer.conn
    with writer.page():
        title, body, digest = conn.execute(
            "SELECT title, body, content_digest FROM articles WHERE id = ?", (article_id,)
        ).fetchone()
        urls = _addresses(conn, article_id)
        captures = _captures(conn, urls)
        for url in urls:
            payload = next((row[5] for row in reversed(captures) if row[1] == url), None)
            conn.execute(
                "INSERT OR REPLACE INTO tombstones VALUES (?, ?, ?, ?, ?)", (url, digest, payload, reason, now_utc())
            )
        search_index.remove(conn, article_id, title, body)
        alone = files.release(conn, article_id)
        _delete_rows(conn, article_id, [row[0] for row in captures])
    writer.commit()
    files.remove(writer.directory, alone)
    for _, _, warc, offset, length, _ in captures:
        _blank(writer.directory / "warc", Place(warc, offset, length))
    conn.execute("VACUUM")  # the text must not stay in free pages
    conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return {"addresses": len(urls), "captures": len(captures)}


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


def _captures(conn: sqlite3.Connection, urls: list[str]) -> list[tuple[int, str, str, int, int, str]]:
    """Every capture of these addresses, in whatever form each was asked."""
    conn.create_function("canonical", 1, canonical_url, deterministic=True)
    found: dict[int, tuple[int, str, str, int, int, str]] = {}
    for url in urls:
        host = (urlsplit(url).hostname or "").replace("%", "").replace("_", "")
        sql = (
            'SELECT id, canonical(url), warc, "offset", length, digest FROM captures '
            "WHERE url = ?1 OR (url LIKE ?2 AND canonical(url) = ?1)"
        )
        found |= {row[0]: row for row in conn.execute(sql, (url, f"%{host}%"))}
    return list(found.values())


def _delete_rows(conn: sqlite3.Connection, article_id: int, captures: list[int]) -> None:
    conn.execute(
        "UPDATE frontier SET state = 'forgotten', reason = 'removed by dibao forget', article_id = NULL, "
        "next_check = NULL, etag = NULL, last_modified = NULL, list_title = NULL WHERE article_id = ?",
        (article_id,),
    )
    conn.execute(
        "UPDATE outcomes SET state = 'forgotten' WHERE (run_id, frontier_id) IN "
        "(SELECT run_id, id FROM frontier WHERE state = 'forgotten')"
    )
    for table in ("revisions", "evidence", "aliases", "article_sections", "sentence_hashes"):
        conn.execute(f"DELETE FROM {table} WHERE article_id = ?", (article_id,))
    conn.execute("DELETE FROM reprints WHERE article_id = ?1 OR original_id = ?1", (article_id,))
    conn.execute("DELETE FROM articles WHERE id = ?", (article_id,))
    for capture in captures:
        conn.execute("UPDATE outcomes SET capture_id = NULL WHERE capture_id = ?", (capture,))
        conn.execute("UPDATE captures SET revisit_of = NULL WHERE revisit_of = ?", (capture,))
        conn.execute("DELETE FROM captures WHERE id = ?", (capture,))


def _blank(folder: Path, place: Place) -> None:
    """Overwrite the record with a gzip member of the same length that holds nothing: offsets of others stay."""
    path = warc_path(folder, place.warc)
    read_record(folder, place)  # it must be what the index says before it is overwritten
    with path.open("r+b") as file:
        file.seek(place.offset)
        file.write(_empty_member(place.length))


def _empty_member(length: int) -> bytes:
    """A valid gzip member of exactly `length` bytes with empty content: the rest is in its comment field."""
    plain = gzip.compress(b"", mtime=0)
    room = length - len(plain)
    if room < 1:
        return b"\x00" * length
    header = bytearray(plain[:10])
    header[3] |= 0x10  # FCOMMENT
    return bytes(header) + b" " * (room - 1) + b"\x00" + plain[10:]
