"""List rows into the frontier: which rows become tasks, which are links that lead elsewhere, which are refused."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.frontier import Frontier
from archive.records import ListRow
from archive.urls import canonical_url
from archive.writer import ArchiveWriter
from crawler.portal import Portal
from crawler.scope import refuse_url, scope_of

FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|wps|et|ofd|zip|rar|7z|txt|jpe?g|png|gif|mp[34])$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Taken:
    """What one row became."""

    frontier_id: int | None  # None: a link elsewhere
    fresh: bool = False


class Intake:
    """Takes the rows of one portal's list pages up. Runs inside the writer's transaction."""

    def __init__(self, writer: ArchiveWriter, frontier: Frontier, portal: Portal, now: str) -> None:
        self.conn, self.frontier, self.now = writer.conn, frontier, now
        self.scope = scope_of(portal)

    def take(self, row: ListRow, section_id: int, position: int, walk_pass: int, *, fetch: bool = True) -> Taken:
        """Enter one row. `fetch=False` (limit reached, older than asked for) leaves an unknown address alone."""
        url = canonical_url(row.url)
        refusal = refuse_url(url, self.scope)
        kind = _elsewhere(url, refusal)
        if kind:
            self._link(row, url, kind, section_id)
            return Taken(None)
        if refusal:
            self.frontier.refuse(url, row.url, *refusal, section_id=section_id)
            return Taken(None)
        found = self.frontier.find(url)
        if found is None and not fetch:
            return Taken(None)
        frontier_id, fresh = self.frontier.take_up(
            url, row.url, "article", section_id=section_id, priority=1, title=row.title, date=row.date,
            walk_pass=walk_pass,
        )  # fmt: skip
        if not fresh and self._changed(frontier_id, section_id, row):
            self.frontier.reopen(frontier_id)
        self._list(frontier_id, section_id, row, position)
        return Taken(frontier_id, fresh)

    def never_taken(self, url: str) -> bool:
        """Whether a row of this address becomes no task whatever is asked: a link elsewhere, a file, refused."""
        refusal = refuse_url(url, self.scope)
        return refusal is not None or _elsewhere(url, refusal) is not None

    def _link(self, row: ListRow, url: str, kind: str, section_id: int) -> None:
        self.conn.execute(
            "INSERT INTO links (section_id, url, title, date, kind, first_seen, last_seen) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET title = excluded.title, date = excluded.date, "
            "last_seen = excluded.last_seen",
            (section_id, url, row.title, row.date, kind, self.now, self.now),
        )

    def _changed(self, frontier_id: int, section_id: int, row: ListRow) -> bool:
        """Whether the row prints another headline or date than last time, or lists again what was gone."""
        before = self.conn.execute(
            "SELECT r.title, r.date, r.last_run, f.state FROM section_rows r JOIN frontier f ON f.id = r.frontier_id "
            "WHERE r.section_id = ? AND r.frontier_id = ?",
            (section_id, frontier_id),
        ).fetchone()
        if before is None or before[2] == self.frontier.run_id or before[3] in ("pending", "leased", "forgotten"):
            return False
        return (row.title, row.date) != tuple(before[:2]) or before[3] in ("gone", "soft_404")

    def _list(self, frontier_id: int, section_id: int, row: ListRow, position: int) -> None:
        self.conn.execute(
            "INSERT INTO section_rows (section_id, frontier_id, first_listed, last_listed, last_run, position, title, "
            "date) VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
            "iif((SELECT state FROM frontier WHERE id = ?2) = 'forgotten', '', ?7), ?8) "
            "ON CONFLICT DO UPDATE SET last_listed = excluded.last_listed, last_run = excluded.last_run, "
            "position = excluded.position, title = excluded.title, date = excluded.date",
            (section_id, frontier_id, self.now, self.now, self.frontier.run_id, position, row.title, row.date),
        )
        self.conn.execute(
            "INSERT INTO article_sections (article_id, section_id, first_seen, last_seen) "
            "SELECT article_id, ?, ?, ? FROM frontier WHERE id = ? AND article_id IS NOT NULL "
            "ON CONFLICT DO UPDATE SET last_seen = excluded.last_seen",
            (section_id, self.now, self.now, frontier_id),
        )


def member(conn: sqlite3.Connection, frontier_id: int, article_id: int) -> None:
    """The article stands in every column that listed the address."""
    conn.execute(
        "INSERT INTO article_sections (article_id, section_id, first_seen, last_seen) "
        "SELECT ?, section_id, first_listed, last_listed FROM section_rows WHERE frontier_id = ? "
        "ON CONFLICT DO UPDATE SET last_seen = excluded.last_seen",
        (article_id, frontier_id),
    )


def _elsewhere(url: str, refusal: tuple[str, str] | None) -> str | None:
    """What a row is that is no article of this portal: "external" or "file"."""
    if refusal and refusal[0] == "refused_scope":
        return "external"
    return "file" if FILE.search(urlsplit(url).path) else None
