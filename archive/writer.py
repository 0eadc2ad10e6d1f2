"""The one writer of an archive: an OS lock, batches, raw pages durable before the rows that name them.

    commit = flush and fsync the WARC file, then COMMIT (WAL, synchronous=FULL)

so that a row never names bytes that are not there. Every write runs under BEGIN IMMEDIATE; `page()` is a savepoint, so
that one page is stored whole or not at all. A killed process leaves a torn WARC tail, which the next `open` cuts, and
runs marked `running`, which it marks `interrupted`.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from filelock import FileLock, Timeout

from archive import crash, removal, search_index
from archive.connection import FILE, LOCK_FILES, PARTS
from archive.errors import ArchiveError, DiskFull, IntegrityError, LockedError, SchemaError, is_disk_full
from archive.files import sweep
from archive.frontier import release_leases
from archive.migrations import migrate
from archive.records import Capture
from archive.rows import insert
from archive.warc import Place, WarcWriter, cut_torn_tails, payload_digest, read_record

T = TypeVar("T")
BATCH_PAGES = 200
BATCH_SECONDS = 1.0
CHECKPOINT_PAGES = 16_000  # of the WAL, 64 MB: a page that several batches change is copied into the file once


def now_utc() -> str:
    """The archive's own form of a time: 2026-11-24T01:02:03Z."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class ArchiveWriter:
    """`with ArchiveWriter.open(directory) as writer:`; closing commits."""

    def __init__(self, directory: Path, conn: sqlite3.Connection, lock: FileLock) -> None:
        self.directory, self.conn, self._lock = directory, conn, lock
        self.warc = WarcWriter(directory / "warc")
        self.recovered: list[str] = []  # what a killed process had left, and what was done about it
        self._pages = 0
        self._batch_began = time.monotonic()

    @classmethod
    def open(cls, directory: Path) -> Self:
        """Lock, create or migrate, and recover the archive in `directory`.

        Raises LockedError where another process writes; SchemaError for a file that is no archive or a newer one, and
        where raw pages stand without a database, so that nothing is swept that a lost one names; DiskFull;
        ArchiveError for a directory that cannot be written.
        """
        lock = _lock(directory)
        try:
            conn = _connect(directory / FILE)
            writer = cls(directory, conn, lock)
            writer._recover()
        except BaseException:
            lock.release()
            raise
        return writer

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # --- transactions --------------------------------------------------------------------------------------------

    @contextmanager
    def page(self) -> Iterator[None]:
        """A savepoint in the open batch: everything inside is stored, or nothing."""
        self._begin()
        self.conn.execute("SAVEPOINT page")
        try:
            with _clear_errors(self.directory):
                yield
        except BaseException:
            if self.conn.in_transaction:  # SQLite itself rolls back when the disk is full
                self.conn.execute("ROLLBACK TO page")
                self.conn.execute("RELEASE page")
            raise
        with _clear_errors(self.directory):  # a full disk may show only now
            self.conn.execute("RELEASE page")
        self._pages += 1

    def in_batch(self, action: Callable[[], T]) -> T:
        """Run `action` inside the open batch."""
        self._begin()
        with _clear_errors(self.directory):
            return action()

    def commit(self) -> None:
        """Raw pages durable first, then the rows."""
        if self.conn.in_transaction:
            with _clear_errors(self.directory):
                search_index.flush(self.conn)
                self.warc.sync()
                crash.point("before_commit")
                self.conn.execute("COMMIT")
                crash.point("after_commit")
        self._pages = 0

    def commit_if_due(self, max_pages: int = BATCH_PAGES, max_seconds: float = BATCH_SECONDS) -> None:
        """Commit when the batch is large or old enough."""
        if self._pages >= max_pages or time.monotonic() - self._batch_began >= max_seconds:
            self.commit()

    def close(self) -> None:
        """Commit, close the WARC file, give the lock back."""
        try:
            self.commit()
            self.warc.close()
        finally:
            self.conn.close()
            self._lock.release()

    def _begin(self) -> None:
        if not self.conn.in_transaction:
            with _clear_errors(self.directory):
                self.conn.execute("BEGIN IMMEDIATE")
            self._batch_began = time.monotonic()

    # --- captures ------------------------------------------------------------------------------------------------

    def add_capture(
        self, capture: Capture, *, run_id: int | None, verdict: str | None = None, origin: str | None = None
    ) -> int:
        """Append the raw answer and index it; a payload held already becomes a revisit record. Return its id."""
        digest = payload_digest(capture.payload)
        held = self._held(capture.url, digest) if capture.payload else None
        crash.point("before_raw_write")
        place = self.warc.append(capture, digest, revisit_of=held[1:] if held else None)
        crash.point("after_raw_write")
        return self.index_capture(capture, digest, place, run_id, verdict, held[0] if held else None, origin)

    def index_capture(
        self,
        capture: Capture,
        digest: str,
        place: Place,
        run_id: int | None,
        verdict: str | None,
        revisit_of: int | None = None,
        origin: str | None = None,
    ) -> int:
        """The row of a record that stands in a WARC file."""
        columns = {
            "run_id": run_id, "url": capture.url, "method": capture.method, "fetched": capture.fetched,
            "status": capture.status, "headers": json.dumps(capture.headers, ensure_ascii=False), "digest": digest,
            "warc": place.warc, "offset": place.offset, "length": place.length, "truncated": capture.truncated,
            "revisit_of": revisit_of, "verdict": verdict, "origin": origin,
        }  # fmt: skip
        return insert(self.conn, "captures", columns)

    def set_verdict(self, capture_id: int, verdict: str) -> None:
        self.conn.execute("UPDATE captures SET verdict = ? WHERE id = ?", (verdict, capture_id))

    def _held(self, url: str, digest: str) -> tuple[int, str, str] | None:
        """(id, url, date) of a capture whose record holds this payload of this address, and can be read."""
        rows = self.conn.execute(
            'SELECT id, url, fetched, warc, "offset", length FROM captures '
            "WHERE url = ? AND digest = ? AND revisit_of IS NULL",
            (url, digest),
        ).fetchall()
        sound = (row for row in rows if self._is_sound(Place(*row[3:]), digest))
        return next((tuple(row[:3]) for row in sound), None)

    def _is_sound(self, place: Place, digest: str) -> bool:
        """Whether a record still holds its payload: what is damaged is written again, not referred to."""
        self.warc.flush()
        try:
            return payload_digest(read_record(self.directory / "warc", place).payload) == digest
        except IntegrityError:
            return False

    # --- runs ----------------------------------------------------------------------------------------------------

    def start_run(self, portal: str, settings: Mapping[str, Any]) -> int:
        cursor = self.conn.execute(
            "INSERT INTO runs (portal, started, settings) VALUES (?, ?, ?)",
            (portal, now_utc(), json.dumps(settings, ensure_ascii=False)),
        )
        return int(cursor.lastrowid or 0)

    def finish_run(self, run_id: int, outcome: str, counts: Mapping[str, Any]) -> None:
        self.conn.execute(
            "UPDATE runs SET finished = ?, outcome = ?, counts = ? WHERE id = ?",
            (now_utc(), outcome, json.dumps(counts, ensure_ascii=False), run_id),
        )

    def _recover(self) -> None:
        """What a killed process left: torn WARC tails, leases, runs that never finished, half a takedown."""
        ends = dict(self.conn.execute('SELECT warc, max("offset" + length) FROM captures GROUP BY warc'))
        self.recovered = cut_torn_tails(self.directory / "warc", ends) + sweep(self.conn, self.directory)
        with self.page():
            release_leases(self.conn)
            self.conn.execute("UPDATE runs SET outcome = 'interrupted' WHERE outcome = 'running'")
        self.commit()
        if count := removal.waiting(self.conn):
            left = removal.finish(self.conn, self.directory)
            self.recovered += map(str, left) if left else [f"{count} raw records removed that `dibao forget` had left"]


def _lock(directory: Path) -> FileLock:
    """The OS lock of the archive: given back by the kernel when its holder dies."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = FileLock(directory / "archive.lock", timeout=0)
        lock.acquire()
        (directory / "archive.holder").write_text(f"pid {os.getpid()}, since {now_utc()}")
    except Timeout:
        raise LockedError(f"another crawl{_holder(directory)} holds the lock of {directory}; wait for it") from None
    except OSError as error:  # the lock, if held, goes with the name `lock`
        if is_disk_full(error):
            raise DiskFull(_disk_full(directory)) from None
        raise ArchiveError(f"{directory}: cannot be written ({error.strerror}); name another with --archive") from None
    return lock


def _holder(directory: Path) -> str:
    try:
        return f" ({(directory / LOCK_FILES[1]).read_text()})"
    except OSError:
        return ""


def _connect(path: Path) -> sqlite3.Connection:
    if not (path.exists() and path.stat().st_size):
        _refuse_to_begin_anew(path)
    conn = sqlite3.connect(path, isolation_level=None, timeout=30)
    try:
        with _clear_errors(path):
            tables = {row[0] for row in conn.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
            if not tables:
                _refuse_to_begin_anew(path)
            elif "_sqlite_migrations" not in tables:
                raise SchemaError(f"{path} is a SQLite file, but no archive of Dibao; name another with --archive")
            conn.execute("PRAGMA journal_mode = WAL")
            conn.execute("PRAGMA synchronous = FULL")
            conn.execute("PRAGMA foreign_keys = ON")
            conn.execute("PRAGMA cache_size = -65536")
            conn.execute("PRAGMA journal_size_limit = 67108864")
            conn.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
            migrate(conn, path)
            search_index.collect(conn)
    except BaseException:
        conn.close()
        raise
    return conn


def _refuse_to_begin_anew(path: Path) -> None:
    """Raw pages without a database are an archive that lost it, not a new one.

    Asked before SQLite opens an empty file: it would remove the log beside it.
    """
    directory = path.parent
    kept = next((file for name in PARTS for file in (directory / name).rglob("*") if file.is_file()), None)
    if kept is not None:
        raise SchemaError(
            f"{path} is {'empty' if path.exists() else 'missing'}, and {kept.relative_to(directory)} stands beside it: "
            f"an archive that lost its database; nothing was changed. Move {directory} away, then `dibao restore` a "
            f"backup, or `dibao ingest` the files of its warc/"
        )


@contextmanager
def _clear_errors(place: Path) -> Iterator[None]:
    """SQLite's and the disk's errors as ours: what happened, where, what to do."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if is_disk_full(error):
            raise DiskFull(_disk_full(place)) from error
        if "readonly" in str(error):
            raise ArchiveError(f"{place}: read-only; name another archive with --archive") from error
        raise ArchiveError(f"{place}: {error}") from error
    except sqlite3.DatabaseError as error:
        raise IntegrityError(
            f"{place}: {error}; `dibao verify` tells more, `dibao restore` brings a backup back"
        ) from error
    except OSError as error:
        if is_disk_full(error):
            raise DiskFull(_disk_full(place)) from error
        raise


def _disk_full(place: Path) -> str:
    return f"disk full on {place}: paused; nothing committed is lost; free space and crawl again"
