"""A small archive of the tests' own articles, without crawler and writer."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from archive import search_index
from archive.migrations import create

SEEN = "2026-11-24T01:02:03Z"


def new_archive(path: Path | str = ":memory:") -> sqlite3.Connection:
    conn = sqlite3.connect(path, isolation_level=None)
    create(conn)
    return conn


def put(conn: sqlite3.Connection, article_id: int, title: str = "", body: str = "", **columns: object) -> None:
    """Insert one article and index it; columns as in `articles`, breadcrumb and document as Python values."""
    row = {
        "id": article_id,
        "url": f"http://www.example.gov.cn/{article_id}.html",
        "portal": "erqi",
        "title": title,
        "body": body,
        "first_seen": SEEN,
        "last_seen": SEEN,
        "content_digest": f"{article_id:064x}",
        "body_digest": f"{article_id:064x}",
    } | columns
    row = {k: json.dumps(v, ensure_ascii=False) if isinstance(v, list | dict) else v for k, v in row.items()}
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    conn.execute(f"INSERT INTO articles ({names}) VALUES ({marks})", list(row.values()))
    search_index.add(conn, article_id, title, body)
