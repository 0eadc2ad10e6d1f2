"""Attachments on disk, by SHA-256: files/ab/ab12…. The same bytes stand there once, however many articles have them.

A file is whole and durable before the row that names it commits; what a killed process left without a row is swept.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from archive.errors import ArchiveError, DiskFull, is_disk_full

FOLDER = "files"
CHUNK = 1 << 20


def path_of(directory: Path, digest: str) -> Path:
    return directory / FOLDER / digest[:2] / digest


def put(conn: sqlite3.Connection, directory: Path, payload: bytes, kind: str, now: str) -> str:
    """Keep the bytes; their digest. Inside the writer's transaction. Raises DiskFull, ArchiveError."""
    digest = hashlib.sha256(payload).hexdigest()
    path = path_of(directory, digest)
    if not path.is_file():
        _write(path, payload)
    conn.execute("INSERT OR IGNORE INTO files (digest, size, type, fetched) VALUES (?, ?, ?, ?)",
                 (digest, len(payload), kind, now))  # fmt: skip
    return digest


def check_files(conn: sqlite3.Connection, directory: Path) -> Iterator[tuple[str, str]]:
    """(file, what is wrong) for every file that is not there, or is not what its digest says."""
    for digest, size in conn.execute("SELECT digest, size FROM files ORDER BY digest"):
        path = path_of(directory, digest)
        place = f"{FOLDER}/{digest[:2]}/{digest}"
        try:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            yield place, f"cannot be read: {error.strerror}"
            continue
        if found != digest or path.stat().st_size != size:
            yield place, "is not what its digest says; `dibao restore` brings a backup back"


def sweep(conn: sqlite3.Connection, directory: Path) -> list[str]:
    """Remove what no row names: a process died between file and row. Under the lock, before anything is written."""
    done = []
    for path in sorted((directory / FOLDER).glob("??/*")):
        if not conn.execute("SELECT 1 FROM files WHERE digest = ?", (path.name,)).fetchone():
            path.unlink()
            done.append(f"{FOLDER}/{path.parent.name}/{path.name}: no article has it; removed")
    return done


def release(conn: sqlite3.Connection, article_id: int) -> list[str]:
    """Take an article's files out of the tables; the digests that no other article has, to be removed after commit."""
    urls = [row[0] for row in conn.execute(
        "SELECT url FROM article_files WHERE article_id = ?1 AND url NOT IN "
        "(SELECT url FROM article_files WHERE article_id != ?1)", (article_id,))]  # fmt: skip
    conn.executemany(
        "UPDATE frontier SET state = 'forgotten', reason = 'removed by dibao forget', etag = NULL, "
        "last_modified = NULL WHERE key = ? AND kind = 'file'",
        [(url,) for url in urls],
    )
    held = "SELECT DISTINCT digest FROM article_files WHERE article_id = ? AND digest NOT NULL"
    mine = [row[0] for row in conn.execute(held, (article_id,))]
    conn.execute("DELETE FROM article_files WHERE article_id = ?", (article_id,))
    alone = [
        digest
        for digest in mine
        if not conn.execute("SELECT 1 FROM article_files WHERE digest = ? LIMIT 1", (digest,)).fetchone()
    ]
    conn.executemany("DELETE FROM files WHERE digest = ?", [(digest,) for digest in alone])
    return alone


def remove(directory: Path, digests: list[str]) -> None:
    for digest in digests:
        path_of(directory, digest).unlink(missing_ok=True)


def _write(path: Path, payload: bytes) -> None:
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            for start in range(0, len(payload), CHUNK):
                file.write(payload[start : start + CHUNK])
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink()
        if is_disk_full(error):
            raise DiskFull(f"disk full on {path.parent}: paused; what is committed is safe") from error
        raise ArchiveError(f"{path}: {error.strerror}; the file was not kept") from error
