"""Which held articles are asked for again, and how: young ones densely, conditionally, and never for a page we lack."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from test_hostile_crawl import PATHS, article, listing
from trapserver import Asked, Reply, TrapServer, page

from crawler.recheck import next_check
from tests.test_crawl import dibao, rows

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DUE = {  # published, days until it is asked for again by default
    "2026-11-24T09:00+08:00": 1, "2026-11-18": 1, "2026-11-10": 7, "2026-10-26": 7, "2026-06-01": 60, "2025-12-01": 60,
    "2020-01-01": 365, "1949-10-01": 365, None: 1, "二〇二六年": 1, "2031-01-01": 1,
}  # fmt: skip


@pytest.mark.parametrize("published", DUE)
def test_young_articles_are_looked_at_often_and_old_ones_rarely(published: str | None) -> None:
    assert next_check(published, NOW) == (NOW + timedelta(days=DUE[published])).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_definition_may_have_its_own_schedule() -> None:
    schedule = ((30, 0.5), (3, 0.125))  # in any order
    assert next_check("2026-11-23T12:00+00:00", NOW, schedule) == "2026-11-24T15:00:00Z"
    assert next_check("2026-11-01", NOW, schedule) == "2026-11-25T00:00:00Z"
    assert next_check("2020-01-01", NOW, schedule) == "2026-11-25T00:00:00Z"


class Portal:
    """Eight articles on a list; answers with 304 where it is asked whether a page has changed and it has not."""

    def __init__(self, server: TrapServer) -> None:
        self.server = server
        self.pages = {path: article(path) for path in PATHS}
        self.gone: set[str] = set()
        server.routes |= {"/robots.txt": Reply(404), "/news/": listing(*PATHS)}
        server.routes |= dict.fromkeys(PATHS, self.answer)

    def answer(self, asked: Asked, _: object) -> Reply:
        if asked.path in self.gone:
            return Reply(404)
        tag = f'"{hash(self.pages[asked.path])}"'
        if asked.headers.get("if-none-match") == tag:
            return Reply(304, b"", (("ETag", tag),))
        return page(self.pages[asked.path], ("ETag", tag))

    def asked_since(self, number: int) -> list[str]:
        return [path for path in self.server.paths()[number:] if path in self.pages]


@pytest.fixture
def portal() -> Iterator[Portal]:
    with TrapServer() as server:
        yield Portal(server)


def crawl(home: Path, portal: Portal, *more: str) -> None:
    done = dibao("crawl", portal.server.url("/news/"), "--allow-loopback", *more, home=home)
    assert done.returncode == 0, done.stderr


def made_due(home: Path, *paths: str) -> None:
    """As if these articles' time had come."""
    with sqlite3.connect(home / "archive" / "archive.db") as conn:
        for path in paths:
            conn.execute("UPDATE frontier SET next_check = '2020-01-01T00:00:00Z' WHERE url LIKE ?", (f"%{path}",))


def test_only_what_is_due_is_asked_for_and_edits_and_withdrawals_are_seen(tmp_path: Path, portal: Portal) -> None:
    crawl(tmp_path, portal)
    asked = len(portal.server.paths())
    crawl(tmp_path, portal)
    assert portal.asked_since(asked) == [], "nothing is due yet"
    portal.pages[PATHS[1]] = article(PATHS[1]).replace("重点任务".encode(), "重要任务".encode())
    portal.gone.add(PATHS[2])
    made_due(tmp_path, *PATHS[:3])
    asked = len(portal.server.paths())
    crawl(tmp_path, portal)
    assert sorted(set(portal.asked_since(asked))) == PATHS[:3]
    states = dict(rows(tmp_path, "SELECT url, state FROM frontier WHERE kind = 'article'"))
    assert [states[portal.server.url(path)] for path in PATHS[:3]] == ["unchanged", "revised", "gone"]
    assert rows(tmp_path, "SELECT count(*) FROM captures WHERE status = 304") == [(0,)], "nothing to keep of a 304"


def test_a_clock_that_was_years_ahead_for_one_run_puts_no_check_off_for_years(tmp_path: Path, portal: Portal) -> None:
    crawl(tmp_path, portal)
    with sqlite3.connect(tmp_path / "archive" / "archive.db") as conn:
        for table, columns in (("runs", ("started", "finished")), ("frontier", ("checked", "next_check")),
                               ("section_visits", ("started", "finished")), ("articles", ("first_seen", "last_seen")),
                               ("search_docs", ("first_seen",))):  # fmt: skip
            for column in columns:
                conn.execute(f"UPDATE {table} SET {column} = '2037' || substr({column}, 5)")
    portal.pages[PATHS[1]] = article(PATHS[1]).replace("重点任务".encode(), "重要任务".encode())
    asked = len(portal.server.paths())
    crawl(tmp_path, portal)
    assert sorted(set(portal.asked_since(asked))) == sorted(PATHS)
    assert rows(tmp_path, "SELECT count(*) FROM articles WHERE revision = 2") == [(1,)]
    asked = len(portal.server.paths())
    crawl(tmp_path, portal)
    assert portal.asked_since(asked) == [], "all were, and the clock is right"


def test_a_304_for_a_page_we_lack_is_asked_for_again_without_a_condition(tmp_path: Path, portal: Portal) -> None:
    """A portal that answers 304 to a first request; and one whose page was lost here, its ETag not."""
    answered: list[str] = []

    def confused(asked: Asked, _: object) -> Reply:
        answered.append(asked.headers.get("if-none-match", "-"))
        return Reply(304) if len(answered) == 1 else page(article(asked.path))

    portal.server.routes[PATHS[0]] = confused
    crawl(tmp_path, portal)
    assert rows(tmp_path, "SELECT count(*) FROM articles") == [(8,)]
    assert answered == ["-", "-"]
    with sqlite3.connect(tmp_path / "archive" / "archive.db") as conn:  # as after `restore` of an older backup
        conn.execute("UPDATE frontier SET article_id = NULL, state = 'pending' WHERE url LIKE ?", (f"%{PATHS[3]}",))
        conn.execute("UPDATE outcomes SET state = 'pending' WHERE frontier_id = "
                     "(SELECT id FROM frontier WHERE url LIKE ?)", (f"%{PATHS[3]}",))  # fmt: skip
    asked = len(portal.server.paths())
    crawl(tmp_path, portal)
    assert portal.asked_since(asked) == [PATHS[3], PATHS[3]], "304, and then without the condition"
    states = dict(rows(tmp_path, "SELECT url, state FROM frontier WHERE kind = 'article'"))
    assert states[portal.server.url(PATHS[3])] == "unchanged"
    assert rows(tmp_path, "SELECT count(*) FROM articles") == [(8,)]


def test_equal_bytes_without_a_condition_are_unchanged(tmp_path: Path, portal: Portal) -> None:
    portal.server.routes |= {path: page(article(path)) for path in PATHS}  # no ETag at all
    crawl(tmp_path, portal)
    made_due(tmp_path, *PATHS)
    crawl(tmp_path, portal)
    assert rows(tmp_path, "SELECT DISTINCT state FROM frontier WHERE kind = 'article'") == [("unchanged",)]
    assert rows(tmp_path, "SELECT max(revision), count(*) FROM articles") == [(1, 8)]


def test_a_budget_is_spent_on_what_has_been_due_longest(tmp_path: Path, portal: Portal) -> None:
    crawl(tmp_path, portal)
    with sqlite3.connect(tmp_path / "archive" / "archive.db") as conn:
        for number, path in enumerate(PATHS):
            conn.execute(
                "UPDATE frontier SET next_check = ? WHERE url LIKE ?", (f"2020-01-0{8 - number}T00:00:00Z", f"%{path}")
            )
    asked = len(portal.server.paths())
    more = ("--allow-loopback", "--max-requests", "5", "--json")
    done = dibao("crawl", portal.server.url("/news/"), *more, home=tmp_path)
    assert done.returncode == 10, done.stderr
    assert json.loads(done.stdout)[0]["requests"] == len(portal.server.paths()) - asked == 5, "robots.txt is one"
    assert "budget of 5 requests used" in done.stderr
    first = portal.asked_since(asked)
    assert 2 <= len(first) <= 4
    crawl(tmp_path, portal)
    assert sorted(portal.asked_since(asked)) == sorted(PATHS), "the rest in the next run, each once"
