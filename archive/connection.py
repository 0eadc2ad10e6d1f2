"""A read-only connection to an archive: no lock taken, nothing written, also while a crawl writes."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

from archive.errors import ArchiveNotFound, SchemaError, is_disk_full, no_room_to_read

FILE = "archive.db"
LOCK_FILES = ("archive.lock", "archive.holder")  # the writer's lock, and who holds it
PARTS = ("warc", "files")  # the folders beside it: raw pages, attachments
# Every migration of this version (archive/migrations.py, which is too heavy to import for a reader).
MIGRATIONS = frozenset(
    {
        "m0001_tables",
        "m0002_search",
        "m0004_forms",
        "m0005_health",
        "m0006_provenance",
        "m0007_fields_digest",
        "m0008_fingerprints_of",
        "m0009_document_keys",
        "m0010_steady_digests",
        "m0011_section_names",
        "m0012_lookups",
        "m0013_removals",
    }
)


def connect_readonly(directory: Path, *, older: bool = False) -> sqlite3.Connection:
    """Open `directory`/archive.db for reading, also on a read-only medium; with `older` also to be copied as it is.

    Raises ArchiveNotFound where there is none, SchemaError where the file is no archive of ours, or of another version,
    DiskFull where a reader has no room.
    """
    path = need_archive(directory)
    conn = sqlite3.connect(read_only_uri(path), uri=True, isolation_level=None, timeout=5)
    try:
        conn.execute("PRAGMA query_only = ON")
        conn.execute("PRAGMA cache_size = -65536")
        tables = {row[0] for row in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    except sqlite3.DatabaseError as error:
        conn.close()
        if is_disk_full(error):
            raise no_room_to_read(path) from error
        raise SchemaError(f"{path}: {error}; {_cure(path)}") from error
    if missing := {"articles", "search", "search_docs"} - tables:
        conn.close()
        raise SchemaError(f"{path} has no table {sorted(missing)[0]}: not an archive, or of another version of Dibao")
    if "_sqlite_migrations" in tables:
        try:
            check_version(conn, path, older=older)
        except SchemaError:
            conn.close()
            raise
    return conn


def need_archive(directory: Path) -> Path:
    """The database in `directory`, for commands that must not make one. Raises ArchiveNotFound."""
    path = directory / FILE
    if not path.is_file():
        raise ArchiveNotFound(
            f"no archive at {directory}; `dibao crawl PORTAL --archive {directory}` makes one, or name another"
        )
    return path


def read_only_uri(path: Path) -> str:
    """What to connect to, with `uri=True`, so that nothing is written into the database at `path`.

    A reader in WAL mode makes a -shm file where there is none, which a read-only medium refuses. Where no -wal waits to
    be read either, nothing can change there, and SQLite may take the file as immutable.
    """
    path = path.resolve()
    closed = not os.access(path.parent, os.W_OK) and not _waiting(path)
    return f"file:{quote(str(path))}?{'immutable=1' if closed else 'mode=ro'}"


def _waiting(path: Path) -> bool:
    """Whether committed rows stand in the -wal only."""
    wal = path.with_name(path.name + "-wal")
    return wal.exists() and wal.stat().st_size > 0


def _cure(path: Path) -> str:
    path = path.resolve()
    if not os.access(path.parent, os.W_OK) and _waiting(path):
        return "it was not closed and its -wal must be read in; copy the whole folder to where it can be written"
    return "if this was an archive, `dibao restore` brings a backup back"


def check_version(conn: sqlite3.Connection, path: Path, *, older: bool = False) -> None:
    """Raises SchemaError unless the file has this version's schema, or an older one where that will do."""
    applied = {row[0] for row in conn.execute("SELECT name FROM _sqlite_migrations")}
    if newer := sorted(applied - MIGRATIONS):
        raise SchemaError(
            f"{path} was written by a newer Dibao (it has {newer[-1]}); upgrade this one, or name another archive"
        )
    if MIGRATIONS - applied and not older:
        raise SchemaError(
            f"{path} was written by an older Dibao; `dibao verify --repair` brings it up to date (a copy of the file "
            "as it was is left beside it)"
        )
