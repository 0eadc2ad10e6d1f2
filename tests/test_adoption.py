"""An archive goes on under another id of its portal: a definition after a bare address, a definition renamed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from test_hostile_crawl import PATHS, article, listing
from trapserver import Reply, TrapServer, page

from archive.connection import connect_readonly
from archive.frontier import Frontier, imbalances
from archive.migrations import create
from archive.search import count
from crawler.portal import for_url
from tests.quick_crawl import crawl, portal_of
from tests.test_crawl import rows


@pytest.fixture
def server() -> Iterator[TrapServer]:
    with TrapServer() as server:
        server.routes |= {"/robots.txt": Reply(404), "/news/": listing(*PATHS[:4])}
        server.routes |= {path: page(article(path)) for path in PATHS}
        yield server


def portals(home: Path, table: str) -> list[tuple[Any, ...]]:
    return rows(home, f"SELECT portal, count(*) FROM {table} GROUP BY 1 ORDER BY 1")


def counted(home: Path, query: str) -> int:
    with closing(connect_readonly(home / "archive")) as conn:
        return count(conn, query)


def test_what_a_bare_address_began_its_definition_goes_on_with(tmp_path: Path, server: TrapServer) -> None:
    bare = crawl(tmp_path, for_url(server.url("/news/")), stop_after=4)
    assert bare.outcome == "partial", "pages stay to be asked"
    server.routes["/news/"] = listing(PATHS[4], *PATHS[:4])
    shop = portal_of(server, {"要闻": "/news/"})
    assert crawl(tmp_path, shop).outcome == "complete"
    assert portals(tmp_path, "articles") == [("shop", 5)]
    assert portals(tmp_path, "sections") == [("shop", 1)]
    assert rows(tmp_path, "SELECT DISTINCT portal, state IN ('pending', 'leased') FROM frontier") == [("shop", 0)]
    assert counted(tmp_path, "portal:shop 防汛") == 5, "the search index has the portal, too"
    assert counted(tmp_path, f"portal:{server.authority}") == 0
    server.routes[PATHS[0]] = page(article(PATHS[0]).replace("重点".encode(), "重要".encode()))
    assert crawl(tmp_path, shop, full=True).verdicts["revision"] == 1


def test_a_renamed_definition_keeps_its_articles(tmp_path: Path, server: TrapServer) -> None:
    crawl(tmp_path, portal_of(server, {"要闻": "/news/"}))
    server.routes["/news/"] = listing(*PATHS[:3])  # one is listed no more
    asked = len(server.paths())
    crawl(tmp_path, portal_of(server, {"要闻": "/news/"}, "store"), full=True)
    assert set(PATHS[:4]) <= set(server.paths()[asked:])
    for table in ("articles", "frontier", "sections", "health"):
        assert {portal for portal, _ in portals(tmp_path, table)} == {"store"}, table
    assert rows(tmp_path, "SELECT gone_grade, count(*) FROM articles GROUP BY 1") == [(None, 3), ("unlisted", 1)]


def test_a_bare_address_of_a_portal_that_has_a_definition_borrows_what_it_lists(
    tmp_path: Path, server: TrapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shop.toml").touch()
    monkeypatch.setenv("DIBAO_PORTALS", str(tmp_path))
    shop = portal_of(server, {"要闻": "/news/"})
    crawl(tmp_path, shop)
    server.routes["/news/"] = listing(PATHS[4], *PATHS[:4])
    assert crawl(tmp_path, for_url(server.url("/news/"))).outcome == "complete"
    assert portals(tmp_path, "articles") == [(server.authority, 1), ("shop", 4)]
    crawl(tmp_path, shop)
    assert portals(tmp_path, "articles") == portals(tmp_path, "frontier WHERE kind = 'article'") == [("shop", 5)]


def test_two_portals_at_a_time_leave_each_other_alone() -> None:
    """An address that both list is asked for by the one that took it up first, and the books of both balance."""
    conn = sqlite3.connect(":memory:", isolation_level=None)
    create(conn)
    for run_id, portal in enumerate(("a", "b"), 1):
        conn.execute("INSERT INTO runs (id, portal, started) VALUES (?, ?, '2026-11-24T00:00:00Z')", (run_id, portal))
    first, second = Frontier(conn, "a", 1), Frontier(conn, "b", 2)
    frontier_id, _ = first.take_up("http://x.gov.cn/1", "http://x.gov.cn/1", "article")
    assert second.take_up("http://x.gov.cn/1", "http://x.gov.cn/1", "article") == (frontier_id, False)
    second.reopen(frontier_id)
    assert (second.lease(), imbalances(conn)) == (None, [])
    conn.execute("UPDATE runs SET outcome = 'partial' WHERE id = 1")
    second.take_up("http://x.gov.cn/1", "http://x.gov.cn/1", "article")
    assert second.lease() is not None, "what the other left open, this one asks for"
    assert imbalances(conn) == []
