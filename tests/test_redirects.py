"""Redirects that last for an afternoon, that lead round in a circle, and that lead one column into another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
from test_hostile_crawl import PATHS, article, listing
from trapserver import Reply, TrapServer, page, raw, redirect

from archive.census import census
from archive.connection import connect_readonly
from crawler.portal import Portal
from tests.quick_crawl import crawl, edited, held, portal_of
from tests.test_crawl import rows

FIRST, SECOND, THIRD = PATHS[:3]
MAINTENANCE = "<html><title>系统维护</title><body><p>系统维护中，请稍后再来访问。</p></body></html>".encode()


@pytest.fixture
def server() -> Iterator[TrapServer]:
    with TrapServer() as server:
        server.routes |= {"/robots.txt": Reply(404), "/news/": listing(FIRST, SECOND)}
        server.routes |= {path: page(article(path)) for path in PATHS}
        yield server


@pytest.fixture
def portal(server: TrapServer) -> Portal:
    return portal_of(server, {"要闻": "/news/"})


@pytest.mark.parametrize("full", [True, False], ids=["--full", "when due"])
@pytest.mark.parametrize("target", ["/maintenance.html", "http://other.gov.cn/", "/wheel.html"])
def test_an_article_that_led_elsewhere_is_asked_again(
    tmp_path: Path, server: TrapServer, portal: Portal, target: str, full: bool
) -> None:
    server.routes |= {"/maintenance.html": page(MAINTENANCE), "/wheel.html": redirect(FIRST)}
    crawl(tmp_path, portal)
    server.routes |= {FIRST: redirect(target), SECOND: redirect(target)}
    crawl(tmp_path, portal, full=True)
    server.routes |= {FIRST: edited(FIRST), SECOND: edited(SECOND)}
    crawl(tmp_path, portal, full=full, days=0 if full else 400)
    assert held(tmp_path) == [(2, None), (2, None)]


def test_a_known_target_is_asked_again_with_what_led_to_it(tmp_path: Path, server: TrapServer, portal: Portal) -> None:
    server.routes[SECOND] = Reply(404)
    crawl(tmp_path, portal)
    server.routes |= {FIRST: redirect(SECOND), SECOND: page(article(FIRST)), "/news/": listing(FIRST)}
    crawl(tmp_path, portal, full=True)
    state = "SELECT state FROM frontier WHERE kind = 'article' ORDER BY url"
    assert rows(tmp_path, state) == [("redirected",), ("duplicate",)], "gone once, and where the article lives now"
    server.routes[SECOND] = edited(FIRST)
    crawl(tmp_path, portal, days=400)
    assert held(tmp_path) == [(2, None)], "what the new address says is what the article says"


def test_an_article_is_gone_where_its_new_address_is(tmp_path: Path, server: TrapServer, portal: Portal) -> None:
    server.routes |= {"/new.html": page(article(FIRST)), "/news/": listing(FIRST)}
    crawl(tmp_path, portal)
    server.routes[FIRST] = redirect("/new.html")
    crawl(tmp_path, portal, full=True)
    assert rows(tmp_path, "SELECT url, kind FROM aliases") == [(server.url("/new.html"), "same_text")]
    server.routes["/new.html"] = Reply(404)
    crawl(tmp_path, portal, full=True)
    assert held(tmp_path) == [(1, "once")]


def test_a_redirect_that_turns_round_is_no_circle(tmp_path: Path, server: TrapServer, portal: Portal) -> None:
    """The old address led to the new one; years later the new one leads back."""
    server.routes |= {"/new.html": page(article(FIRST)), "/news/": listing(FIRST), FIRST: redirect("/new.html")}
    crawl(tmp_path, portal)
    server.routes |= {"/new.html": redirect(FIRST), FIRST: edited(FIRST)}
    for _ in range(2):
        assert crawl(tmp_path, portal, full=True).outcome == "complete"
    assert set(rows(tmp_path, "SELECT state FROM frontier WHERE kind = 'article'")) <= {
        ("redirected",), ("unchanged",), ("stored",), ("duplicate",)
    }  # fmt: skip
    assert rows(tmp_path, "SELECT count(*) FROM articles WHERE body LIKE '%重要任务%'") == [(1,)]


def test_columns_that_lead_to_each_other_are_told_and_left(tmp_path: Path, server: TrapServer) -> None:
    server.routes |= {"/a/": redirect("/b/"), "/b/": redirect("/a/")}
    summary = crawl(tmp_path, portal_of(server, {"甲": "/a/", "乙": "/b/"}))
    assert server.paths() == ["/a/", "/b/"]
    told = [issue.message for issue in summary.issues]
    assert any("甲: list page" in line and "leads to a list page of the column 乙" in line for line in told), told
    assert any("乙: list page" in line and "leads to a list page of the column 甲" in line for line in told), told
    assert rows(tmp_path, "SELECT state FROM walks") == [("cut",), ("cut",)]


def test_a_column_that_leads_into_another_is_told(tmp_path: Path, server: TrapServer) -> None:
    server.routes["/a/"] = redirect("/news/")
    summary = crawl(tmp_path, portal_of(server, {"甲": "/a/", "要闻": "/news/"}))
    assert server.paths().count("/news/") == 1
    assert summary.exit_code == 4
    assert rows(tmp_path, "SELECT state FROM walks ORDER BY id") == [("cut",), ("complete",)]


def test_a_list_page_that_leads_round_ends_its_walk(tmp_path: Path, server: TrapServer) -> None:
    server.routes |= {"/a/": redirect("/a/index.html"), "/a/index.html": redirect("/a/")}
    for _ in range(2):
        asked = len(server.paths())
        assert crawl(tmp_path, portal_of(server, {"甲": "/a/"})).exit_code == 4
        assert server.paths()[asked:] == ["/a/", "/a/index.html"]


def test_a_column_behind_a_redirect_is_read_in_every_pass(tmp_path: Path, server: TrapServer) -> None:
    more = b'<div class="pages"><a href="/a/index_2.html">\xe4\xb8\x8b\xe4\xb8\x80\xe9\xa1\xb5</a></div></body>'
    first = page(listing(FIRST, SECOND).body.replace(b"</body>", more))
    server.routes |= {"/a/": redirect("/a/index.html"), "/a/index.html": first, "/a/index_2.html": listing(THIRD)}
    for _ in range(2):
        assert crawl(tmp_path, portal_of(server, {"甲": "/a/"})).outcome == "complete"
    assert rows(tmp_path, "SELECT DISTINCT state FROM walks") == [("complete",)]


def test_a_page_that_was_another_columns_once_is_this_ones_now(tmp_path: Path, server: TrapServer) -> None:
    server.routes["/old/"] = redirect("/news/")
    crawl(tmp_path, portal_of(server, {"旧": "/old/"}))
    server.routes["/news/"] = listing(FIRST, SECOND, THIRD)
    assert crawl(tmp_path, portal_of(server, {"要闻": "/news/"})).outcome == "complete"
    assert rows(tmp_path, "SELECT count(*) FROM articles") == [(3,)]
    listed = "SELECT s.name, count(*) FROM section_rows r JOIN sections s ON s.id = r.section_id GROUP BY 1 ORDER BY 2"
    assert rows(tmp_path, listed) == [("旧", 2), ("要闻", 3)]


def test_listed_articles_that_lead_into_each_other_are_missing(
    tmp_path: Path, server: TrapServer, portal: Portal
) -> None:
    """Each of the two is known when the other one leads to it: none has led to the other for the first time."""
    server.routes |= {"/news/": listing(FIRST, SECOND, THIRD), FIRST: redirect(SECOND), SECOND: redirect(FIRST)}
    summary = crawl(tmp_path, portal)
    assert summary.outcome == "partial"
    assert any("in a circle" in str(issue) for issue in summary.issues), summary.issues
    assert counted(tmp_path) == (3, 1, 2)
    server.routes |= {FIRST: page(article(FIRST)), SECOND: page(article(SECOND))}
    assert crawl(tmp_path, portal).outcome == "complete"
    assert counted(tmp_path) == (3, 3, 0)


@pytest.mark.parametrize("routes", [
    {FIRST: redirect(THIRD), SECOND: redirect(THIRD)},
    {FIRST: redirect(SECOND), SECOND: redirect(THIRD)},
    {FIRST: redirect("/old/1.html"), "/old/1.html": redirect(THIRD), SECOND: redirect(THIRD)},
], ids=["two to one", "one after the other", "by another address"])  # fmt: skip
def test_listed_addresses_that_lead_to_one_still_to_be_asked_are_its_aliases(
    tmp_path: Path, server: TrapServer, portal: Portal, routes: dict[str, Reply]
) -> None:
    server.routes |= {"/news/": listing(FIRST, SECOND, THIRD), **routes}
    assert crawl(tmp_path, portal).outcome == "complete"
    assert counted(tmp_path) == (3, 3, 0)
    aliases = rows(tmp_path, "SELECT url FROM aliases WHERE url LIKE '%/news/%' AND kind = 'redirect' ORDER BY url")
    assert aliases == [(server.url(FIRST),), (server.url(SECOND),)]


def test_an_article_behind_a_redirect_stands_in_the_column_that_listed_it(
    tmp_path: Path, server: TrapServer, portal: Portal
) -> None:
    server.routes |= {"/news/": listing(FIRST), FIRST: redirect("/new.html"), "/new.html": page(article(FIRST))}
    crawl(tmp_path, portal)
    assert rows(tmp_path, "SELECT count(*) FROM article_sections") == [(1,)]


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_a_location_in_chinese_is_asked_for_byte_by_byte(
    tmp_path: Path, server: TrapServer, portal: Portal, codec: str
) -> None:
    place = "/政务 要闻/1.html".encode(codec)
    server.routes |= {FIRST: raw(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: %s\r\n\r\n" % place),
                      quote(place): page(article(FIRST))}  # fmt: skip
    assert crawl(tmp_path, portal).outcome == "complete"
    assert len(held(tmp_path)) == 2


def counted(home: Path) -> tuple[int, int, int]:
    """Listed, held and missing of the one column."""
    with closing(connect_readonly(home / "archive")) as conn:
        (column,) = census(conn)
    return column.total.listed, column.total.held, column.total.missing
