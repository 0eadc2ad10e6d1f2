"""What an archive holds: articles by portal, section, month, source; how often each field is filled."""

from __future__ import annotations

import sqlite3
from dataclasses import asdict, dataclass
from typing import Any

# Field -> SQL condition for "filled".
FILLED = {
    "breadcrumb": "breadcrumb != '[]'",
    "title": "title != ''",
    "source": "source != ''",
    "published": "published IS NOT NULL",
    "published to the minute": "published_precision IN ('minute', 'second')",
    "author": "author != ''",
    "editor": "editor != ''",
    "body": "body != ''",
    "attachments": "attachments != '[]'",
    "images": "images != '[]'",
    "document": "document != '{}'",
}

REPRINTS = """
SELECT count(DISTINCT r.article_id) FROM reprints r JOIN articles a ON a.id = r.article_id
WHERE :portal IS NULL OR a.portal = :portal
"""
# Of one portal: of every address it listed, and of every one its articles have; ingested and merged ones too.
CAPTURES = """
SELECT count(*) FROM captures WHERE url IN (
  SELECT url FROM frontier WHERE portal = :portal UNION SELECT url FROM articles WHERE portal = :portal
  UNION SELECT l.url FROM aliases l JOIN articles a ON a.id = l.article_id WHERE a.portal = :portal)
"""


@dataclass(frozen=True, slots=True)
class Stats:
    articles: int
    characters: int  # of all bodies
    portals: dict[str, int]  # most first, as the next two
    sections: dict[str, int]  # "portal / section"
    sources: dict[str, int]
    months: dict[str, int]  # in order of time, at most the last `months` asked for; "" = no date
    coverage: dict[str, float]  # share of articles with the field
    gone: int
    revised: int
    reprints: int
    captures: int
    first_seen: str | None
    last_seen: str | None
    oldest: str | None
    newest: str | None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def stats(conn: sqlite3.Connection, portal: str | None = None, *, top: int = 10, months: int = 24) -> Stats:
    """Counts over the archive, or over one portal. Two passes over the articles' rows."""
    where, parameters = ("WHERE portal = ?", [portal]) if portal else ("", [])
    filled = ", ".join(f"avg(coalesce({condition}, 0))" for condition in FILLED.values())
    row = conn.execute(
        "SELECT count(*), coalesce(sum(length(body)), 0), sum(gone_since IS NOT NULL), sum(revision > 1),"
        f" min(first_seen), max(last_seen), min(published), max(published), {filled} FROM articles {where}",
        parameters,
    ).fetchone()
    articles, characters, gone, revised, first_seen, last_seen, oldest, newest, *shares = row

    def by(expression: str, condition: str = "1") -> dict[str, int]:
        sql = (
            f"SELECT {expression}, count(*) FROM articles {where or 'WHERE 1'} AND {condition}"
            " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?"
        )
        return dict(conn.execute(sql, [*parameters, top]).fetchall())

    def number(sql: str) -> int:
        return int(conn.execute(sql, {"portal": portal}).fetchone()[0])

    by_month = conn.execute(
        f"SELECT coalesce(substr(published, 1, 7), ''), count(*) FROM articles {where}"
        " GROUP BY 1 ORDER BY 1 DESC LIMIT ?",
        [*parameters, months],
    ).fetchall()
    return Stats(
        articles=articles,
        characters=characters,
        portals=by("portal"),
        sections=by("portal || ' / ' || section", "section != ''"),
        sources=by("source", "source != ''"),
        months=dict(reversed(by_month)),
        coverage={name: round(share or 0.0, 4) for name, share in zip(FILLED, shares, strict=True)},
        gone=gone or 0,
        revised=revised or 0,
        reprints=number(REPRINTS),
        captures=number(CAPTURES if portal else "SELECT count(*) FROM captures"),
        first_seen=first_seen,
        last_seen=last_seen,
        oldest=oldest,
        newest=newest,
    )
