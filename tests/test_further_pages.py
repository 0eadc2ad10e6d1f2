"""Bodies that go over several pages, one of which is not to be had: the article is stored, and nothing held is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from test_hostile_crawl import article, listing
from trapserver import Reply, TrapServer, in_turn, page, redirect

from tests.test_broken_runs import crawl
from tests.test_crawl import rows

NAMES = {day: f"/news/202306/t202306{day}_1234{day}" for day in range(20, 25)}
WHOLE, GONE, MOVED, CLOSED, LATE = NAMES


def first_page(day: int) -> bytes:
    name = NAMES[day]
    links = "".join(f"<a href='{name}{part}.html'>{label}</a> " for part, label in (("", 1), ("_2", 2), ("_3", 3)))
    pager = f"<div class='fenye'>{links}<a href='{name}_2.html'>下一页</a></div></body>"
    return article(f"{name}.html").replace(b"</body>", pager.encode())


def further(day: int, number: int) -> Reply:
    text = f"第{day}号文章的第{number}页，继续研究部署防汛工作。" * 12
    return page(f"<html><body><h1>续</h1><div class='content'><p>{text}</p></div></body></html>".encode())


@pytest.fixture(scope="module")
def visited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, TrapServer]]:
    with TrapServer() as server:
        server.routes["/news/"] = listing(*(f"{name}.html" for name in NAMES.values()))
        for day, name in NAMES.items():
            server.routes[f"{name}.html"] = page(first_page(day))
            server.routes.update({f"{name}_{number}.html": further(day, number) for number in (2, 3)})
        server.routes[f"{NAMES[GONE]}_2.html"] = Reply(404)
        server.routes[f"{NAMES[MOVED]}_2.html"] = redirect("/news/")
        server.routes[f"{NAMES[CLOSED]}_2.html"] = Reply(403)
        server.routes[f"{NAMES[LATE]}_2.html"] = in_turn(Reply(502), further(LATE, 2))
        home = tmp_path_factory.mktemp("further")
        done = crawl(home, server)
        assert done.returncode == 0, done.stderr
        yield home, server


def held(home: Path) -> dict[int, tuple[bool, bool, bool]]:
    """Day -> whether page 2 and page 3 stand in the body, and whether pages are flagged as missing."""
    found = rows(home, "SELECT url, body, flags FROM articles WHERE gone_since IS NULL")
    return {
        int(url[-7:-5]): ("的第2页" in body, "的第3页" in body, "pages_missing" in flags) for url, body, flags in found
    }


def test_what_is_there_is_stored_and_what_is_not_is_flagged(visited: tuple[Path, TrapServer]) -> None:
    assert held(visited[0]) == {
        WHOLE: (True, True, False), GONE: (False, True, True), MOVED: (False, True, True),
        CLOSED: (False, True, True), LATE: (True, True, False),
    }  # fmt: skip


def test_a_further_page_that_is_gone_takes_nothing_from_what_we_hold(visited: tuple[Path, TrapServer]) -> None:
    home, server = visited
    server.routes[f"{NAMES[WHOLE]}_3.html"] = Reply(410)
    server.routes[f"{NAMES[LATE]}_2.html"] = redirect("/news/")
    before = held(home)
    done = crawl(home, server, "", "--full")
    assert done.returncode == 10, done.stderr
    assert held(home) == before
    ended = dict(rows(home, "SELECT substr(url, -7, 2), state FROM frontier WHERE kind = 'article'"))
    assert {int(day) for day, state in ended.items() if state == "held_back"} == {WHOLE, LATE}
    ((reason,),) = rows(home, "SELECT DISTINCT reason FROM outcomes WHERE state = 'held_back'")
    assert "without further pages of the body" in reason
