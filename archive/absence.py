"""Absence: how a page is gone, how sure that is, and which captures show it. The text is kept whatever the grade.

Grades of `articles.gone_grade`, weakest first: `unlisted` (no column lists it any more, the page answers), `once` (one
404 or 410), `soft_404` (answers 200 and says the page does not exist), `redirected_home` (leads to the home page or a
column), `lasting` (404 at a later look too). An article that was away and answers again is `back`: nothing is stored
for it, the captures tell.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from archive.rows import dict_rows

GRADES = ("unlisted", "once", "soft_404", "redirected_home", "lasting", "back")
AWAY = ("gone", "soft_404", "redirected_home")  # verdicts of captures that show a page away
_AWAY = ", ".join(f"'{verdict}'" for verdict in AWAY)
OWN_ADDRESSES = "(SELECT a.url UNION SELECT url FROM frontier WHERE key = a.url)"
"""The address of the article `a`, and as it is asked for where a list prints it otherwise (`//`, tracking queries)."""
_ASKED_AT = """(
  WITH RECURSIVE led(id, url) AS (
    SELECT id, url FROM frontier WHERE key = a.url
    UNION SELECT t.id, t.url FROM led JOIN frontier t ON t.parent_id = led.id AND t.kind = 'article')
  SELECT a.url UNION SELECT url FROM led)"""  # these, and what they lead to

# The last walk over each column that went to its end, and of each article whether any column lists it since.
_LISTED = """
WITH walked AS (
  SELECT w.section_id, max(w.run_id) AS run_id, max(v.started) AS started
  FROM walks w JOIN section_visits v ON v.id = w.visit_id WHERE w.full AND w.state = 'complete' GROUP BY w.section_id
), listed AS (
  SELECT f.article_id, max(r.last_run >= coalesce(w.run_id, 0)) AS still, max(w.started) AS started
  FROM section_rows r JOIN frontier f ON f.id = r.frontier_id LEFT JOIN walked w ON w.section_id = r.section_id
  WHERE f.article_id IS NOT NULL AND f.portal = ? GROUP BY f.article_id
)
"""


def mark_unlisted(conn: sqlite3.Connection, portal: str) -> int:
    """Grade the live articles that no column lists since its last full walk; return how many are new. At a run's end.

    Only what answered after that walk began counts as live. One that is listed again loses the grade.
    """
    unlisted = conn.execute(
        f"{_LISTED} SELECT a.id, a.gone_grade FROM listed l JOIN articles a ON a.id = l.article_id "
        "WHERE a.gone_since IS NULL AND NOT l.still AND a.last_seen >= l.started",
        (portal,),
    ).fetchall()
    conn.execute(
        "UPDATE articles SET gone_grade = NULL WHERE portal = ? AND gone_grade = 'unlisted' AND gone_since IS NULL",
        (portal,),
    )
    conn.executemany("UPDATE articles SET gone_grade = 'unlisted' WHERE id = ?", [(row[0],) for row in unlisted])
    return sum(grade is None for _, grade in unlisted)


def absences(conn: sqlite3.Connection, grade: str | None = None) -> list[dict[str, Any]]:
    """Every article that is or was away, the latest first, with its first and its last evidence.

    Evidence is a capture (`id, fetched, status, url`) or None where its bytes came with none (a merged archive).
    """
    rows = dict_rows(
        conn,
        "SELECT id, coalesce(gone_grade, 'once') AS grade, gone_since, first_seen, last_seen, portal, title, url "
        "FROM articles WHERE gone_since IS NOT NULL OR gone_grade = 'unlisted' "
        "UNION ALL SELECT id, 'back', NULL, first_seen, last_seen, portal, title, url FROM articles "
        f"WHERE gone_since IS NULL AND (url IN (SELECT url FROM captures WHERE verdict IN ({_AWAY})) OR id IN "
        f"(SELECT f.article_id FROM captures c JOIN frontier f ON f.url = c.url WHERE c.verdict IN ({_AWAY})))",
    )
    wanted = [row for row in rows if grade in (None, row["grade"])]
    for row in wanted:
        found = _lists_without(conn, row) if row["grade"] == "unlisted" else _answers(conn, row)
        row["first_evidence"], row["last_evidence"] = (found[0], found[-1]) if found else (None, None)
        del row["first_seen"]
    told = [row for row in wanted if row["first_evidence"] or row["grade"] != "back"]  # no alias that disappeared
    return sorted(told, key=_when, reverse=True)


def _when(row: dict[str, Any]) -> tuple[str, int]:
    last = row["last_evidence"]
    return (last["fetched"] if last else row["gone_since"] or row["last_seen"], -row["id"])


def _answers(conn: sqlite3.Connection, row: dict[str, Any]) -> list[dict[str, Any]]:
    """The answers that show the page away: since it was last seen, or, of one that is back, before."""
    sign = "<=" if row["grade"] == "back" else ">="
    return dict_rows(
        conn,
        "SELECT c.id, c.fetched, c.status, c.url FROM articles a JOIN captures c "
        f"ON c.url IN {_ASKED_AT} AND c.verdict IN ({_AWAY}) AND c.fetched {sign} ? WHERE a.id = ? "
        "ORDER BY c.fetched, c.id",
        row["last_seen"],
        row["id"],
    )


def _lists_without(conn: sqlite3.Connection, row: dict[str, Any]) -> list[dict[str, Any]]:
    """The first pages of the full walks over its columns that did not meet the article any more."""
    return dict_rows(
        conn,
        "SELECT c.id, c.fetched, c.status, c.url FROM frontier f JOIN section_rows r ON r.frontier_id = f.id "
        "JOIN sections s ON s.id = r.section_id "
        "JOIN walks w ON w.section_id = s.id AND w.full AND w.state = 'complete' AND w.run_id > r.last_run "
        "JOIN captures c ON c.url = s.url AND c.run_id = w.run_id AND c.verdict = 'list' "
        "WHERE f.article_id = ? ORDER BY c.fetched, c.id",
        row["id"],
    )
