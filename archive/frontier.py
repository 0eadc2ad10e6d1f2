"""The frontier: every address ever taken up, in exactly one state, and what became of it in each run.

Plain SQL over the tables `frontier` and `outcomes` (archive/schema.py) on the writer's connection: a state changes in
the transaction that stores what the page gave, so that `kill -9` at any moment leaves a frontier that is true.
Balance of a run: addresses taken up = sum of the end states + pending; `balance()` shows it, `dibao verify` checks it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Each state an address can be in, and what it means to whoever reads the ledger.
STATES: dict[str, str] = {
    "pending": "taken up, not asked yet, or to be asked again",
    "leased": "being asked now; becomes pending again when the process dies",
    "listed": "a list page, read",
    "stored": "an article, stored for the first time",
    "revised": "an article whose text had changed: stored as a new revision",
    "unchanged": "an article we hold, as before (304, same bytes, or same text)",
    "duplicate": "the same article as one at another address; kept as its alias",
    "held_back": "an article we hold, answered without fields it had: kept as it was, asked again the next day",
    "probed": "cannot exist; asked to learn what the portal answers then",
    "redirected": "led to another address, which was taken up instead",
    "page": "a further page of an article's body, stitched into it",
    "file": "an attachment, kept under files/",
    "gone": "404 or 410",
    "not_article": "a page, but no article",
    "forgotten": "removed by `dibao forget`; never asked again",
    "refused_scope": "leads out of the portal's hosts",
    "refused_scheme": "neither http nor https",
    "refused_private": "resolves to a private, loopback or link-local address",
    "refused_robots": "robots.txt forbids it, or could not be read",
    "refused_trap": "the address repeats itself: an endless tree",
    "refused_long_url": "address longer than 2,083 characters",
    "retry_later": "the portal asked us to wait longer than this run may",
    "blocked_challenge": "an anti-bot page instead of content",
    "failed_http": "an error status that did not go away",
    "failed_network": "no connection, or it broke",
    "failed_dns": "the host name has no address",
    "failed_tls": "the certificate or the TLS handshake was refused",
    "failed_timeout": "no whole answer in time",
    "failed_protocol": "the answer was not HTTP",
    "failed_redirects": "more than five redirects, or a loop",
    "failed_truncated": "the body was cut short",
    "failed_too_big": "over the size limits",
    "failed_wrong_type": "neither a page nor a list",
    "failed_parse": "the page could not be read",
    "failed_parse_timeout": "the parser passed its deadline",
    "soft_404": "answers 200, says the page does not exist",
}

OPEN = ("pending", "leased")
BEFORE_LISTS = 20  # priority; that of lists is 10
# Looked at again by the next run: trouble that may have passed.
RETRIED = (*(s for s in STATES if s.startswith("failed_")), "retry_later", "refused_robots", "blocked_challenge")


@dataclass(frozen=True, slots=True)
class Task:
    """One leased address."""

    id: int
    key: str
    url: str
    kind: str  # list, article, page, file, probe
    section_id: int | None
    request: Mapping[str, Any] | None  # method, body, headers where it is no plain GET
    depth: int
    attempts: int
    parent_id: int | None
    etag: str | None
    last_modified: str | None
    payload_digest: str | None
    article_id: int | None
    list_title: str | None
    list_date: str | None


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of a task: its end state (or `pending` again) and what the answer said of itself."""

    state: str
    reason: str | None = None
    status: int | None = None
    bytes: int = 0
    elapsed: float | None = None
    capture_id: int | None = None
    article_id: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    payload_digest: str | None = None
    next_check: str | None = None


_TASK_COLUMNS = (
    "id, key, url, kind, section_id, request, depth, attempts, parent_id, etag, last_modified, payload_digest, "
    "article_id, list_title, list_date"
)


class Frontier:
    """The frontier of one portal in one run. Every method runs inside the writer's open transaction."""

    def __init__(self, conn: sqlite3.Connection, portal: str, run_id: int) -> None:
        self.conn, self.portal, self.run_id = conn, portal, run_id

    def resume(self, *, never_asked_first: bool = False) -> int:
        """Take up again what an earlier run left open or failed to get; return how many addresses that is.

        `never_asked_first`: articles that no run got to go before lists, for a run that may not get through both.
        """
        open_lists = self.conn.execute(
            "SELECT id FROM frontier WHERE portal = ? AND kind = 'list' AND state IN ('pending', 'leased')",
            (self.portal,),
        ).fetchall()
        left = [*self.left_over(), *(row[0] for row in open_lists)]
        if never_asked_first:
            self.conn.execute(
                "UPDATE frontier SET priority = ? WHERE portal = ? AND kind = 'article' AND state = 'pending' "
                "AND checked IS NULL",
                (BEFORE_LISTS, self.portal),
            )
        for row_id in left:
            self.reopen(row_id)
        return len(left)

    def left_over(self) -> list[int]:
        """Articles and files that an earlier run left open or failed to get."""
        marks = ",".join("?" * len(OPEN + RETRIED))
        rows = self.conn.execute(
            f"SELECT id FROM frontier WHERE portal = ? AND kind != 'list' AND state IN ({marks}) "
            "AND NOT (kind = 'file' AND state IN ('failed_too_big', 'failed_wrong_type'))",  # megabytes, for the same
            (self.portal, *OPEN, *RETRIED),
        )
        return [row[0] for row in rows]

    def find(self, key: str) -> tuple[int, str, int, int | None] | None:
        """(id, state, run that discovered it, article_id) of the address, or None."""
        row: tuple[int, str, int, int | None] | None = self.conn.execute(
            "SELECT id, state, discovered_run, article_id FROM frontier WHERE key = ?", (key,)
        ).fetchone()
        return row

    def take_up(
        self,
        key: str,
        url: str,
        kind: str,
        *,
        section_id: int | None = None,
        request: Mapping[str, Any] | None = None,
        priority: int = 0,
        depth: int = 0,
        parent_id: int | None = None,
        title: str | None = None,
        date: str | None = None,
        walk_pass: int = 1,
    ) -> tuple[int, bool]:
        """Enter a new address as pending; return (id, True), or (id, False) where it is already known."""
        found = self.conn.execute("SELECT id, portal FROM frontier WHERE key = ?", (key,)).fetchone()
        if found:
            if found[1] != self.portal:
                self._take_over(found[0], section_id)
            return int(found[0]), False
        cursor = self.conn.execute(
            "INSERT INTO frontier (key, url, portal, kind, section_id, request, state, priority, depth, parent_id, "
            "discovered_run, discovered_pass, run_id, list_title, list_date) "
            "VALUES (?, ?, ?, ?, ?, ?, 'pending', ?, ?, ?, ?, ?, ?, ?, ?)",
            (key, url, self.portal, kind, section_id, json.dumps(request, ensure_ascii=False) if request else None,
             priority, depth, parent_id, self.run_id, walk_pass, self.run_id, title, date),
        )  # fmt: skip
        frontier_id = int(cursor.lastrowid or 0)
        self._open_outcome(frontier_id)
        return frontier_id, True

    def _take_over(self, frontier_id: int, section_id: int | None) -> None:
        """An address is its portal's that lists it now, unless the one it was taken up by is being crawled too."""
        moved = self.conn.execute(
            "UPDATE frontier SET portal = ?, section_id = coalesce(?, section_id) WHERE id = ? "
            "AND portal NOT IN (SELECT portal FROM runs WHERE outcome = 'running') RETURNING state",
            (self.portal, section_id, frontier_id),
        ).fetchone()
        if moved and moved[0] in (*OPEN, *RETRIED):  # as `resume` would have done
            self.reopen(frontier_id)

    def reopen(self, frontier_id: int, *, priority: int | None = None) -> None:
        """Take a known address of this portal up in this run: pending, attempts forgotten."""
        reopened = self.conn.execute(
            "UPDATE frontier SET state = 'pending', reason = NULL, attempts = 0, run_id = ?, "
            "priority = coalesce(?, priority) WHERE id = ? AND portal = ?",
            (self.run_id, priority, frontier_id, self.portal),
        )
        if reopened.rowcount:
            self._open_outcome(frontier_id)

    def refuse(self, key: str, url: str, state: str, reason: str, section_id: int | None = None) -> None:
        """Enter an address that will never be asked, with the reason."""
        frontier_id, fresh = self.take_up(key, url, "article", section_id=section_id)
        if fresh:
            self.settle(frontier_id, Settlement(state, reason))

    def lease(self) -> Task | None:
        """The next address to ask, marked as leased."""
        row = self.conn.execute(
            f"SELECT {_TASK_COLUMNS} FROM frontier WHERE portal = ? AND state = 'pending' "
            "AND state IN ('pending', 'leased') "  # the words of the index frontier_todo: without them it is not used
            "ORDER BY priority DESC, id LIMIT 1",
            (self.portal,),
        ).fetchone()
        if row is None:
            return None
        self.conn.execute("UPDATE frontier SET state = 'leased', attempts = attempts + 1 WHERE id = ?", (row[0],))
        columns: dict[str, Any] = dict(zip(_TASK_COLUMNS.split(", "), row, strict=True))
        columns["request"] = json.loads(columns["request"]) if columns["request"] else None
        columns["attempts"] += 1
        return Task(**columns)

    def settle(self, frontier_id: int, end: Settlement, *, checked: str | None = None) -> None:
        """Write what became of a leased address, in the frontier and in this run's outcomes."""
        self.conn.execute(
            "UPDATE frontier SET state = ?, reason = ?, article_id = coalesce(?, article_id), "
            "etag = coalesce(?, etag), last_modified = coalesce(?, last_modified), "
            "payload_digest = coalesce(?, payload_digest), "
            "checked = coalesce(?, checked), next_check = ? WHERE id = ?",
            (end.state, end.reason, end.article_id, end.etag, end.last_modified, end.payload_digest, checked,
             end.next_check, frontier_id),
        )  # fmt: skip
        self.conn.execute(
            "UPDATE outcomes SET state = ?, reason = ?, status = coalesce(?, status), bytes = bytes + ?, "
            "elapsed = coalesce(?, elapsed), at = ?, capture_id = coalesce(?, capture_id) "
            "WHERE run_id = ? AND frontier_id = ?",
            (end.state, end.reason, end.status, end.bytes, end.elapsed, checked, end.capture_id, self.run_id,
             frontier_id),
        )  # fmt: skip

    def forget_condition(self, frontier_id: int) -> None:
        """Drop ETag and Last-Modified: the next request for the address is unconditional."""
        self.conn.execute("UPDATE frontier SET etag = NULL, last_modified = NULL WHERE id = ?", (frontier_id,))

    def pending(self) -> int:
        """How many addresses are still to be asked, leased ones included."""
        row = self.conn.execute(
            "SELECT count(*) FROM frontier WHERE portal = ? AND state IN ('pending', 'leased')", (self.portal,)
        ).fetchone()
        return int(row[0])

    def has_pending(self) -> bool:
        """Whether an address waits to be leased."""
        return (
            self.conn.execute(
                "SELECT 1 FROM frontier WHERE portal = ? AND state = 'pending' LIMIT 1", (self.portal,)
            ).fetchone()
            is not None
        )

    def due(self, now: str) -> list[int]:
        """Held articles whose next check is due at `now` (ISO 8601, UTC), longest due first.

        Those that were checked later than now too: the clock was ahead, and what follows from it may be years away.
        """
        when = "next_check <= ?2"
        ahead = "SELECT 1 FROM runs WHERE portal = ? AND max(started, coalesce(finished, '')) > ? LIMIT 1"
        if self.conn.execute(ahead, (self.portal, now)).fetchone():
            when = "(next_check <= ?2 OR next_check NOT NULL AND checked > ?2)"
        sql = f"SELECT id FROM frontier WHERE portal = ?1 AND {when} AND state NOT IN ('pending', 'leased')"
        return [row[0] for row in self.conn.execute(f"{sql} ORDER BY next_check", (self.portal, now))]

    def held(self) -> list[int]:
        """Every address whose article we hold, gone ones included, and its own address where that led elsewhere."""
        return [
            row[0]
            for row in self.conn.execute(
                "SELECT id FROM frontier WHERE portal = ? AND article_id IS NOT NULL AND kind = 'article' "
                "AND state NOT IN ('pending', 'leased', 'forgotten') "
                "AND (state != 'redirected' OR next_check IS NOT NULL) ORDER BY id",
                (self.portal,),
            )
        ]

    def _open_outcome(self, frontier_id: int) -> None:
        self.conn.execute(
            "INSERT INTO outcomes (run_id, frontier_id, state) VALUES (?, ?, 'pending') "
            "ON CONFLICT (run_id, frontier_id) DO UPDATE SET state = 'pending', reason = NULL",
            (self.run_id, frontier_id),
        )


def release_leases(conn: sqlite3.Connection) -> int:
    """Addresses that a killed process had leased are pending again. Called once, under the lock."""
    return conn.execute("UPDATE frontier SET state = 'pending' WHERE state = 'leased'").rowcount


def balance(conn: sqlite3.Connection, run_id: int) -> dict[str, int]:
    """State -> number of addresses this run took up; the sum is the number taken up."""
    return dict(
        conn.execute("SELECT state, count(*) FROM outcomes WHERE run_id = ? GROUP BY state ORDER BY state", (run_id,))
    )


def unbalanced_run(conn: sqlite3.Connection, run_id: int) -> list[str]:
    """Addresses whose state is not what this run's outcome says, one line each; the check at the end of each run."""
    rows = conn.execute(
        "SELECT f.url, f.state, o.state FROM outcomes o JOIN frontier f ON f.id = o.frontier_id "
        "WHERE o.run_id = ? AND f.run_id = o.run_id AND f.state != o.state "
        "AND NOT (o.state = 'pending' AND f.state = 'leased')",
        (run_id,),
    )
    return [f"{url} is {state} in the frontier, {outcome} in the run's outcomes" for url, state, outcome in rows]


def imbalances(conn: sqlite3.Connection) -> list[str]:
    """What does not add up in frontier and outcomes, one line each; empty when all is well."""
    marks = ",".join("?" * len(STATES))
    findings = [
        f"frontier: {url} is in the unknown state {state!r}"
        for url, state in conn.execute(f"SELECT url, state FROM frontier WHERE state NOT IN ({marks})", tuple(STATES))
    ]
    findings += [
        f"run {run}: {url} ended as {outcome!r} there, but the frontier says {state!r}"
        for run, url, outcome, state in conn.execute(
            "SELECT f.run_id, f.url, o.state, f.state FROM frontier f JOIN outcomes o "
            "ON o.frontier_id = f.id AND o.run_id = f.run_id "
            "WHERE o.state != f.state AND NOT (o.state = 'pending' AND f.state = 'leased')"
        )
    ]
    findings += [
        f"frontier: {url} was taken up by run {run}, which has no outcome for it"
        for url, run in conn.execute(
            "SELECT f.url, f.run_id FROM frontier f LEFT JOIN outcomes o "
            "ON o.frontier_id = f.id AND o.run_id = f.run_id WHERE o.run_id IS NULL"
        )
    ]
    findings += [
        f"runs: run {run} says it took up {said} addresses, its outcomes are {found}"
        for run, said, found in conn.execute(
            "SELECT r.id, json_extract(r.counts, '$.taken'), "
            "(SELECT count(*) FROM outcomes o WHERE o.run_id = r.id) AS n FROM runs r "
            "WHERE json_extract(r.counts, '$.taken') IS NOT NULL AND json_extract(r.counts, '$.taken') != n"
        )
    ]
    return findings
