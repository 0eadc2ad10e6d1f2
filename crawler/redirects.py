"""Addresses that led elsewhere: which ones led to an address, and whose article that is. Inside one transaction."""

from __future__ import annotations

import sqlite3

from archive.articles import ArticleStore
from archive.frontier import Task
from archive.urls import canonical_url


class Redirects:
    """The redirects among the addresses of one portal."""

    def __init__(self, conn: sqlite3.Connection, articles: ArticleStore) -> None:
        self.conn, self.articles = conn, articles

    def chain(self, task: Task) -> dict[int, str]:
        """The addresses that led here by redirects, the first one first: id -> address."""
        chain, parent = {task.id: task.url}, task.parent_id
        while parent is not None and parent not in chain:
            row = self.conn.execute("SELECT url, parent_id FROM frontier WHERE id = ?", (parent,)).fetchone()
            chain, parent = {parent: row[0], **chain}, row[1]
        return chain

    def article_of(self, task: Task) -> int | None:
        """The article at the address, or at one that was redirected to it."""
        if task.article_id is not None or task.parent_id is None:
            return task.article_id
        chain = list(self.chain(task))
        row = self.conn.execute(
            f"SELECT max(article_id) FROM frontier WHERE id IN ({', '.join('?' * len(chain))})", chain
        ).fetchone()
        return row[0] if row else None

    def alias_sources(self, task: Task, article_id: int, seen: str) -> None:
        """Addresses that were redirected to this one are its aliases."""
        parent = task.parent_id
        while parent is not None:
            row = self.conn.execute("SELECT url, parent_id FROM frontier WHERE id = ?", (parent,)).fetchone()
            self.articles.add_alias(canonical_url(row[0]), article_id, "redirect", seen)
            self.conn.execute("UPDATE frontier SET article_id = ? WHERE id = ?", (article_id, parent))
            parent = row[1]
