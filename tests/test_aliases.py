"""Two addresses of one article, and what becomes of it when they part."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from test_hostile_crawl import PATHS, article, listing
from trapserver import Reply, TrapServer, page

from crawler.portal import Portal
from tests.quick_crawl import crawl, edited, held, portal_of
from tests.test_crawl import rows

FIRST, SECOND = PATHS[:2]


@pytest.fixture
def server() -> Iterator[TrapServer]:
    """Both addresses answer with the first one's page."""
    with TrapServer() as server:
        server.routes |= {"/robots.txt": Reply(404), "/news/": listing(FIRST, SECOND)}
        server.routes |= {FIRST: page(article(FIRST)), SECOND: page(article(FIRST))}
        yield server


@pytest.fixture
def portal(server: TrapServer) -> Portal:
    return portal_of(server, {"要闻": "/news/"})


def test_an_alias_that_disappears_takes_no_living_article_with_it(
    tmp_path: Path, server: TrapServer, portal: Portal
) -> None:
    server.routes[SECOND] = page(article(FIRST))
    crawl(tmp_path, portal)
    assert held(tmp_path) == [(1, None)]
    server.routes[SECOND] = Reply(404)
    crawl(tmp_path, portal, full=True)
    assert held(tmp_path) == [(1, None)]


def test_an_alias_that_answers_brings_no_article_back(tmp_path: Path, server: TrapServer, portal: Portal) -> None:
    """Neither with the text nor with 304: its own address is gone."""
    server.routes[SECOND] = lambda asked, _: (
        Reply(304) if "if-none-match" in asked.headers else page(article(FIRST), ("ETag", '"v1"'))
    )
    crawl(tmp_path, portal)
    server.routes[FIRST] = Reply(404)
    crawl(tmp_path, portal, full=True)
    assert held(tmp_path) == [(1, "once")]
    server.routes[SECOND] = page(article(FIRST))
    crawl(tmp_path, portal, full=True)
    assert held(tmp_path) == [(1, "lasting")]


def test_an_alias_with_a_text_of_its_own_is_an_article_of_its_own(
    tmp_path: Path, server: TrapServer, portal: Portal
) -> None:
    """Two notices not written yet show the same placeholder; then each has its text."""
    crawl(tmp_path, portal)
    assert rows(tmp_path, "SELECT count(*) FROM articles") == [(1,)]
    server.routes[SECOND] = page(article(SECOND))
    assert crawl(tmp_path, portal, full=True).verdicts["new"] == 1
    assert held(tmp_path) == [(1, None), (1, None)]
    assert rows(tmp_path, "SELECT count(*) FROM aliases") == [(0,)]
    assert rows(tmp_path, "SELECT count(DISTINCT article_id), min(next_check IS NOT NULL) FROM frontier "
                "WHERE kind = 'article'") == [(2, 1)]  # fmt: skip
    server.routes[SECOND] = edited(SECOND)
    crawl(tmp_path, portal, days=400)
    assert held(tmp_path) == [(1, None), (2, None)]


def test_both_addresses_of_an_edited_article_stay_its_own(tmp_path: Path, server: TrapServer, portal: Portal) -> None:
    """Also where one of them still shows the text from before."""
    crawl(tmp_path, portal)
    server.routes[FIRST] = edited(FIRST)
    crawl(tmp_path, portal, full=True)
    server.routes[SECOND] = edited(FIRST)
    crawl(tmp_path, portal, full=True)
    assert held(tmp_path) == [(2, None)]
    assert rows(tmp_path, "SELECT count(*) FROM aliases") == [(1,)]


def test_a_further_page_that_a_column_lists_is_no_article(tmp_path: Path, server: TrapServer, portal: Portal) -> None:
    more = SECOND.replace(".html", "_2.html")
    server.routes[SECOND] = page(article(SECOND).replace(b"</body>", f'<a href="{more}">下一页</a></body>'.encode()))
    server.routes[more] = page(article(PATHS[2]))
    crawl(tmp_path, portal)
    assert rows(tmp_path, "SELECT url, kind FROM aliases") == [(server.url(more), "page")]
    server.routes["/news/"] = listing(more, FIRST, SECOND)
    crawl(tmp_path, portal)
    assert rows(tmp_path, "SELECT count(*) FROM articles") == [(2,)]
