"""What `dibao forget` takes off the disk once the rows are gone: raw records, copies of the database, its free pages.

The rows go in one transaction, which leaves the places of the raw records in `removals`; the rest cannot be part of it.
A process that dies or runs out of room meanwhile leaves them there, and the next writer goes on.
"""

from __future__ import annotations

import gzip
import os
import shutil
import sqlite3
from pathlib import Path

from archive.connection import FILE
from archive.errors import ArchiveError, DiskFull, is_disk_full
from archive.warc import Place, warc_path

LATER = "the next command that writes goes on, or `dibao verify --repair`"


def finish(conn: sqlite3.Connection, directory: Path) -> list[ArchiveError]:
    """Remove what `removals` names; return what still stands on the disk, and why.

    Outside a transaction. VACUUM, as the text must not stay in free pages of the file; and what a migration left beside
    it holds the text too.
    """
    if not waiting(conn):
        return []
    left: list[ArchiveError] = []
    for place in [Place(*row) for row in conn.execute('SELECT warc, "offset", length FROM removals')]:
        try:
            _overwrite(directory / "warc", place)
        except OSError as error:
            left.append(ArchiveError(f"warc/{place.warc} at {place.offset}: {error.strerror}; {LATER}"))
    for copy in directory.glob(f"{FILE}.before-*"):
        copy.unlink(missing_ok=True)
    left += _rewrite(conn, directory)
    if not left:
        conn.execute("DELETE FROM removals")
    return left


def remember(conn: sqlite3.Connection, place: Place) -> bool:
    """Have the record removed by `finish`, in the transaction that took its row; not where a capture kept has it.

    That is so where the row was damaged: what it names belongs to others.
    """
    shared = 'SELECT 1 FROM captures WHERE warc = ?1 AND "offset" < ?2 + ?3 AND "offset" + length > ?2'
    if conn.execute(shared, (place.warc, place.offset, place.length)).fetchone():
        return False
    conn.execute("INSERT OR REPLACE INTO removals VALUES (?, ?, ?)", (place.warc, place.offset, place.length))
    return True


def waiting(conn: sqlite3.Connection) -> int:
    """How many raw records of forgotten articles still stand on the disk."""
    return int(conn.execute("SELECT count(*) FROM removals").fetchone()[0])


def _overwrite(folder: Path, place: Place) -> None:
    """A gzip member of the same length that holds nothing, whatever stands there: offsets of others stay."""
    path = warc_path(folder, place.warc)
    if not path.exists():
        return
    with path.open("r+b") as file:
        length = min(place.length, path.stat().st_size - place.offset)
        if length > 0:
            file.seek(place.offset)
            file.write(_empty_member(length))
            file.flush()
            os.fsync(file.fileno())


def _rewrite(conn: sqlite3.Connection, directory: Path) -> list[ArchiveError]:
    """The database without its free pages, and without the log that still has them."""
    size, path = (directory / FILE).stat().st_size, directory / FILE
    no_room = DiskFull(
        f"disk full on {directory}: free pages of {FILE} still hold the text; free {size} bytes; {LATER}"
    )
    if shutil.disk_usage(directory).free < size:
        return [no_room]
    try:
        conn.execute("VACUUM")
    except sqlite3.DatabaseError as error:
        return [no_room if is_disk_full(error) else ArchiveError(f"{path}: {error}; {LATER}")]
    (busy, *_) = conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        return [ArchiveError(f"{path} still holds the text: another process reads its state before; {LATER}")]
    return []


def _empty_member(length: int) -> bytes:
    """A valid gzip member of exactly `length` bytes with empty content: the rest is in its comment field."""
    plain = gzip.compress(b"", mtime=0)
    room = length - len(plain)
    if room < 1:
        return b"\x00" * length
    header = bytearray(plain[:10])
    header[3] |= 0x10  # FCOMMENT
    return bytes(header) + b" " * (room - 1) + b"\x00" + plain[10:]
