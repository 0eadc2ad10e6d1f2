"""Rows older than asked for, by --since or by a column's own `since`: left alone, and no list read for ever."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from test_hostile_crawl import article
from trapserver import Reply, TrapServer, page

from crawler.portal import Portal
from tests.quick_crawl import crawl, portal_of
from tests.test_crawl import rows

PAGES, SIZE = 6, 4


class Column:
    """Six list pages of four rows, a row a day, the newest first."""

    def __init__(self, server: TrapServer) -> None:
        self.server = server
        self.days = [f"2026-{month:02}-{day:02}" for month in (6, 5) for day in range(24, 12, -1)]
        for day in self.days:
            server.routes[self.path(day)] = page(article(f"/news/202306/t{day.replace('-', '')}_123420.html"))
        for number in range(PAGES):
            server.routes[self.list(number)] = self.answer(number)

    def path(self, day: str) -> str:
        return f"/news/{day[:4]}{day[5:7]}/t{day.replace('-', '')}_1234{day[6]}{day[8:]}.html"

    def list(self, number: int) -> str:
        return f"/news/index_{number}.html" if number else "/news/"

    def answer(self, number: int) -> Reply:
        items = "".join(
            f'<li><a href="{self.path(day)}">关于{day}防汛工作会议召开的通知</a><span>{day}</span></li>'
            for day in self.days[number * SIZE : (number + 1) * SIZE]
        )
        more = f'<div class="pages"><a href="{self.list(number + 1)}">下一页</a></div>' if number + 1 < PAGES else ""
        return page(f'<html><title>要闻</title><body><ul class="list">{items}</ul>{more}</body></html>'.encode())

    def lists_asked(self, since: int) -> list[str]:
        return [path for path in self.server.paths()[since:] if path == "/news/" or "index_" in path]


@pytest.fixture
def column() -> Iterator[Column]:
    with TrapServer() as server:
        server.routes["/robots.txt"] = Reply(404)
        yield Column(server)


@pytest.fixture
def portal(column: Column) -> Portal:
    return portal_of(column.server, {"要闻": "/news/"})


def held(home: Path) -> int:
    return int(rows(home, "SELECT count(*) FROM frontier WHERE kind = 'article'")[0][0])


def complete(home: Path) -> list[tuple[int, int]]:
    return rows(home, "SELECT v.complete, w.full FROM section_visits v JOIN walks w ON w.visit_id = v.id ORDER BY v.id")


def test_a_list_is_read_to_the_date_and_no_further(tmp_path: Path, column: Column, portal: Portal) -> None:
    crawl(tmp_path, portal, since="2026-06-20")
    assert held(tmp_path) == 5
    assert column.lists_asked(0) == [column.list(n) for n in (0, 1, 2)] * 2, "read, and looked at once more"
    assert complete(tmp_path) == [(1, 0)], "complete, but not to the end of the list"
    asked = len(column.server.paths())
    crawl(tmp_path, portal, since="2026-06-20")
    assert column.lists_asked(asked) == [column.list(n) for n in (0, 1, 2)]
    asked = len(column.server.paths())
    crawl(tmp_path, portal, since="2026-06-14")
    assert held(tmp_path) == 11, "an earlier date is not vouched for by the later one"


def test_a_run_that_left_rows_alone_hides_none_from_the_next(tmp_path: Path, column: Column, portal: Portal) -> None:
    crawl(tmp_path, portal, since="2026-06-15")
    assert held(tmp_path) == 10
    crawl(tmp_path, portal)
    assert held(tmp_path) == len(column.days)
    assert complete(tmp_path)[-1] == (1, 1)
    crawl(tmp_path, portal, since="2026-06-15", full=True)
    assert rows(tmp_path, "SELECT count(*) FROM articles WHERE gone_grade = 'unlisted'") == [(0,)]


def test_a_column_may_have_a_date_of_its_own(tmp_path: Path, column: Column, portal: Portal) -> None:
    portal = replace(portal, sections=(replace(portal.sections[0], since="2026-06-20"),))
    for _ in range(2):
        asked = len(column.server.paths())
        assert crawl(tmp_path, portal).outcome == "complete"
    assert column.lists_asked(asked) == [column.list(n) for n in (0, 1, 2)]
    assert held(tmp_path) == 5
