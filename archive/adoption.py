"""A portal under another id: what was archived under that one becomes the portal's.

A column crawled by its bare address is archived under its host; a definition that is written later, or renamed, has an
id of its own. Only the portal whose id an address has asks for it again, so the id follows whoever looks after it now.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from archive.articles import ArticleStore

# What hangs on a portal's id; a row that the portal has already stays where it is.
TABLES = ("frontier", "sections", "forms", "health", "alarms", "probes")


def listed_by(conn: sqlite3.Connection, columns: Collection[str]) -> set[str]:
    """The ids under which any of these columns, by address, was crawled."""
    marks = ", ".join("?" * len(columns))
    return {row[0] for row in conn.execute(f"SELECT portal FROM sections WHERE url IN ({marks})", tuple(columns))}


def adopt(conn: sqlite3.Connection, portal: str, former: Collection[str]) -> int:
    """Give `portal` all that is archived under the ids in `former`; return how many articles that is.

    An id that is being crawled now is left alone. Of the runs it stays written under which id they were.
    """
    running = {row[0] for row in conn.execute("SELECT portal FROM runs WHERE outcome = 'running'")}
    ids = tuple(sorted(set(former) - running - {portal}))
    marks = ", ".join("?" * len(ids))
    for table in TABLES if ids else ():
        conn.execute(f"UPDATE OR IGNORE {table} SET portal = ? WHERE portal IN ({marks})", (portal, *ids))
    moved = conn.execute(f"SELECT id FROM articles WHERE portal IN ({marks})", ids).fetchall()
    articles = ArticleStore(conn)
    for (article_id,) in moved:
        articles.move(article_id, portal)
    return len(moved)
