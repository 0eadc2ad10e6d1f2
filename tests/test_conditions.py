"""Conditional requests: 304 is believed where we asked about what we hold, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from socket import socket

import pytest
from test_hostile_crawl import PATHS, article, listing
from trapserver import Asked, Handler, Reply, TrapServer, page

from archive.frontier import Task
from archive.records import Capture
from crawler.answers import Again, Answer, Unchanged
from crawler.judge import judge
from crawler.portal import Portal
from tests.quick_crawl import crawl, portal_of
from tests.test_crawl import rows

FIRST = PATHS[0]
MORE = FIRST.replace(".html", "_2.html")


def tagged(body: bytes, tag: str) -> Handler:
    """Answers 304 to whoever has this version already."""

    def answer(asked: Asked, _: socket) -> Reply:
        if asked.headers.get("if-none-match") == tag:
            return Reply(304, b"", (("ETag", tag),))
        return page(body, ("ETag", tag))

    return answer


def edited(path: str) -> bytes:
    return article(path).replace("重点任务".encode(), "重要任务".encode())


@pytest.fixture
def server() -> Iterator[TrapServer]:
    with TrapServer() as server:
        server.routes |= {"/robots.txt": Reply(404), "/news/": listing(FIRST)}
        server.routes[FIRST] = tagged(article(FIRST), '"v1"')
        yield server


@pytest.fixture
def portal(server: TrapServer) -> Portal:
    return portal_of(server, {"要闻": "/news/"})


def revision(home: Path) -> int:
    return int(rows(home, "SELECT max(revision) FROM articles")[0][0])


def test_a_version_without_a_name_forgets_that_of_the_one_before(
    tmp_path: Path, server: TrapServer, portal: Portal
) -> None:
    """v1 has an ETag, v2 none; then the publisher takes v2 back: 304 for v1 is not v2."""
    crawl(tmp_path, portal)
    server.routes[FIRST] = page(edited(FIRST))
    crawl(tmp_path, portal, full=True)
    assert rows(tmp_path, "SELECT etag FROM frontier WHERE kind = 'article'") == [(None,)]
    server.routes[FIRST] = tagged(article(FIRST), '"v1"')
    crawl(tmp_path, portal, full=True)
    assert revision(tmp_path) == 3
    assert crawl(tmp_path, portal, full=True).states["unchanged"] == 1, "and v1 is asked for by its name again"
    assert server.log[-1].headers["if-none-match"] == '"v1"'


def test_a_body_of_several_pages_is_asked_for_without_a_condition(
    tmp_path: Path, server: TrapServer, portal: Portal
) -> None:
    first = article(FIRST).replace(b"</body>", f'<a href="{MORE}">下一页</a></body>'.encode())
    server.routes |= {FIRST: tagged(first, '"v1"'), MORE: page(article(PATHS[1]))}
    crawl(tmp_path, portal)
    server.routes[MORE] = page(edited(PATHS[1]))
    crawl(tmp_path, portal, full=True)
    assert revision(tmp_path) == 2


def test_a_list_page_that_answers_304_is_told_and_no_complete_walk(
    tmp_path: Path, server: TrapServer, portal: Portal
) -> None:
    server.routes["/news/"] = Reply(304)
    summary = crawl(tmp_path, portal)
    assert summary.exit_code == 4
    assert any("not read: 304 for a list we do not hold" in issue.message for issue in summary.issues)
    assert server.paths().count("/news/") == 3, "asked again, as after any failure"
    assert rows(tmp_path, "SELECT state FROM walks") == [("cut",)]


@pytest.mark.parametrize(
    ("kind", "article_id", "payload", "etag", "believed"),
    [
        ("article", 1, "x", "v1", True),
        ("article", None, "x", "v1", False),
        ("article", 1, "x", None, False),
        ("file", None, "x", "v1", True),
        ("file", None, None, "v1", False),
        ("file", None, "x", None, False),
        ("list", None, None, None, False),
        ("list", None, "x", "v1", False),
    ],
)
def test_304_is_believed_where_we_asked_about_what_we_hold(
    kind: str, article_id: int | None, payload: str | None, etag: str | None, believed: bool
) -> None:
    url = "http://www.x.gov.cn/1"
    task = Task(1, url, url, kind, 1, None, 0, 1, None, etag, None, payload, article_id, None, None)
    outcome = judge(task, Answer(Capture(url, "2026-11-24T00:00:00Z", 304, (), b""), 0.0, 0))
    assert isinstance(outcome, Unchanged if believed else Again)
    if isinstance(outcome, Again) and etag:
        assert outcome.unconditional
