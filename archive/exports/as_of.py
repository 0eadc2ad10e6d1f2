"""The archive as it stood at an instant, from what never changes afterwards: first sight, revisions, captures.

An article counts from its first sight on, with the revision then current. `last_seen` is the last capture of its
address up to then that was the article (else its first sight), `gone_since` the first after that which shows it away. A
capture that is neither, as of a busy server, says nothing.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from archive.absence import AWAY
from archive.errors import ExportError

FROM_REVISION = (
    "title", "breadcrumb", "source", "published", "published_precision", "author", "editor", "body", "body_html",
    "kind", "document", "site", "attachments", "images", "lang", "flags", "content_digest", "capture_id", "revision",
)  # fmt: skip
SEEN = "verdict IN ('new', 'revisit', 'revision', 'reprint')"
GONE = f"verdict IN ({', '.join(map(repr, AWAY))})"
LAST_SEEN = f"""coalesce((SELECT max(fetched) FROM captures WHERE url = a.url AND fetched < :instant AND {SEEN}),
  a.first_seen)"""
GONE_SINCE = f"""(SELECT min(fetched) FROM captures WHERE url = a.url AND fetched < :instant AND {GONE}
  AND fetched > {LAST_SEEN})"""
DERIVED = {"last_seen": LAST_SEEN, "gone_since": GONE_SINCE, "gone_grade": "NULL"}
# `n`: the state that was superseded only later; the article's own row where there is none.
SQL = """
SELECT {columns} FROM articles a
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
