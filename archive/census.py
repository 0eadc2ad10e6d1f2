"""How complete a column is: what the portal declares, what its lists showed, what of it is held, what is missing.

Every row that a column ever listed is one of `held`, `gone`, `missing`, `other`: they add up to `listed`.
docs/census.md says what each figure means.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from archive.sections import history

PENDING = ("pending", "leased")
NO_ARTICLE = ("not_article", "forgotten", "redirected", "page", "file", "probed")


@dataclass(slots=True)
class Count:
    """Rows of a column, or of one month of it."""

    listed: int = 0
    held: int = 0  # the article is in the archive, and its address answered when last asked
    gone: int = 0  # the address says that the page is no more, whether its text is held or not
    gone_held: int = 0  # of these: the text is in the archive
    failed: int = 0  # missing: asked in vain, or challenged
    refused: int = 0  # missing: robots.txt or a rule of ours forbids it
    pending: int = 0  # missing: not asked yet
    other: int = 0  # no article after all, or removed by `dibao forget`
    unlisted: int = 0  # of all listed: not met by the last walk to the list's end

    @property
    def missing(self) -> int:
        return self.failed + self.refused + self.pending

    def as_dict(self) -> dict[str, int]:
        return {**asdict(self), "missing": self.missing}


@dataclass(slots=True)
class Column:
    """The census of one column, with the ones it continues (archive/sections.py)."""

    id: int  # of the section
    portal: str
    name: str
    url: str
    declared_records: int | None = None  # as the portal printed them when its list was last read to the end
    declared_pages: int | None = None
    visited: str | None = None  # when that was, UTC
    unread: str | None = None  # why its list page was not got when it was last asked for: robots.txt, an error
    elsewhere: int = 0  # rows that lead out of the portal, or to a file: never articles
    names: list[dict[str, Any]] = field(default_factory=list)  # what it was called, and where, oldest first
    total: Count = field(default_factory=Count)
    months: dict[str, Count] = field(default_factory=lambda: defaultdict(Count))  # 2024-03; "" without a date

    @property
    def unseen(self) -> int | None:
        """Records that the portal declares beyond what its lists show now; None where it declares none."""
        if self.declared_records is None:
            return None
        return max(0, self.declared_records - (self.total.listed - self.total.unlisted) - self.elsewhere)

    def as_dict(self) -> dict[str, Any]:
        values = {name: getattr(self, name) for name in ("id", "portal", "name", "url", "declared_records",
                  "declared_pages", "visited", "unread", "elsewhere", "unseen", "names")}  # fmt: skip
        months = {month: count.as_dict() for month, count in sorted(self.months.items(), reverse=True)}
        return {**values, **self.total.as_dict(), "months": months}


# Each column with its section; each row's address, its article if any, and whether the last full walk over the section
# met it. A redirected address is where it led.
_STATES = """
WITH RECURSIVE mine AS (
  SELECT s.id, coalesce((SELECT n.section_id FROM section_names n WHERE n.column_id = s.id LIMIT 1), s.id) AS section
  FROM sections s WHERE ?1 IS NULL OR s.portal = ?1
), walked AS (
  SELECT m.section, max(w.run_id) AS run_id FROM mine m JOIN walks w ON w.section_id = m.id
  WHERE w.full AND w.state = 'complete' GROUP BY m.section
), led(row, id, state, reason, url, article_id, hops) AS (
  SELECT id, id, state, reason, url, article_id, 0 FROM frontier WHERE kind = 'article'
  UNION ALL
  SELECT led.row, f.id, f.state, f.reason, f.url, f.article_id, hops + 1
  FROM led JOIN frontier f ON f.key = substr(led.reason, 4)  -- 'to ' and the key: crawler/redirects.py
  WHERE led.state = 'redirected' AND led.article_id IS NULL AND hops < 6
)
SELECT m.section, coalesce(a.id, -e.id) AS what,
  coalesce(nullif(substr(r.date, 1, 7), ''), substr(a.published, 1, 7), '') AS month,
  e.state, e.reason, e.url, a.id IS NOT NULL AS held, a.gone_since IS NOT NULL AS gone,
  r.last_run < coalesce(w.run_id, 0) AS unlisted, r.title, r.date, r.last_run
FROM mine m JOIN section_rows r ON r.section_id = m.id
JOIN led e ON e.row = r.frontier_id AND NOT (e.state = 'redirected' AND e.article_id IS NULL
  AND e.hops < 6 AND EXISTS (SELECT 1 FROM frontier c WHERE c.key = substr(e.reason, 4)))
LEFT JOIN articles a ON a.id = e.article_id LEFT JOIN walked w ON w.section = m.section
UNION ALL  -- refused before they were listed: their host, their length, an endless tree
SELECT m.section, -f.id, coalesce(substr(f.list_date, 1, 7), ''), f.state, f.reason, f.url, 0, 0, 0,
  coalesce(f.list_title, ''), f.list_date, 0
FROM mine m JOIN frontier f ON f.section_id = m.id AND f.kind = 'article' AND f.state LIKE 'refused_%'
WHERE f.parent_id IS NULL AND NOT EXISTS (SELECT 1 FROM section_rows r WHERE r.frontier_id = f.id)
"""


def census(conn: sqlite3.Connection, portal: str | None = None) -> list[Column]:
    """Every section of the portal, or of all: its newest column, with what the ones it continues listed."""
    columns = {column.id: column for column in _columns(conn, portal)}
    for row in _rows(conn, portal, columns):
        column = columns[row["section"]]
        for count in (column.total, column.months[row["month"]]):
            _add(count, row["state"], bool(row["held"]), bool(row["gone"]))
            count.unlisted += row["unlisted"]
    return list(columns.values())


def missing(conn: sqlite3.Connection, portal: str | None = None) -> list[dict[str, Any]]:
    """Every listed address that is not held though it may be: the backlog that the next crawl takes up."""
    columns = {column.id: column for column in _columns(conn, portal)}
    found = []
    for row in _rows(conn, portal, columns):
        count = Count()
        _add(count, row["state"], bool(row["held"]), bool(row["gone"]))
        if count.missing:
            column = columns[row["section"]]
            told = {name: row[name] for name in ("url", "state", "reason", "date", "title")}
            found.append({"portal": column.portal, "column": column.name, **told})
    return found


def _rows(conn: sqlite3.Connection, portal: str | None, columns: Mapping[int, Column]) -> Iterator[dict[str, Any]]:
    """What each section listed; under its present address only, where several columns of one section listed it."""
    cursor = conn.execute(_STATES, (portal,))
    names = [column[0] for column in cursor.description]
    latest: dict[tuple[int, int], dict[str, Any]] = {}
    for values in cursor:
        row = dict(zip(names, values, strict=True))
        if len(columns[row["section"]].names) < 2:
            yield row
        elif row["last_run"] >= latest.get(key := (row["section"], row["what"]), row)["last_run"]:
            latest[key] = row
    yield from latest.values()


def close_visits(conn: sqlite3.Connection, run_id: int) -> None:
    """At a run's end: what each column it visited holds now, and the capture of its first list page."""
    conn.execute(
        "UPDATE section_visits SET items_held = (SELECT count(*) FROM section_rows r JOIN frontier f "
        "ON f.id = r.frontier_id WHERE r.section_id = section_visits.section_id AND f.article_id IS NOT NULL), "
        "capture_id = coalesce(capture_id, (SELECT min(c.id) FROM frontier f JOIN captures c ON c.url = f.url "
        "WHERE f.section_id = section_visits.section_id AND f.kind = 'list' AND c.verdict = 'list' "
        "AND c.run_id = section_visits.run_id)) "
        "WHERE run_id = ?1 OR (finished >= (SELECT started FROM runs WHERE id = ?1) AND section_id IN (SELECT id "
        "FROM sections WHERE portal = (SELECT portal FROM runs WHERE id = ?1)))",
        (run_id,),
    )


def _add(count: Count, state: str, held: bool, gone: bool) -> None:
    count.listed += 1
    if gone or state in ("gone", "soft_404"):
        count.gone += 1
        count.gone_held += held
    elif held:
        count.held += 1
    elif state in PENDING:
        count.pending += 1
    elif state in NO_ARTICLE:
        count.other += 1
    elif state.startswith("refused_"):
        count.refused += 1
    else:
        count.failed += 1


def _columns(conn: sqlite3.Connection, portal: str | None) -> Iterator[Column]:
    """One for each section: its newest column, as that was last read to an end."""
    rows = conn.execute(
        "WITH own AS (SELECT s.*, coalesce((SELECT section_id FROM section_names WHERE column_id = s.id LIMIT 1), "
        "s.id) AS section FROM sections s WHERE ?1 IS NULL OR s.portal = ?1) "
        "SELECT s.section, s.portal, s.name, s.url, v.declared_records, v.declared_pages, v.finished, "
        "(SELECT coalesce(f.reason, f.state) FROM frontier f WHERE f.section_id = s.id AND f.kind = 'list' "
        "AND f.url = s.url AND f.state NOT IN ('pending', 'leased', 'listed', 'redirected') LIMIT 1), "
        "(SELECT count(*) FROM links l WHERE l.section_id = s.id) FROM own s LEFT JOIN section_visits v ON v.id = "
        "(SELECT max(id) FROM section_visits WHERE section_id = s.id AND complete = 1) "
        "WHERE NOT EXISTS (SELECT 1 FROM own n WHERE n.section = s.section "
        "AND (n.last_seen, n.id) > (s.last_seen, s.id)) ORDER BY s.portal, s.section",
        (portal,),
    )
    names = history(conn, portal)
    for column in (Column(*row) for row in rows):
        column.names = names.get(column.id, [])
        yield column
