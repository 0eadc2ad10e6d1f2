"""Walks over the list pages of a column, kept in the archive so that a killed crawl goes on where it stood.

One walk reads the pages of a column from the first on; crawler/listing/walk.py says when it ends and whether a second
look (confirm pass) is due. Only a walk that ended by itself counts as complete, and only addresses known to a complete
walk count as "known" for the next one: a run that died half-way never hides what it had not reached.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from archive.fingerprint import text_digest
from archive.frontier import Frontier
from archive.records import Listing
from archive.urls import canonical_url
from crawler.listing.doubt import doubt
from crawler.listing.files import is_file
from crawler.listing.walk import MAX_PAGES, Step, WalkState, decide
from crawler.portal import Section


@dataclass(slots=True)
class Walk:
    """The open walk of one column."""

    id: int
    section: Section
    section_id: int
    visit_id: int
    state: WalkState
    baseline: int  # last run whose walk of this column was complete; 0: none
    since: str | None = None  # ISO date: rows older than that are left alone
    asked: Mapping[str, Any] | None = None  # what the page to come was asked for with
    kind: str = ""  # of the pager, as the last page with rows had it


class Walks:
    """The walks of one portal in one run. Every method runs inside the writer's transaction."""

    def __init__(
        self, conn: sqlite3.Connection, frontier: Frontier, now: str, *, full: bool, since: str | None = None
    ) -> None:
        self.conn, self.frontier, self.now, self.full, self.since = conn, frontier, now, full, since
        self.open_walks: dict[int, Walk] = {}
        self.columns: dict[int, str] = {}  # of this run: id -> name

    def begin(self, section: Section) -> Walk:
        """Resume the column's open walk, or begin one at its first page."""
        section_id = self._section(section)
        self.columns[section_id] = section.name
        found = self.conn.execute(
            "SELECT id, visit_id, pass, pages_read, depth, new_found, streak, first_row, full FROM walks "
            "WHERE section_id = ? AND state = 'open' ORDER BY id DESC LIMIT 1",
            (section_id,),
        ).fetchone()
        pages_waiting = self.conn.execute(
            "SELECT request FROM frontier WHERE section_id = ? AND kind = 'list' AND state = 'pending' LIMIT 1",
            (section_id,),
        ).fetchone()
        if found and pages_waiting:
            state = replace(WalkState(*found[2:8]), full=bool(found[8]) or self.full)
            asked = json.loads(pages_waiting[0] or "null")
            walk = Walk(found[0], section, section_id, found[1], state, self._baseline(section_id), asked=asked)
        else:
            walk = self._new(section, section_id)
        walk.since = self.since or section.since
        self.open_walks[section_id] = walk
        return walk

    def read(
        self,
        walk: Walk,
        listing: Listing | None,
        status: int,
        known: Callable[[str], bool],
        *,
        cut: str | None = None,
        told: str | None = None,
    ) -> Step:
        """Count one page in, and take up the next one where there is one. `listing` None: the page was not got.

        `told` says why it was not got, where the status does not; `cut` why the walk ends here whatever the page says:
        it is not complete then.
        """
        step = decide(
            walk.state,
            listing,
            status,
            known,
            max_pages=walk.section.list.pager.max_pages or MAX_PAGES,
            first_request=first_request(walk.section),
            asked=walk.asked,
            since=walk.since,
            told=told,
        )
        if cut:
            step = replace(step, next=None, complete=False, reason=cut)
        walk.state, walk.asked = step.state, step.next
        if listing is not None and listing.rows:
            walk.kind = listing.pager.kind
        if step.next:
            self.ask(step.next, walk.section_id)
        self._save(walk, "open" if step.next else "complete" if step.complete else "cut")
        if listing is not None:
            self._visit(walk, listing)
        if step.next is None:
            self._visit_ended(walk, complete=step.complete)
            del self.open_walks[walk.section_id]
        return step

    def ask(self, request: Mapping[str, Any], section_id: int) -> None:
        """Take up one list page; known ones are asked again."""
        url, key, asked = list_task(request)
        frontier_id, fresh = self.frontier.take_up(key, url, "list", section_id=section_id, request=asked, priority=10)
        if not fresh:  # perhaps for another column, once
            self.frontier.reopen(frontier_id)
            self.conn.execute("UPDATE frontier SET section_id = ? WHERE id = ?", (section_id, frontier_id))
        if is_file(request):  # the files that follow may be others than last time
            self.conn.execute("UPDATE frontier SET request = ? WHERE id = ?", (json.dumps(request), frontier_id))

    def unlisted(self, section_id: int) -> list[int]:
        """Held articles that this column listed before and, in a walk to its end, lists no more."""
        return [
            row[0]
            for row in self.conn.execute(
                "SELECT f.id FROM section_rows r JOIN frontier f ON f.id = r.frontier_id WHERE r.section_id = ? "
                "AND r.last_run < ? AND f.article_id IS NOT NULL AND f.run_id < ? "
                "AND f.state NOT IN ('pending', 'leased', 'gone', 'forgotten') "
                "AND (f.state != 'redirected' OR f.next_check IS NOT NULL)",
                (section_id, self.frontier.run_id, self.frontier.run_id),
            )
        ]

    def doubt(self, walk: Walk, step: Step, rows: int) -> str | None:
        """What the operator should know of a walk that ended; `rows` were met in its last pass."""
        pages, records, listed = self.conn.execute(
            "SELECT declared_pages, declared_records, items_listed FROM section_visits WHERE id = ?", (walk.visit_id,)
        ).fetchone()
        if not walk.state.pages_read:
            return None  # a first page that could not be read has been told of
        rows = max(rows, listed or 0)
        return doubt(walk.state, walk.kind, rows, pages, records, complete=step.complete, reason=step.reason)

    def _new(self, section: Section, section_id: int) -> Walk:
        full = self.full or not self._baseline(section_id)
        visit = self.conn.execute(
            "INSERT INTO section_visits (section_id, run_id, started) VALUES (?, ?, ?)",
            (section_id, self.frontier.run_id, self.now),
        ).lastrowid
        walk_id = self.conn.execute(
            "INSERT INTO walks (section_id, run_id, visit_id, full) VALUES (?, ?, ?, ?)",
            (section_id, self.frontier.run_id, visit, full),
        ).lastrowid
        self.ask(first_request(section), section_id)
        return Walk(
            int(walk_id or 0), section, section_id, int(visit or 0), WalkState(full=full), self._baseline(section_id)
        )

    def _section(self, section: Section) -> int:
        return int(
            self.conn.execute(
                "INSERT INTO sections (portal, name, url, first_seen, last_seen) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (portal, url) DO UPDATE SET name = excluded.name, last_seen = excluded.last_seen "
                "RETURNING id",
                (self.frontier.portal, section.name, section.url, self.now, self.now),
            ).fetchone()[0]
        )

    def _baseline(self, section_id: int) -> int:
        """A walk that was asked to leave old rows alone vouches only for walks that leave them alone too."""
        row = self.conn.execute(
            "SELECT max(v.run_id) FROM section_visits v JOIN runs r ON r.id = v.run_id WHERE v.section_id = ? "
            "AND v.complete AND coalesce(json_extract(r.settings, '$.since'), '') <= ?",
            (section_id, self.since or ""),
        ).fetchone()
        return int(row[0] or 0)

    def _save(self, walk: Walk, state: str) -> None:
        at = walk.state
        self.conn.execute(
            "UPDATE walks SET pass = ?, pages_read = ?, depth = ?, new_found = ?, streak = ?, first_row = ?, full = ?, "
            "state = ? WHERE id = ?",
            (at.pass_, at.pages_read, at.depth, at.new_found, at.streak, at.first_row, at.full, state, walk.id),
        )

    def _visit(self, walk: Walk, listing: Listing) -> None:
        first = walk.state.pages_read == 1 and walk.state.pass_ == 1
        digest = text_digest("\n".join(f"{row.url} {row.title}" for row in listing.rows)) if first else None
        self.conn.execute(
            "UPDATE section_visits SET pages_read = pages_read + 1, declared_pages = coalesce(?, declared_pages), "
            "declared_records = coalesce(?, declared_records), digest = coalesce(?, digest), "
            "items_listed = (SELECT count(*) FROM section_rows WHERE section_id = ? AND last_run >= "
            "(SELECT run_id FROM walks WHERE id = ?)) WHERE id = ?",
            (listing.pager.total_pages, listing.pager.total_records, digest, walk.section_id, walk.id, walk.visit_id),
        )

    def _visit_ended(self, walk: Walk, *, complete: bool) -> None:
        """Also where a page past the end answered 404: without this the next run would read the whole list again."""
        self.conn.execute(
            "UPDATE section_visits SET finished = ?, complete = ? WHERE id = ?", (self.now, complete, walk.visit_id)
        )


def list_task(request: Mapping[str, Any]) -> tuple[str, str, dict[str, Any] | None]:
    """(address, key in the frontier, what is to be asked with) of a list page; None: a plain GET."""
    url, method, body = request["url"], request.get("method", "GET"), request.get("body") or ""
    plain = method == "GET" and not request.get("headers") and not is_file(request)
    key = canonical_url(url) if method == "GET" else f"{method} {canonical_url(url)} {text_digest(body)[:16]}"
    return url, f"list {key}", None if plain else dict(request)


def first_request(section: Section) -> dict[str, Any]:
    """The request for a column's first list page."""
    return {"url": section.url}
