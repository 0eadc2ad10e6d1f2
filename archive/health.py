"""What each run saw of each column, and the alarms that are open: for years without anybody looking.

Tables `health` (a row per run and column) and `alarms` (archive/schema.py). crawler/health.py fills and judges them;
`dibao status` shows what is open.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

FIELDS = ("title", "source", "published", "breadcrumb", "body")


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that is not as it used to be."""

    kind: str  # drift, list, silent, challenged, refused
    portal: str
    section: str  # name of the column; "" for the whole portal
    message: str  # one line: what was found, where, what to do
    evidence: Mapping[str, Any] = field(default_factory=dict)  # addresses and captures, figures, a proposed selector
    opened: str = ""  # UTC; "" for one that is not written yet
    last_seen: str = ""
    cleared: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind, "portal": self.portal, "section": self.section, "message": self.message,
            "evidence": dict(self.evidence), "opened": self.opened, "last_seen": self.last_seen,
            "cleared": self.cleared,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sight:
    """What one run saw of one column."""

    run_id: int
    section: str
    day: str  # ISO date in China
    rows: int | None = None  # on the first list page; None: not read
    read: int = 0  # article pages read that were new, changed, emptied or no article any more
    new: int = 0  # articles stored for the first time
    length: int | None = None  # median characters of the bodies
    filled: Mapping[str, int] = field(default_factory=dict)  # field -> pages that had it
    pages: Mapping[str, Any] = field(default_factory=dict)  # field -> {"good": [url, capture], "bad": [url, capture]}
    odd: bool = False  # raised a drift alarm: no measure for later runs


def open_alarms(conn: sqlite3.Connection, portal: str | None = None) -> list[Alarm]:
    """Alarms that were not cleared, the longest open first; of one portal, or of all."""
    return _alarms(conn, "cleared IS NULL AND portal = coalesce(?, portal)", (portal,))


def all_alarms(conn: sqlite3.Connection, portal: str | None = None) -> list[Alarm]:
    """Every alarm ever opened, oldest first."""
    return _alarms(conn, "portal = coalesce(?, portal)", (portal,))


def write_alarms(
    conn: sqlite3.Connection,
    portal: str,
    found: Iterable[Alarm],
    judged: Collection[tuple[str, str]],
    *,
    run_id: int,
    now: str,
) -> list[Alarm]:
    """Open what is new, confirm what stands; clear what was looked at, (kind, section), and is well again.

    Returns those that this call opened.
    """
    before = {(alarm.kind, alarm.section) for alarm in open_alarms(conn, portal)}
    here = {(alarm.kind, alarm.section): alarm for alarm in found}
    for kind, section in (before & set(judged)) - here.keys():
        clear_alarm(conn, portal, kind, section, now)
    for alarm in here.values():
        conn.execute(
            "INSERT INTO alarms (portal, section, kind, run_id, opened, last_seen, message, evidence) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (portal, section, kind) WHERE cleared IS NULL DO UPDATE SET "
            "last_seen = excluded.last_seen, message = excluded.message",
            (portal, alarm.section, alarm.kind, run_id, now, now, alarm.message,
             json.dumps(dict(alarm.evidence), ensure_ascii=False)),
        )  # fmt: skip
    return [alarm for key, alarm in here.items() if key not in before]


def clear_alarm(conn: sqlite3.Connection, portal: str, kind: str, section: str, now: str) -> None:
    """What was not as it used to be is well again."""
    conn.execute(
        "UPDATE alarms SET cleared = ? WHERE portal = ? AND kind = ? AND section = ? AND cleared IS NULL",
        (now, portal, kind, section),
    )


def write_sight(conn: sqlite3.Connection, portal: str, sight: Sight) -> None:
    """Keep what a run saw of a column."""
    conn.execute(
        "INSERT OR REPLACE INTO health (run_id, portal, section, day, rows, read, new, length, filled, pages, odd) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (sight.run_id, portal, sight.section, sight.day, sight.rows, sight.read, sight.new, sight.length,
         json.dumps(dict(sight.filled)), json.dumps(dict(sight.pages), ensure_ascii=False), sight.odd),
    )  # fmt: skip


def sights(conn: sqlite3.Connection, portal: str, section: str, *, since: str, limit: int = 60) -> list[Sight]:
    """What earlier runs saw of the column from the day `since` on, oldest first."""
    rows = conn.execute(
        "SELECT run_id, section, day, rows, read, new, length, filled, pages, odd FROM health "
        "WHERE portal = ? AND section = ? AND day >= ? ORDER BY run_id DESC LIMIT ?",
        (portal, section, since, limit),
    ).fetchall()
    return [
        Sight(run, name, day, listed, read, new, length, json.loads(filled), json.loads(pages), bool(odd))
        for run, name, day, listed, read, new, length, filled, pages, odd in reversed(rows)
    ]


def _alarms(conn: sqlite3.Connection, where: str, values: tuple[Any, ...]) -> list[Alarm]:
    rows = conn.execute(
        "SELECT kind, portal, section, message, evidence, opened, last_seen, cleared FROM alarms "
        f"WHERE {where} ORDER BY opened, id",
        values,
    )
    return [
        Alarm(kind, portal, section, message, json.loads(evidence), opened, last_seen, cleared)
        for kind, portal, section, message, evidence, opened, last_seen, cleared in rows
    ]
