"""The doctor on the machine: versions, settings, worker processes, disk, file system, lock."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

from archive.config import contact_of_config, load_config
from archive.connection import FILE, connect_readonly
from archive.errors import ArchiveError
from archive.records import Capture
from crawler.doctor_finding import BAD, NOTE, OK, Finding
from crawler.doctor_lock import is_locked
from crawler.errors import PageError
from crawler.workers import PageWorkers

WAL_RESET_FIXED = (3, 51, 3)
LIBRARIES = ("scrapy", "lxml", "selectolax", "fastwarc", "filelock")
NETWORK_TYPES = re.compile(r"nfs\d?|cifs|smb\d?|smbfs|9p|afs|ceph|glusterfs|lustre|virtiofs|fuse(\..+)?")
LOCAL_FUSE = frozenset({"fuse.fuseblk", "fuseblk"})  # a local disk behind a driver
LEAST_FREE = 200 << 20  # bytes; below it a crawl does not get far
MONTH = 30  # days left at the present rate, below which it is worth a note
TEN_YEARS = 3653  # days
SAMPLE = "<html><body><h1>防汛工作会议召开</h1><p>" + "安排部署下一阶段重点任务。" * 20 + "</p></body></html>"


def versions() -> Iterator[Finding]:
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding(OK, "versions", f"python {python}, sqlite {sqlite3.sqlite_version}, {libraries}")
    yield from sqlite_library(sqlite3.sqlite_version)


def sqlite_library(found: str) -> Iterator[Finding]:
    """Versions 3.7.0 to 3.51.2 can, very rarely, damage a WAL database that two connections write at once."""
    if tuple(int(part) for part in found.split(".")[:3]) < WAL_RESET_FIXED:
        yield Finding(
            NOTE, "sqlite", f"{found} has the WAL-reset bug (fixed in 3.51.3), which needs two writers at once; the "
            "archive's lock allows one; let nothing but dibao write to archive.db, or use a Python with a newer SQLite",
        )  # fmt: skip


def configuration() -> Iterator[Finding]:
    config = load_config()
    contact = contact_of_config()
    if not (contact or "").strip():
        yield Finding(
            BAD, "contact", 'none set, so that no public portal will be asked; put `contact = "you@example.org"` into '
            "dibao.toml", 2,
        )  # fmt: skip
    else:
        yield Finding(OK, "contact", contact or "")
    if config.log:
        yield from log_file(Path(config.log).expanduser())


def log_file(log: Path) -> Iterator[Finding]:
    """A crawl that cannot write its log does not begin."""
    if log.is_dir():
        yield Finding(BAD, "log", f"{log}: a folder; name a file in it", 2)
    elif not os.access(log.absolute().parent, os.W_OK):
        yield Finding(BAD, "log", f"{log}: its folder cannot be written; make it, or change `log`", 2)
    elif log.exists() and not os.access(log, os.W_OK):
        yield Finding(BAD, "log", f"{log}: cannot be written by this user; chown it, or change `log`", 2)


def workers() -> Iterator[Finding]:
    """One page through a worker process."""
    page = Capture(url="http://127.0.0.1/a.html", fetched="2026-01-01T00:00:00Z", status=200,
                   headers=(("Content-Type", "text/html; charset=utf-8"),), payload=SAMPLE.encode())  # fmt: skip
    with PageWorkers(workers=1) as pool:
        try:
            article = asyncio.run(pool.extract(page, None))
        except PageError as error:
            yield Finding(BAD, "workers", f"{error}; a process of its own must be able to start: look at memory and at "
                          "limits of processes", 1)  # fmt: skip
            return
    if article.title != "防汛工作会议召开":
        yield Finding(BAD, "workers", f"read a page wrongly ({article.title!r}); install Dibao again", 1)
    else:
        yield Finding(OK, "workers", "a page was read in a process of its own")


def disk(archive: Path) -> Iterator[Finding]:
    place = _existing(archive)
    free, (daily, days) = shutil.disk_usage(place).free, growth(archive)
    left = f", {_long(free // daily)} at {daily >> 10:,} KiB a day" if daily else ""
    text = f"{free >> 20:,} MiB free on {place}{left}"
    if free < LEAST_FREE:
        yield Finding(BAD, "disk", f"{text}; a crawl needs {LEAST_FREE >> 20} MiB: free space, or move the archive", 3)
    elif daily and days >= 7 and free // daily < MONTH:
        yield Finding(NOTE, "disk", f"{text}; make room before it is full")
    else:
        yield Finding(OK, "disk", text)


def _long(days: int) -> str:
    return f"{days:,} days" if days < TEN_YEARS else "more than ten years"


def growth(archive: Path) -> tuple[int, int]:
    """(bytes a day that were added over the last 30 days, days that this was seen over)."""
    if not (archive / FILE).is_file():
        return 0, 0
    try:
        with closing(connect_readonly(archive, older=True)) as conn:
            total, days = conn.execute(
                "SELECT coalesce(sum(length), 0), 1 + julianday(max(fetched)) - julianday(min(fetched)) FROM captures "
                "WHERE fetched >= (SELECT strftime('%Y-%m-%dT%H:%M:%SZ', max(fetched), '-30 days') FROM captures)"
            ).fetchone()
    except (ArchiveError, sqlite3.DatabaseError):  # what cannot be read is said of the archive; the disk is looked at
        return 0, 0
    return int(total / (days or 1)), int(days or 0)


def file_system(archive: Path, mounts: str | None = None) -> Iterator[Finding]:
    """Locks and shared memory of SQLite hold on local disks only. `mounts`: text of /proc/self/mountinfo."""
    if mounts is None:
        table = Path("/proc/self/mountinfo")
        if not table.is_file():
            return
        mounts = table.read_text("utf-8", "surrogateescape")
    kind = file_system_type(_existing(archive).resolve(), mounts)
    if NETWORK_TYPES.fullmatch(kind) and kind not in LOCAL_FUSE:
        yield Finding(
            BAD, "file system", f"{archive} is on {kind}, where locks and WAL are not reliable and a database can be "
            "damaged; keep the archive on a local disk and `dibao backup` to the network", 1,
        )  # fmt: skip
    else:
        yield Finding(OK, "file system", kind)


def file_system_type(path: Path, mounts: str) -> str:
    """The type of the file system that holds `path`: that of the longest mount point above it, the last one mounted."""
    best, kind = -1, "unknown"
    for line in mounts.splitlines():
        fields, _, tail = line.partition(" - ")
        if len(words := fields.split()) < 5 or not tail:
            continue
        point = Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), words[4]))
        if path.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), tail.split()[0]
    return kind


def lock(archive: Path) -> Iterator[Finding]:
    if not archive.is_dir():
        yield Finding(NOTE, "archive", f"none at {archive} yet; `dibao crawl PORTAL` makes one")
        return
    if not os.access(archive, os.W_OK):
        yield Finding(BAD, "archive", f"{archive} cannot be written by this user; crawl as its owner, or chown it", 1)
    if is_locked(archive):
        holder = (archive / "archive.holder").read_text("utf-8")
        yield Finding(OK, "lock", f"held by a running crawl ({holder})")
    else:
        yield Finding(OK, "lock", "free")


def _existing(path: Path) -> Path:
    """The path, or the nearest folder above it that is there."""
    return next(place for place in (path.absolute(), *path.absolute().parents) if place.exists())
