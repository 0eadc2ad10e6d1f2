"""The archive as it stood at an instant, from what never changes afterwards: first sight, revisions, captures, visits.

An article counts from its first sight on, with the revision then current. `last_seen` is the last capture of its
address up to then that was the article, or the last 304 there, which leaves no capture (else its first sight);
`gone_since` the first capture after that which shows it away. A capture that is neither, as of a busy server, says
nothing.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from archive.absence import AWAY, OWN_ADDRESSES
from archive.errors import ExportError

FROM_REVISION = (
    "title", "breadcrumb", "source", "published", "published_precision", "author", "editor", "body", "body_html",
    "kind", "document", "site", "attachments", "images", "lang", "flags", "content_digest", "capture_id", "revision",
)  # fmt: skip
SEEN = "verdict IN ('new', 'revisit', 'revision', 'reprint')"
GONE = f"verdict IN ({', '.join(map(repr, AWAY))})"
# Captures of the address, as it was asked for, which is how a list printed it; and of what it led to, from the runs in
# which it led there.
CAPTURED = f"""(
  SELECT fetched, verdict FROM captures WHERE url IN {OWN_ADDRESSES} AND fetched < :instant
  UNION ALL SELECT * FROM (
    WITH RECURSIVE led(root, id, url) AS (
      SELECT f.id, t.id, t.url FROM frontier f JOIN frontier t ON t.parent_id = f.id AND t.kind = 'article'
      WHERE f.key = a.url
      UNION SELECT led.root, t.id, t.url FROM led JOIN frontier t ON t.parent_id = led.id AND t.kind = 'article')
    SELECT c.fetched, c.verdict FROM led CROSS JOIN captures c ON c.url = led.url AND c.fetched < :instant
    CROSS JOIN outcomes o ON o.run_id = c.run_id AND o.frontier_id = led.root AND o.state = 'redirected'))"""
LAST_SEEN = f"max(a.first_seen, coalesce((SELECT max(fetched) FROM {CAPTURED} WHERE {SEEN}), ''), coalesce(u.at, ''))"
GONE_SINCE = f"(SELECT min(fetched) FROM {CAPTURED} WHERE {GONE} AND fetched > {LAST_SEEN})"
DERIVED = {"last_seen": LAST_SEEN, "gone_since": GONE_SINCE, "gone_grade": "NULL"}
# `n`: the state that was superseded only later; the article's own row where there is none.
# `u`: when the address, or what it led to in the same run, last answered as before, which may have left no capture.
SQL = """
WITH RECURSIVE led(own, root, id) AS (
  SELECT f.key, f.id, t.id FROM frontier t JOIN frontier f ON f.id = t.parent_id
  WHERE t.kind = 'article' AND f.kind = 'article'
  UNION SELECT led.own, led.root, t.id FROM led JOIN frontier t ON t.parent_id = led.id AND t.kind = 'article'
), unchanged(url, at) AS (
  SELECT f.key, o.at FROM outcomes o JOIN frontier f ON f.id = o.frontier_id
  WHERE o.state = 'unchanged' AND o.at < :instant
  UNION ALL SELECT led.own, t.at FROM outcomes t CROSS JOIN led ON led.id = t.frontier_id
  CROSS JOIN outcomes o ON o.run_id = t.run_id AND o.frontier_id = led.root AND o.state = 'redirected'
  WHERE t.state = 'unchanged' AND t.at < :instant
), last_there(url, at) AS (SELECT url, max(at) FROM unchanged GROUP BY url)
SELECT {columns} FROM articles a LEFT JOIN last_there u ON u.url = a.url
LEFT JOIN revisions n ON n.id = (
  SELECT id FROM revisions WHERE article_id = a.id AND replaced >= :instant ORDER BY revision LIMIT 1)
WHERE a.first_seen < :instant ORDER BY a.id
"""


def instant(text: str) -> str:
    """The first instant not included, UTC, as the archive writes times. A date means to its end in China (UTC+8).

    Raises ExportError for anything else than a date or 2026-11-24T01:02:03Z.
    """
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            end = datetime.fromisoformat(f"{text}T00:00:00+08:00") + timedelta(days=1)
            return end.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text):
            return (datetime.fromisoformat(text) + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError) as error:
        raise ExportError(f"--as-of {text}: {error}") from error
    raise ExportError(f"--as-of {text!r}: wants a date like 2026-11-24, or an instant like 2026-11-24T01:02:03Z")


def is_past(first_not_included: str) -> bool:
    """Whether nothing can be added any more: only then are later exports of the same date the same."""
    return first_not_included <= datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rows(conn: sqlite3.Connection, first_not_included: str, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    sql = SQL.format(columns=", ".join(map(_expression, columns)))
    return conn.execute(sql, {"instant": first_not_included})


def _expression(column: str) -> str:
    if column in DERIVED:
        return DERIVED[column]
    if column in FROM_REVISION:
        return f"CASE WHEN n.id IS NULL THEN a.{column} ELSE n.{column} END"
    return f"a.{column}"
