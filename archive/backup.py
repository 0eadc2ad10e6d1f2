"""Copies that restore: SQLite's backup API (also during a crawl), raw pages beside it, verified before it is named."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

from archive.connection import FILE, PARTS, connect_readonly
from archive.errors import ArchiveError, DiskFull, IntegrityError


def backup(directory: Path, destination: Path) -> dict[str, int]:
    """Copy the archive to `destination`, which must not exist; return what was copied.

    One committed state: the database first, then the raw files it names (they only grow). The copy is checked, then
    renamed; one that fails leaves nothing behind.
    """
    if destination.exists():
        raise ArchiveError(f"{destination} exists already; name a new directory for the backup")
    part = destination.with_name(destination.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir(parents=True)
        articles = _copy_database(directory, part / FILE)
        files = sum(_copy_tree(directory / name, part / name) for name in PARTS)
        _check(part / FILE)
        part.rename(destination)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        if error.errno == 28:
            raise DiskFull(f"disk full on {destination.parent}: no backup made; the archive is untouched") from error
        raise ArchiveError(f"{destination}: {error.strerror}; no backup made") from error
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return {"articles": articles, "files": files}


def restore(source: Path, directory: Path) -> dict[str, int]:
    """Make `directory` an archive from a backup. An archive that stands there must be moved away first."""
    if not (source / FILE).is_file():
        raise ArchiveError(f"{source} is no backup: no {FILE} in it")
    if (directory / FILE).exists():
        raise ArchiveError(f"{directory} holds an archive already; move it away, or name another with --archive")
    _check(source / FILE)
    directory.parent.mkdir(parents=True, exist_ok=True)
    if directory.exists():
        for left in ("archive.lock", "archive.holder"):
            (directory / left).unlink(missing_ok=True)
        directory.rmdir()
    return backup(source, directory)


def _copy_database(directory: Path, target: Path) -> int:
    source = connect_readonly(directory)
    try:
        with sqlite3.connect(target) as copy:
            source.backup(copy)
        count = int(copy.execute("SELECT count(*) FROM articles").fetchone()[0])
        copy.close()
    finally:
        source.close()
    return count


def _copy_tree(source: Path, target: Path) -> int:
    """Every file below `source`; one that is being written is copied as far as it goes."""
    count = 0
    for path in sorted(source.rglob("*")) if source.is_dir() else []:
        if path.is_file():
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
            with copy.open("rb") as handle:
                os.fsync(handle.fileno())
            count += 1
    return count


def _check(path: Path) -> None:
    conn = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        result = conn.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise IntegrityError(f"{path}: {error}; this copy cannot be used") from error
    finally:
        conn.close()
    if result != "ok":
        raise IntegrityError(f"{path}: {result}; this copy cannot be used")
