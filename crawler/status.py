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
from crawler.definitions import load_portal
from crawler.doctor_lock import is_locked
from crawler.due import CUT_SHORT, Due, Memory, due, memories, shortest
from crawler.errors import PortalError
from crawler.portal import Portal
from crawler.recheck import utc
from crawler.targets import looked_after

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
        """Alarms of a portal that nobody looks after any more are its past: no run will come to clear them."""
        return bool(self.trouble or (self.alarms and self.scheduled))

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "alarms": [alarm.as_dict() for alarm in self.alarms]}


def portal_states(directory: Path, configured: Sequence[str] | None, now: datetime) -> list[PortalStatus]:
    """Every portal of the archive and of the operator's list, `configured` (`portals` in dibao.toml, or None).

    Those that need looking at first, then by when they are due. Raises ArchiveNotFound, SchemaError.
    """
    with closing(connect_readonly(directory)) as conn:
        remembered = memories(conn)
        portals, unusable = looked_after(configured, remembered)
        scheduled = {portal.id: portal for portal in portals}
        problems = {one.portal: one.issues[0].message for one in unusable}
        archived = [portal for (portal,) in conn.execute(ARCHIVED)]
        counts = _counts(conn)
        found = [
            _state(
                portal_id, scheduled.get(portal_id), problems.get(portal_id, ""), remembered.get(portal_id, Memory()),
                counts, open_alarms(conn, portal_id), overdue=bool(configured), now=now,
            )
            for portal_id in dict.fromkeys([*scheduled, *problems, *archived])
        ]  # fmt: skip
    if not is_locked(directory):  # killed; the next crawl writes it down
        found = [replace(one, outcome="interrupted") if one.outcome == "running" else one for one in found]
    return sorted(found, key=lambda one: (not one.needs_looking_at, one.next_due or "9", one.portal))


def _counts(conn: sqlite3.Connection) -> Mapping[str, Mapping[str, int]]:
    waiting = "SELECT portal, count(*) FROM frontier WHERE state IN ('pending', 'leased') GROUP BY portal"
    return {
        "articles": dict(conn.execute("SELECT portal, count(*) FROM articles GROUP BY portal")),
        "pending": dict(conn.execute(waiting)),
    }


def _state(
    portal_id: str,
    scheduled: Portal | None,
    problem: str,
    memory: Memory,
    counts: Mapping[str, Mapping[str, int]],
    alarms: Sequence[Alarm],
    *,
    overdue: bool,
    now: datetime,
) -> PortalStatus:
    turn = due(scheduled, memory, now) if scheduled else None
    last = memory.runs[0] if memory.runs else None
    name = scheduled.name if scheduled else _name(portal_id)
    return PortalStatus(
        portal=portal_id,
        name=name if name != portal_id else "",
        last_run=utc(last[0]) if last else None,
        outcome=last[1] if last else "",
        articles=counts["articles"].get(portal_id, 0),
        pending=counts["pending"].get(portal_id, 0),
        next_due=utc(turn.at or now) if turn else None,
        resting=bool(turn and turn.rest and not turn.is_due(now)),
        scheduled=scheduled is not None,
        trouble=problem or _trouble(turn, memory, overdue=overdue, now=now),
        alarms=tuple(alarms),
    )


def _name(portal_id: str) -> str:
    """What a portal that nobody looks after is called; a host that was crawled without a definition has no name."""
    try:
        return load_portal(portal_id).name
    except PortalError:
        return ""


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
