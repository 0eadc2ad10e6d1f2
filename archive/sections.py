"""Sections: columns that are one thing to a reader, though a redesign gave them other names and addresses.

A column that appears after another one disappeared, and lists its articles, continues it: table `section_names` gives
both the same section, and keeps every name and address with the time it was seen. Where in the portal a column stands
is what the breadcrumbs of its articles say.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from archive.rows import dict_rows

SHARE = 0.6  # of a new column's rows, articles that the old one listed
LEAST = 3  # such rows
NO_LABEL = frozenset({"首页", "网站首页", "主页", "正文", "内容", "文章正文", "当前位置"})

# The old columns of a portal by the articles that a new one shares with them, most first; ended before it began.
_VOTES = """
WITH mine AS (
  SELECT DISTINCT f.article_id FROM section_rows r JOIN frontier f ON f.id = r.frontier_id
  WHERE r.section_id = ?1 AND f.article_id NOT NULL
)
SELECT o.id, count(DISTINCT f.article_id) AS shared
FROM sections n JOIN sections o ON o.portal = n.portal AND o.id != n.id AND o.last_seen < n.first_seen
JOIN section_rows r ON r.section_id = o.id JOIN frontier f ON f.id = r.frontier_id
WHERE n.id = ?1 AND f.article_id IN (SELECT article_id FROM mine)
  AND NOT EXISTS (SELECT 1 FROM section_names a JOIN section_names b ON b.section_id = a.section_id
                  JOIN sections c ON c.id = b.column_id
                  WHERE a.column_id = o.id AND b.column_id != n.id AND c.first_seen > o.last_seen)
GROUP BY o.id HAVING shared >= ?2 ORDER BY shared DESC, o.last_seen DESC
"""


def record(conn: sqlite3.Connection, run_id: int) -> None:
    """At a run's end: which section each column of the run belongs to, and what it is called."""
    columns = conn.execute(
        "SELECT s.id, s.name, s.url, s.first_seen, s.last_seen FROM sections s JOIN runs r ON r.portal = s.portal "
        "WHERE r.id = ? AND s.last_seen >= r.started ORDER BY s.id",
        (run_id,),
    ).fetchall()
    for column_id, name, url, first_seen, last_seen in columns:
        section = _section_of(conn, column_id)
        if section == column_id:
            section = _continued(conn, column_id) or column_id
        named_before = conn.execute("SELECT 1 FROM section_names WHERE column_id = ?", (column_id,)).fetchone()
        conn.execute(
            "INSERT INTO section_names (column_id, section_id, name, url, first_seen, last_seen) "
            "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET last_seen = excluded.last_seen",
            (column_id, section, name, url, last_seen if named_before else first_seen, last_seen),
        )
        conn.execute("UPDATE section_names SET section_id = ? WHERE column_id = ?", (section, column_id))


def merge_names(conn: sqlite3.Connection, there: sqlite3.Connection, columns: Mapping[int, int]) -> None:
    """The names and sections of another archive's columns; `columns` maps their numbers to those here.

    Where this archive says already that a column continues another, that stands.
    """
    for column, section, *name in there.execute(
        "SELECT column_id, section_id, name, url, first_seen, last_seen FROM section_names ORDER BY first_seen"
    ).fetchall():
        column_id = columns[column]
        if (own := _section_of(conn, column_id)) == column_id:
            own = _section_of(conn, columns[section])
        conn.execute(
            "INSERT INTO section_names VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
            "first_seen = min(first_seen, excluded.first_seen), last_seen = max(last_seen, excluded.last_seen)",
            (column_id, own, *name),
        )
        conn.execute("UPDATE section_names SET section_id = ? WHERE column_id = ?", (own, column_id))


def history(conn: sqlite3.Connection, portal: str | None = None) -> dict[int, list[dict[str, Any]]]:
    """Section -> the names and addresses it had, oldest first: name, url, first_seen, last_seen."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in dict_rows(
        conn,
        "SELECT n.section_id, n.name, n.url, n.first_seen, n.last_seen FROM section_names n JOIN sections s "
        "ON s.id = n.column_id WHERE ?1 IS NULL OR s.portal = ?1 ORDER BY n.section_id, n.first_seen, n.last_seen",
        portal,
    ):
        found[row.pop("section_id")].append(row)
    return found


def trails(conn: sqlite3.Connection, portal: str | None = None) -> dict[int, tuple[str, ...]]:
    """Section -> the labels from the portal's root to it, as most breadcrumbs of its newest column print them."""
    votes: dict[int, Counter[tuple[str, ...]]] = defaultdict(Counter)
    columns: dict[int, tuple[str, int]] = {}
    rows = conn.execute(
        "SELECT s.id, coalesce((SELECT section_id FROM section_names WHERE column_id = s.id LIMIT 1), s.id), s.name, "
        "a.breadcrumb, count(*) FROM sections s LEFT JOIN article_sections x ON x.section_id = s.id "
        "LEFT JOIN articles a ON a.id = x.article_id WHERE ?1 IS NULL OR s.portal = ?1 "
        "GROUP BY s.id, a.breadcrumb ORDER BY s.last_seen, s.id",
        (portal,),
    )
    for column_id, section, name, breadcrumb, count in rows:
        if columns.get(section, ("", 0))[1] != column_id:
            votes[section].clear()
        columns[section] = (name, column_id)
        votes[section][_trail(json.loads(breadcrumb or "[]"), name)] += count
    return {section: found.most_common(1)[0][0] for section, found in votes.items()}


def _trail(breadcrumb: list[str], name: str) -> tuple[str, ...]:
    """The part of a breadcrumb that leads to the column, its name last."""
    labels = [label for label in breadcrumb if label not in NO_LABEL]
    return (*(labels[: labels.index(name)] if name in labels else labels), name)


def _section_of(conn: sqlite3.Connection, column_id: int) -> int:
    row = conn.execute("SELECT section_id FROM section_names WHERE column_id = ? LIMIT 1", (column_id,)).fetchone()
    return int(row[0]) if row else column_id


def _continued(conn: sqlite3.Connection, column_id: int) -> int | None:
    """The section of the old column that the column continues, by the vote of its rows."""
    listed = conn.execute("SELECT count(*) FROM section_rows WHERE section_id = ?", (column_id,)).fetchone()[0]
    best = conn.execute(_VOTES, (column_id, LEAST)).fetchone()
    return _section_of(conn, best[0]) if best and best[1] >= SHARE * listed else None
