"""The politeness ledger: what one run asked of each host, per day. In memory until `flush`.

The table `ledger` has a row per host, day (UTC) and run; flushing twice adds up, so a run may flush at every commit.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


@dataclass(slots=True)
class _Counts:
    """What was counted for one host and day since the last flush."""

    requests: int = 0
    bytes: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    robots: str | None = None
    backoffs: int = 0
    waited: float = 0.0


class Ledger:
    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.clock = clock
        self.requests = 0  # of the whole run, over all hosts
        self.bytes = 0  # as received, before decompression
        self._counts: dict[tuple[str, str], _Counts] = {}

    def record(self, host: str, status: int | str, nbytes: int, elapsed: float) -> None:
        """One request that went out. `status` is the HTTP status, or the name of what went wrong; `elapsed` seconds."""
        counts = self._of(host)
        counts.requests += 1
        counts.bytes += nbytes
        counts.statuses[str(status)] += 1
        self.requests += 1
        self.bytes += nbytes

    def robots(self, host: str, decision: str) -> None:
        """How robots.txt of the host was read: one line."""
        self._of(host).robots = decision

    def backoff(self, host: str, seconds: float) -> None:
        """The host made us wait `seconds` longer than usual."""
        counts = self._of(host)
        counts.backoffs += 1
        counts.waited += seconds

    def flush(self, conn: sqlite3.Connection, run_id: int) -> None:
        """Add what was counted since the last flush to the table; inside the caller's transaction."""
        for (host, day), counts in self._counts.items():
            held = conn.execute(
                "SELECT statuses FROM ledger WHERE host = ? AND day = ? AND run_id = ?", (host, day, run_id)
            ).fetchone()
            statuses = counts.statuses + Counter(json.loads(held[0]) if held else {})
            conn.execute(
                "INSERT INTO ledger (run_id, host, day, requests, bytes, statuses, robots, backoffs, waited) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (host, day, run_id) DO UPDATE SET "
                "requests = requests + excluded.requests, bytes = bytes + excluded.bytes, "
                "statuses = excluded.statuses, robots = coalesce(excluded.robots, robots), "
                "backoffs = backoffs + excluded.backoffs, waited = waited + excluded.waited",
                (
                    run_id, host, day, counts.requests, counts.bytes, json.dumps(statuses, sort_keys=True),
                    counts.robots, counts.backoffs, counts.waited,
                ),
            )  # fmt: skip
        self._counts.clear()

    def _of(self, host: str) -> _Counts:
        return self._counts.setdefault((host, self.clock().strftime("%Y-%m-%d")), _Counts())


def impact_rows(conn: sqlite3.Connection, portal: str | None = None, since: str | None = None) -> list[dict[str, Any]]:
    """The ledger per day and host, newest day first: of one portal (its id) or all, from the day `since` on."""
    cursor = conn.execute(
        "SELECT day, host, portal, ledger.run_id, requests, bytes, statuses, robots, backoffs, waited "
        "FROM ledger LEFT JOIN runs ON runs.id = ledger.run_id "
        "WHERE (?1 IS NULL OR portal = ?1) AND (?2 IS NULL OR day >= ?2) ORDER BY day DESC, host, ledger.run_id",
        (portal, since),
    )
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for day, host, portal_id, _, requests, nbytes, statuses, robots, backoffs, waited in cursor:
        row = rows.setdefault((day, host), _empty_row(day, host))
        row["portals"] = sorted({*row["portals"], portal_id})
        row["runs"] += 1
        row["requests"] += requests
        row["bytes"] += nbytes
        row["statuses"] = dict(Counter(row["statuses"]) + Counter(json.loads(statuses)))
        row["robots"] = robots or row["robots"]
        row["backoffs"] += backoffs
        row["waited"] += waited
    return list(rows.values())


def _empty_row(day: str, host: str) -> dict[str, Any]:
    return {"day": day, "host": host, "portals": [], "runs": 0, "requests": 0, "bytes": 0, "statuses": {},
            "robots": None, "backoffs": 0, "waited": 0.0}  # fmt: skip
