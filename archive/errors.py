"""Errors of the archive.

    ArchiveError              something an operator must read; `exit_code` is what the command ends with
    ├── ArchiveNotFound       no archive at that path                                   2
    ├── PlaceTaken            something stands where an archive or a copy is to be made 2
    ├── SchemaError           written by a newer Dibao, or not an archive of ours       6
    ├── IntegrityError        damaged file, digest that does not match                  6
    ├── LockedError           another crawl holds the lock                              5
    ├── DiskFull              no room left; everything committed before is intact       3
    ├── QueryError            a search or SQL text that cannot be read; says where      2
    ├── ConfigurationError    dibao.toml: file, key, nearest valid name                 2
    └── ExportError           unknown format or column, unwritable path                 2

A message gives what was found, where, and what to do next, on one line.
"""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

# What a disk says that cannot be read; of the other I/O errors of SQLite, the usual reason is that there is no room.
UNREADABLE = ("SQLITE_IOERR_READ", "SQLITE_IOERR_SHORT_READ", "SQLITE_IOERR_CORRUPTFS", "SQLITE_IOERR_DATA")
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # what the system calls a full disk, quota, or largest file


class ArchiveError(Exception):
    exit_code = 1


class ArchiveNotFound(ArchiveError):
    exit_code = 2


class PlaceTaken(ArchiveError):
    exit_code = 2


class SchemaError(ArchiveError):
    exit_code = 6


class IntegrityError(ArchiveError):
    exit_code = 6


class LockedError(ArchiveError):
    exit_code = 5


class DiskFull(ArchiveError):
    exit_code = 3


class QueryError(ArchiveError):
    exit_code = 2


class ConfigurationError(ArchiveError):
    exit_code = 2


class ExportError(ArchiveError):
    exit_code = 2


def is_disk_full(error: OSError | sqlite3.Error) -> bool:
    """Whether there was no room left: on the disk, in the quota, below the file size limit."""
    if isinstance(error, OSError):
        return error.errno in NO_ROOM
    if getattr(error, "sqlite_errorname", "") in UNREADABLE:
        return False
    return str(error).startswith(("database or disk is full", "disk I/O error"))


def no_room_to_read(path: Path) -> DiskFull:
    """A reader makes a small file beside a database, for which there was no room."""
    return DiskFull(
        f"disk full on {path.parent}: no room for {path.name}-shm, without which SQLite reads nothing; nothing is "
        "damaged; free some space and ask again"
    )
