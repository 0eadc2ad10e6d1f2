"""The doctor on the archive: schema, a quick check, raw files, the clock that stamped them, what a killed run left."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from statistics import median

from archive.connection import FILE, connect_readonly
from archive.warc import OPEN
from crawler.doctor_finding import BAD, NOTE, OK, Finding
from crawler.doctor_lock import is_locked

MAX_SKEW = timedelta(minutes=5)
SET_CLOCK = "set the clock (`timedatectl set-ntp true`)"
LOOKED_AT = 25  # newest captures whose Date is compared
NAMED = 3  # of things of one kind


def database(archive: Path) -> Iterator[Finding]:
    """Schema version and SQLite's own quick check. Raises SchemaError for a file that is none of this version."""
    if not (archive / FILE).is_file():
        return
    with closing(connect_readonly(archive)) as conn:
        try:
            problems = [line for (line,) in conn.execute(f"PRAGMA quick_check({NAMED})") if line != "ok"]
            articles = conn.execute("SELECT count(*) FROM articles").fetchone()[0]
            stale = conn.execute("SELECT count(*) FROM runs WHERE outcome = 'running'").fetchone()[0]
        except sqlite3.DatabaseError as error:
            problems, articles, stale = [str(error)], 0, 0
    for line in problems:
        cure = "`dibao verify` tells more, `dibao restore` brings a backup back"
        yield Finding(BAD, "archive", f"{archive / FILE}: {' '.join(line.split())}; {cure}", 6)
    if not problems:
        yield Finding(OK, "archive", f"schema as it should be, quick check passed, {articles:,} articles")
    if stale and not is_locked(archive):
        yield Finding(NOTE, "runs", f"{stale} ended without a word (killed); the next crawl takes up what they left")


def raw_pages(archive: Path) -> Iterator[Finding]:
    """Every WARC file is there and as long as its last record asks for; the digests are `dibao verify`'s matter."""
    if not (archive / FILE).is_file():
        return
    with closing(connect_readonly(archive)) as conn:
        ends = conn.execute('SELECT warc, max("offset" + length) FROM captures GROUP BY warc').fetchall()
    lost = []
    for name, end in ends:
        path = next((p for p in _paths(archive, name) if p.is_file()), None)
        if path is None or path.stat().st_size < end:
            lost.append(f"{name} {'is missing' if path is None else 'is cut short'}")
    if lost:
        more = f" and {len(lost) - NAMED} more" if len(lost) > NAMED else ""
        yield Finding(BAD, "raw pages", f"{'; '.join(lost[:NAMED])}{more}; bring warc/ back from a backup, then "
                      "`dibao verify`", 6)  # fmt: skip
    else:
        yield Finding(OK, "raw pages", f"{len(ends)} WARC file{'s' if len(ends) != 1 else ''}, all there")


def clock(archive: Path, now: datetime | None = None) -> Iterator[Finding]:
    """This machine's clock against the Date of the newest answers, and against the archive's own past."""
    if not (archive / FILE).is_file():
        return
    now = now or datetime.now(UTC)
    with closing(connect_readonly(archive)) as conn:
        newest = conn.execute("SELECT fetched, headers FROM captures ORDER BY id DESC LIMIT ?", (LOOKED_AT,)).fetchall()
    if not newest:
        return
    latest = max(datetime.fromisoformat(fetched) for fetched, _ in newest)
    skews = [_skew(fetched, said) for fetched, headers in newest if (said := date_of(json.loads(headers)))]
    ahead = median(skews) if skews else 0.0
    if latest > now + MAX_SKEW:
        told = f"now is {now:%Y-%m-%d %H:%M} UTC, but a page was fetched at {latest:%Y-%m-%d %H:%M}: it was set back"
        yield Finding(BAD, "clock", f"{told}; {SET_CLOCK}", 1)
    elif abs(ahead) > MAX_SKEW.total_seconds():
        where = f"{abs(ahead) / 60:.0f} minutes {'ahead of' if ahead > 0 else 'behind'} the portals that answered last"
        yield Finding(BAD, "clock", f"this machine is {where}; {SET_CLOCK}", 1)
    else:
        agrees = f"agrees with the last {len(skews)} answers" if skews else "no answer to compare with"
        yield Finding(OK, "clock", agrees)


def date_of(headers: Iterable[Sequence[str]]) -> datetime | None:
    """The time an answer names as its own; None where there is none that can be read."""
    text = next((value for name, value in headers if name.lower() == "date"), None)
    try:
        said = parsedate_to_datetime(text) if text else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return said.replace(tzinfo=UTC) if said and said.tzinfo is None else said


def _skew(fetched: str, said: datetime) -> float:
    """Seconds that this machine was ahead of the server that answered."""
    return (datetime.fromisoformat(fetched) - said).total_seconds()


def leftovers(archive: Path) -> Iterator[Finding]:
    """What killed processes and upgrades left lying about."""
    if not archive.is_dir():
        return
    opened = [] if is_locked(archive) else sorted(archive.rglob(f"*{OPEN}"))
    parts = sorted(archive.rglob("*.part"))
    copies = sorted(archive.glob(f"{FILE}.before-*"))
    for paths, told in (
        (opened, "left open by a killed run; the next crawl cuts a torn end and goes on"),
        (parts, "left by a copy or an export that did not end; may be deleted"),
        (copies, "kept from before an upgrade; may be deleted when all is well"),
    ):
        if paths:
            names = ", ".join(str(path) for path in paths[:NAMED]) + (" …" if len(paths) > NAMED else "")
            size = sum(path.stat().st_size for path in paths if path.is_file())
            yield Finding(NOTE, "leftovers", f"{names} ({size >> 10:,} KiB): {told}")


def _paths(archive: Path, name: str) -> tuple[Path, Path]:
    path = archive / "warc" / name
    return path, path.with_name(path.name + OPEN)
