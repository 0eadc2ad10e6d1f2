"""Copies that restore: SQLite's backup API (also during a crawl), then every raw file that the copied rows name.

One committed state: a file that is still being written is copied to the end of the last record that this state names,
under the name it gets when it is closed. The database is checked, then the copy is given its name. An archive of an
older Dibao is copied as it is: a backup made years ago restores, and one can be made before an upgrade of the schema.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from archive.connection import FILE, LOCK_FILES, connect_readonly
from archive.errors import ArchiveError, ArchiveNotFound, DiskFull, IntegrityError, PlaceTaken, is_disk_full
from archive.files import path_of
from archive.warc import open_warc

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Copied:
    """What stands in the copy, and what is missing in it because the archive names it and does not hold it whole."""

    articles: int
    files: int
    missing: tuple[str, ...]  # "warc/2026/x.warc.gz: No such file or directory"


def backup(directory: Path, destination: Path) -> Copied:
    """Copy the archive to `destination`.

    Raises PlaceTaken where something stands there, ArchiveNotFound, SchemaError, IntegrityError for a damaged database,
    DiskFull, ArchiveError for a place that cannot be written. A copy that fails leaves nothing behind.
    """
    if os.path.lexists(destination):
        raise PlaceTaken(f"{destination} exists already; name a new directory for the backup")
    return _copy(directory, destination)


def restore(source: Path, directory: Path) -> Copied:
    """Make `directory` an archive from a backup; what stands there must be moved away first. Raises as `backup`."""
    if not (source / FILE).is_file():
        raise ArchiveNotFound(f"{source} is no backup: no {FILE} in it; name the directory that `dibao backup` made")
    directory = directory.resolve()  # a symlink to an empty directory stays one
    if names := _names(directory):
        raise PlaceTaken(f"{directory} holds {', '.join(names[:3])}; move it away, or name another with --archive")
    return _copy(source, directory)


def _names(directory: Path) -> list[str]:
    """What stands in the directory, traces of the lock aside."""
    if not directory.is_dir():
        return ["a file of that name"] if directory.exists() else []
    return sorted(path.name for path in directory.iterdir() if path.name not in LOCK_FILES)


def _copy(source: Path, destination: Path) -> Copied:
    part = destination.with_name(destination.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir(parents=True)
        with closing(connect_readonly(source, older=True)) as conn, closing(sqlite3.connect(part / FILE)) as copy:
            conn.backup(copy)
        with closing(sqlite3.connect(part / FILE)) as copy:
            _check(copy, source)
            (articles,) = copy.execute("SELECT count(*) FROM articles").fetchone()
            copied = [_copy_file(source, part, *raw) for raw in _raw_files(copy)]
        for trace in LOCK_FILES:
            (destination / trace).unlink(missing_ok=True)
        part.rename(destination)
    except BaseException as error:
        shutil.rmtree(part, ignore_errors=True)
        if isinstance(error, OSError | sqlite3.Error):
            raise _explained(error, source, destination) from error
        raise
    missing = tuple(line for line in copied if line is not None)
    return Copied(articles, len(copied) - len(missing), missing)


def _raw_files(conn: sqlite3.Connection) -> Iterator[tuple[str, int]]:
    """(path in the archive, bytes) of every raw file, as far as the rows name it."""
    for name, end in conn.execute('SELECT warc, max("offset" + length) FROM captures GROUP BY warc'):
        yield f"warc/{name}", end
    for digest, size in conn.execute("SELECT digest, size FROM files ORDER BY digest"):
        yield path_of(Path(), digest).as_posix(), size


def _copy_file(source: Path, target: Path, place: str, size: int) -> str | None:
    """Copy it durably, as far as it goes; what is missing of it, if anything."""
    try:
        file = open_warc(source, place)
    except OSError as error:
        return f"{place}: {error.strerror}"
    copy, left = target / place, size
    copy.parent.mkdir(parents=True, exist_ok=True)
    with file, copy.open("xb") as out:
        while chunk := file.read(min(left, CHUNK)):
            out.write(chunk)
            left -= len(chunk)
        out.flush()
        os.fsync(out.fileno())
    return f"{place}: ends {left} bytes before what the archive names in it" if left else None


def _check(conn: sqlite3.Connection, source: Path) -> None:
    (result,) = conn.execute("PRAGMA integrity_check").fetchone()
    if result != "ok":
        raise IntegrityError(f"{source / FILE}: {result}; a copy of it cannot be used; `dibao verify` tells more")


def _explained(error: OSError | sqlite3.Error, source: Path, destination: Path) -> ArchiveError:
    if is_disk_full(error):
        return DiskFull(f"disk full on {destination.parent}: no copy made; {source} is untouched")
    if isinstance(error, OSError):
        return ArchiveError(f"{error.filename or destination}: {error.strerror}; no copy made")
    return IntegrityError(f"{source / FILE}: {error}; a copy of it cannot be used; `dibao verify` tells more")
