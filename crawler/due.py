"""`dibao crawl --due`: which portals are to be crawled now, by their definitions and by what the archive remembers.

A portal is due when its `every` has passed since its last run began, a column of its own rhythm likewise. A run that
was stopped or killed is taken up at the next call. After a failure a portal rests, longer each time in a row:

    challenged, refused   1, 2, 4 … at most 30 days; never sooner than its `every`
    unreachable, failed   1, 2, 4 … hours, at most 7 days

and is named with the exit code of that failure until it has been asked again: nobody is passed over in silence.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from archive.connection import FILE, read_only_uri
from archive.errors import IntegrityError, is_disk_full, no_room_to_read
from crawler.every import parse_every
from crawler.portal import Portal, Section

SLACK = timedelta(minutes=30)  # a timer that fires a little sooner than the day before must not lose a day
CUT_SHORT = frozenset({"running", "interrupted", "stopped", "disk_full"})  # tell nothing about the portal


@dataclass(frozen=True, slots=True)
class Rest:
    """How long a portal is left alone after a failure: `first`, doubled each time, at most `most`."""

    first: timedelta
    most: timedelta
    exit_code: int

    def after(self, times: int) -> timedelta:
        return min(self.first * int(2 ** min(times - 1, 20)), self.most)


NOT_WANTED = Rest(timedelta(days=1), timedelta(days=30), 12)
NOT_THERE = Rest(timedelta(hours=1), timedelta(days=7), 1)
RESTS = {"challenged": NOT_WANTED, "refused": NOT_WANTED, "unreachable": NOT_THERE, "failed": NOT_THERE}


@dataclass(frozen=True, slots=True)
class Memory:
    """What the archive remembers of one portal."""

    runs: tuple[tuple[datetime, str], ...] = ()  # (started, outcome), the newest first
    visits: dict[str, datetime] = field(default_factory=dict)  # first list page of a column -> last visit that ended
    columns: tuple[str, ...] = ()  # first list pages of all that were ever its columns, and are no other portal's now


@dataclass(frozen=True, slots=True)
class Due:
    """When a portal is to be crawled next; `rest` where that is because of how it ended."""

    portal: Portal  # columns that are not due are `later`
    at: datetime | None  # None: at the next call
    rest: Rest | None = None
    why: str = ""

    def is_due(self, now: datetime) -> bool:
        return self.at is None or self.at <= now


def remember(directory: Path) -> dict[str, Memory]:
    """Portal -> what the archive in `directory` remembers of it; nothing where there is none. Any schema version."""
    path = directory / FILE
    if not path.is_file():
        return {}
    try:
        with closing(sqlite3.connect(read_only_uri(path), uri=True)) as conn:
            return memories(conn)
    except sqlite3.DatabaseError as error:
        if is_disk_full(error):
            raise no_room_to_read(path) from error
        raise IntegrityError(f"{path}: {error}; `dibao verify` tells more") from error


def memories(conn: sqlite3.Connection) -> dict[str, Memory]:
    """The same, of an archive that is open. Runs of ingest and merge are of no portal."""
    crawled = conn.execute("SELECT DISTINCT portal FROM runs WHERE portal NOT IN ('ingest', 'merge')")
    return {portal: _memory(conn, portal) for (portal,) in crawled}


def _memory(conn: sqlite3.Connection, portal: str) -> Memory:
    runs = conn.execute("SELECT started, outcome FROM runs WHERE portal = ? ORDER BY id DESC LIMIT 60", (portal,))
    visits = conn.execute(
        "SELECT s.url, max(v.started) FROM sections s JOIN section_visits v ON v.section_id = s.id "
        "WHERE s.portal = ? AND v.finished IS NOT NULL GROUP BY s.url",
        (portal,),
    )
    columns = conn.execute("SELECT url FROM sections WHERE portal = ? ORDER BY id", (portal,))
    return Memory(
        tuple((datetime.fromisoformat(started), outcome) for started, outcome in runs),
        {url: datetime.fromisoformat(started) for url, started in visits},
        tuple(url for (url,) in columns),
    )


def due(portal: Portal, memory: Memory, now: datetime) -> Due:
    """When the portal is to be crawled next, seen from `now` (aware)."""
    telling = [(min(started, now), outcome) for started, outcome in memory.runs if outcome not in CUT_SHORT]
    if not telling or memory.runs[0][0] > now:  # never crawled, or the clock was set back since
        return Due(portal, None)
    started, outcome = telling[0]
    rest = RESTS.get(outcome)
    if rest:
        times = _in_a_row(rest, [one for _, one in telling])
        pause = rest.after(times)
        at = started + (max(pause, shortest(portal)) if rest is NOT_WANTED else pause)
        return Due(portal, at, rest, f"{outcome} on {started:%Y-%m-%d}, {times} in a row")
    if memory.runs[0][1] in CUT_SHORT:
        return Due(portal, None)
    interval = shortest(portal)
    at = started + interval - slack(interval)
    return Due(_with_due_columns(portal, memory, now) if at <= now else portal, at)


def due_now(
    portals: Iterable[Portal], memories: dict[str, Memory], now: datetime
) -> tuple[list[Portal], list[Due], list[Due]]:
    """(to be crawled now, resting after a failure, not due yet); the last two by time."""
    found = [due(portal, memories.get(portal.id, Memory()), now) for portal in portals]
    later = sorted((one for one in found if not one.is_due(now)), key=lambda one: one.at or now)
    return (
        [one.portal for one in found if one.is_due(now)],
        [one for one in later if one.rest],
        [one for one in later if not one.rest],
    )


def shortest(portal: Portal) -> timedelta:
    """The interval of the portal's most frequent column."""
    sections = [section for section in portal.sections if section.enabled is not False]
    return min((interval(section, portal) for section in sections), default=parse_every(portal.every))


def interval(section: Section, portal: Portal) -> timedelta:
    return parse_every(section.every or portal.every)


def slack(interval: timedelta) -> timedelta:
    return min(SLACK, interval / 20)


def _in_a_row(rest: Rest, outcomes: Sequence[str]) -> int:
    """How many of the newest runs ended in this kind of failure."""
    for count, outcome in enumerate(outcomes):
        if RESTS.get(outcome) is not rest:
            return count
    return len(outcomes)


def _with_due_columns(portal: Portal, memory: Memory, now: datetime) -> Portal:
    """Columns whose own interval has not passed wait; they still name the rules of their pages."""
    sections = tuple(
        section if _column_due(section, portal, memory.visits.get(section.url), now) else replace(section, later=True)
        for section in portal.sections
    )
    return replace(portal, sections=sections)


def _column_due(section: Section, portal: Portal, visited: datetime | None, now: datetime) -> bool:
    every = interval(section, portal)
    return visited is None or visited > now or visited + every - slack(every) <= now
