"""`dibao status`: every portal that is looked after, how its last run ended, when it is due, what needs looking at."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.connection import connect_readonly
from archive.health import Alarm, open_alarms
from crawler.doctor_lock import is_locked
from crawler.due import CUT_SHORT, Due, Memory, due, memory_of, shortest
from crawler.errors import CrawlError
from crawler.portal import Portal
from crawler.recheck import utc
from crawler.targets import resolve_targets

# Runs of ingest and merge are of no portal; what they brought may be of portals that were never crawled here
ARCHIVED = """SELECT portal FROM runs WHERE portal NOT IN ('ingest', 'merge')
UNION SELECT portal FROM articles ORDER BY 1"""


@dataclass(frozen=True, slots=True)
class PortalStatus:
    portal: str
    name: str
    last_run: str | None  # UTC, when it began; None: never crawled
    outcome: str  # of the last run, as in `runs`; "" for none
    articles: int
    pending: int
    next_due: str | None  # UTC; in the past: due now; None: nobody calls it
    resting: bool  # left alone after a failure
    scheduled: bool  # --due looks after it
    trouble: str  # one line: why somebody should look; "" = all well
    alarms: tuple[Alarm, ...] = ()

    @property
    def needs_looking_at(self) -> bool:
        return bool(self.trouble or self.alarms)

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "alarms": [alarm.as_dict() for alarm in self.alarms]}


def portal_states(directory: Path, looked_after: Sequence[str] | None, now: datetime) -> list[PortalStatus]:
    """Every portal of the archive and of the operator's list (`portals` in dibao.toml, None where there is none).

    Those that need looking at first, then by when they are due. Raises ArchiveNotFound, SchemaError.
    """
    with closing(connect_readonly(directory)) as conn:
        archived = [portal for (portal,) in conn.execute(ARCHIVED)]
        counts, running = _counts(conn), is_locked(directory)
        found: dict[str, PortalStatus] = {}
        for name in [*(looked_after or ()), *archived]:  # a bare address in the list is a host in the archive
            state = _state(conn, name, looked_after, counts, now)
            if state.outcome == "running" and not running:  # killed; the next crawl writes it down
                state = replace(state, outcome="interrupted")
            found.setdefault(state.portal, state)
    return sorted(found.values(), key=lambda one: (not one.needs_looking_at, one.next_due or "9", one.portal))


def _counts(conn: sqlite3.Connection) -> Mapping[str, Mapping[str, int]]:
    waiting = "SELECT portal, count(*) FROM frontier WHERE state IN ('pending', 'leased') GROUP BY portal"
    return {
        "articles": dict(conn.execute("SELECT portal, count(*) FROM articles GROUP BY portal")),
        "pending": dict(conn.execute(waiting)),
    }


def _state(
    conn: sqlite3.Connection,
    name: str,
    looked_after: Sequence[str] | None,
    counts: Mapping[str, Mapping[str, int]],
    now: datetime,
) -> PortalStatus:
    portal, problem = _definition(name)
    portal_id = portal.id if portal else name
    memory = memory_of(conn, portal_id)
    scheduled = portal is not None and (looked_after is None or name in looked_after)
    turn = due(portal, memory, now) if portal and scheduled else None
    last = memory.runs[0] if memory.runs else None
    return PortalStatus(
        portal=portal_id,
        name=portal.name if portal and portal.name != portal_id else "",
        last_run=utc(last[0]) if last else None,
        outcome=last[1] if last else "",
        articles=counts["articles"].get(portal_id, 0),
        pending=counts["pending"].get(portal_id, 0),
        next_due=utc(turn.at or now) if turn else None,
        resting=bool(turn and turn.rest and not turn.is_due(now)),
        scheduled=scheduled,
        trouble=(problem if looked_after and name in looked_after else "")
        or _trouble(turn, memory, overdue=bool(looked_after), now=now),
        alarms=tuple(open_alarms(conn, portal_id)),
    )


def _definition(name: str) -> tuple[Portal | None, str]:
    """The portal, or why its definition cannot be used; a host that was crawled without one has none."""
    try:
        return resolve_targets([name])[0], ""
    except CrawlError as error:
        return None, str(error)


def _trouble(turn: Due | None, memory: Memory, *, overdue: bool, now: datetime) -> str:
    """Why somebody should look at a portal whose definition is well."""
    if turn is None:
        return ""
    if turn.rest:
        again = f"asked again from {turn.at:%Y-%m-%d %H:%M} UTC" if turn.at and not turn.is_due(now) else "due now"
        return f"{turn.why}; {again}"
    late = now - turn.at if turn.at else None
    if overdue and late is not None and late > shortest(turn.portal) and memory.runs[0][1] not in CUT_SHORT:
        return f"overdue since {turn.at:%Y-%m-%d %H:%M} UTC: does anything call `dibao crawl --due`? (`dibao schedule`)"
    return ""
