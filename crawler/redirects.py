"""Addresses that lead elsewhere: what becomes of one, which ones led to an address, and whose article that is.

A redirect may last for ever or for an afternoon (maintenance, a broken gateway). So an article's own address that leads
elsewhere is asked again in its time, and what it leads to is asked again with it, known or not, but once a run.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from archive.articles import ArticleStore
from archive.frontier import OPEN, Frontier, Settlement, Task
from archive.urls import canonical_url
from crawler.intake import member
from crawler.walks import list_task

LED_TO = "to "  # reason of what is `redirected`: to which key of the frontier (archive/census.py reads it)


class Redirects:
    """The redirects of one run. `columns` are those it walks: id -> name. Inside the writer's transaction."""

    def __init__(
        self, conn: sqlite3.Connection, frontier: Frontier, articles: ArticleStore, columns: Mapping[int, str]
    ) -> None:
        self.conn, self.frontier, self.articles, self.columns = conn, frontier, articles, columns

    def follow(self, task: Task, url: str, seen: str, *, same: bool = False) -> Settlement:
        """Take up what `task` led to; the end is `redirected`, or `failed_redirects` where that leads nowhere.

        `same`: it is to be asked with the same method and body (307, 308).
        """
        target, is_list, asked = canonical_url(url), task.kind == "list", task.request or {}
        kept = asked if same or asked.get("method", "GET") == "GET" else {}
        _, key, request = list_task({**kept, "url": url}) if is_list else (url, target, None)
        target_id, fresh = self.frontier.take_up(
            key, url, task.kind, section_id=task.section_id, request=request, priority=10 if is_list else 1,
            depth=task.depth + 1, parent_id=task.id, title=task.list_title, date=task.list_date,
        )  # fmt: skip
        article_id = None
        if not fresh:
            kind, state, column, run_id, article_id = self.conn.execute(
                "SELECT kind, state, section_id, run_id, article_id FROM frontier WHERE id = ?", (target_id,)
            ).fetchone()
            chain, in_this_run = self.chain(task), run_id == self.frontier.run_id
            if target_id == task.id or (target_id in chain and in_this_run and state == "redirected"):
                return Settlement(
                    "failed_redirects", f"redirects in a circle: {' -> '.join(chain.values())} -> {target}"
                )
            if is_list and column != task.section_id and column in self.columns:
                reason = f"leads to a list page of the column {self.columns[column]}, {target}"
                return Settlement("failed_redirects", reason)
            if kind == task.kind and state not in (*OPEN, "forgotten") and (is_list or not in_this_run):
                self._ask_again(target_id, task, apart=target_id in chain)
        if task.article_id is None and article_id is not None:
            self._is_alias(task.id, task.url, article_id, seen)
            return Settlement("redirected", f"{LED_TO}{target}", article_id=article_id)
        return Settlement("redirected", f"{LED_TO}{target}")

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

    def article_away(self, task: Task) -> int | None:
        """The article that is away when this address is: not one that answers at an address of its own."""
        article_id = self.article_of(task)
        if article_id is None:
            return None
        own = self.articles.url_of(article_id)
        row = self.conn.execute("SELECT id, state FROM frontier WHERE key = ?", (own,)).fetchone()
        if row is None or row[0] == task.id:
            return article_id
        led_here = own in {canonical_url(url) for url in self.chain(task).values()}
        return article_id if led_here and row[1] in (*OPEN, "redirected") else None  # it may lead here no more

    def alias_sources(self, task: Task, article_id: int, seen: str) -> None:
        """Addresses that were redirected to this one are its aliases, but for those that are another article's own."""
        for frontier_id, url in self.chain(task).items():
            if frontier_id != task.id:
                self._is_alias(frontier_id, url, article_id, seen)

    def close(self, seen: str) -> list[tuple[str, str]]:
        """At a run's end: where the addresses led in the end that led to one already taken up.

        To an article: they are its aliases. Round in a circle: failures; returns those of this run, (address, reason).
        """
        circles = []
        for frontier_id, url, run_id in self.conn.execute(
            "SELECT id, url, run_id FROM frontier WHERE portal = ? AND state = 'redirected' AND kind = 'article' "
            "AND article_id IS NULL ORDER BY id",
            (self.frontier.portal,),
        ).fetchall():
            way, article_id = self._way_of(frontier_id)
            if article_id is not None:
                self._is_alias(frontier_id, url, article_id, seen)
            elif way[-1] in way[:-1] and run_id == self.frontier.run_id:
                circles.append((frontier_id, url, f"redirects in a circle: {' -> '.join(way)}"))
        for frontier_id, _, reason in circles:  # last: the way of one leads through the others
            self.frontier.settle(frontier_id, Settlement("failed_redirects", reason), checked=seen)
        return [(url, reason) for _, url, reason in circles]

    def _way_of(self, frontier_id: int) -> tuple[list[str], int | None]:
        """The addresses that a redirected one led along, itself first, and the article at the end of the way."""
        columns = "SELECT key, state, reason, article_id FROM frontier"
        row = self.conn.execute(f"{columns} WHERE id = ?", (frontier_id,)).fetchone()
        way: list[str] = []
        while row is not None:
            key, state, reason, article_id = row
            way.append(key)
            if article_id is not None or state != "redirected" or key in way[:-1]:
                return way, article_id
            row = self.conn.execute(f"{columns} WHERE key = ?", (reason.removeprefix(LED_TO),)).fetchone()
        return way, None

    def _is_alias(self, frontier_id: int, url: str, article_id: int, seen: str) -> None:
        """An address that leads to an article is its alias, unless it is an article's own, and its columns list it."""
        if self.articles.add_alias(canonical_url(url), article_id, "redirect", seen):
            self.conn.execute("UPDATE frontier SET article_id = ? WHERE id = ?", (article_id, frontier_id))
            member(self.conn, frontier_id, article_id)

    def _ask_again(self, target_id: int, task: Task, *, apart: bool) -> None:
        """Reopen a known target. `apart`: it led to `task` once, and no longer does."""
        self.frontier.reopen(target_id)
        if apart:
            self.conn.execute("UPDATE frontier SET parent_id = NULL WHERE id = ?", (task.id,))
        self.conn.execute(
            "UPDATE frontier SET parent_id = CASE kind WHEN 'list' THEN ?1 ELSE coalesce(parent_id, ?1) END, "
            "section_id = CASE kind WHEN 'list' THEN ?2 ELSE section_id END WHERE id = ?3",
            (task.id, task.section_id, target_id),
        )
