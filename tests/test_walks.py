"""Walks kept in the archive: what a walk that was cut short is, when the next run takes it up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from test_hostile_crawl import PATHS, article, listing
from trapserver import Asked, Reply, TrapServer, redirect
from trapserver import page as trap_page

from archive.frontier import Frontier
from archive.records import Listing, ListRow, Pager
from archive.writer import ArchiveWriter
from crawler.portal import Section
from crawler.walks import Walks
from tests import mini_site
from tests.mini_site import MiniSite, Story
from tests.quick_crawl import crawl, portal_of
from tests.test_crawl import rows
from tests.test_miniportals import dibao, held

COLUMN = Section("要闻", "http://www.qinghe.gov.cn/yw/")


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[ArchiveWriter]:
    with ArchiveWriter.open(tmp_path) as opened:
        yield opened


def walks(writer: ArchiveWriter, *, full: bool) -> Walks:
    run_id = writer.start_run("qinghe", {})
    return Walks(writer.conn, Frontier(writer.conn, "qinghe", run_id), "2026-03-02T01:00:00Z", full=full)


def page(number: int, pages: int) -> Listing:
    rows = tuple(ListRow(f"{COLUMN.url}t{number}_{n}.html", f"第{n}号通知") for n in range(15))
    following = f"{COLUMN.url}index_{number + 1}.html" if number < pages else None
    return Listing(rows, Pager("numbered", following))


@pytest.mark.parametrize(("full", "asks"), [(True, f"{COLUMN.url}index_3.html"), (False, None)])
def test_a_full_run_reads_a_walk_that_was_cut_short_to_the_end(
    writer: ArchiveWriter, full: bool, asks: str | None
) -> None:
    with writer.page():
        first = walks(writer, full=False)
        walk = first.begin(COLUMN)
        first.read(walk, page(1, pages=1), 200, lambda url: False)  # complete: its rows are known from now on
        second = walks(writer, full=False)
        walk = second.begin(COLUMN)
        assert not walk.state.full
        second.read(walk, page(1, pages=4), 200, lambda url: False)
        for _ in range(2):  # cut short twice
            third = walks(writer, full=full)
            walk = third.begin(COLUMN)
        step = third.read(walk, page(2, pages=4), 200, lambda url: True)
    assert (step.next["url"] if step.next and step.state.pass_ == 1 else None) == asks


def test_a_walk_that_left_rows_for_the_limit_is_not_complete(writer: ArchiveWriter) -> None:
    site, now = MiniSite({"要闻": "yw"}, shown={"要闻": 100}), datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    for number in range(20):
        text = [f"第{number}号：清河市人民政府办公室今日发布通知，要求各部门压实责任，按期完成重点工作任务。"]
        site.publish(
            "要闻", Story(f"/yw/t{number}.html", f"第{number}项通知", "办公室", f"2026-02-01 09:{number:02}", text)
        )
    held = []
    for day, limit in enumerate((12, None, 12)):
        mini_site.run(site, writer, now + timedelta(days=day), limit=limit)
        held.append(writer.conn.execute("SELECT count(*) FROM articles").fetchone()[0])
    assert held == [12, 20, 20]
    assert writer.conn.execute("SELECT complete FROM section_visits").fetchall() == [(0,), (1,), (1,)]


@pytest.mark.parametrize("target", ["/", "/index.html", "/news/", "/other/index.html"])
def test_a_page_past_the_end_that_leads_to_a_front_page_is_the_end(tmp_path: Path, target: str) -> None:
    """The rows of the home page were the column's; a way back to the first page left the walk open, and silent."""
    pager = '<script>createPageHTML(3,0,"index","html");</script>'
    with TrapServer() as server:
        server.routes |= {path: trap_page(article(path)) for path in PATHS}
        own, others = listing(*PATHS[:3]), listing(*PATHS[4:])
        server.routes |= {"/robots.txt": Reply(404), "/": others, "/index.html": others, "/other/index.html": others,
                          "/news/": trap_page(own.body.replace(b"</ul>", f"</ul>{pager}".encode())),
                          "/news/index_1.html": redirect(target)}  # fmt: skip
        portal = portal_of(server, {"要闻": "/news/", "其他": "/other/"})
        portal = replace(portal, sections=portal.sections[:1] if "other" not in target else portal.sections)
        summary = crawl(tmp_path, portal)
        told = [str(issue) for issue in summary.issues if "要闻" in str(issue)]
        says = f"its pager declares 3 pages, 1 were there (page 2 leads to {server.url(target)})"
        assert any(says in one for one in told), told
        listed = "SELECT count(*) FROM section_rows r JOIN sections s ON s.id = r.section_id WHERE s.name = '要闻'"
        assert rows(tmp_path, listed) == [(3,)]
        assert rows(tmp_path, "SELECT DISTINCT state FROM walks WHERE section_id = 1") == [("complete",)]


def test_a_redirect_keeps_what_a_list_page_was_asked_with(tmp_path: Path) -> None:
    """An interface that moved to another address (307, 308) was asked there by GET, without its parameters."""
    asked: list[tuple[str, str]] = []

    def interface(request: Asked, _: object) -> Reply:
        asked.append((request.method, request.path))
        records = [
            {"title": f"关于做好第{n}项工作的通知", "url": PATHS[n], "publishDate": "2023-06-20"} for n in (5, 6)
        ]
        body = json.dumps({"data": {"total": 2, "list": records}}).encode()
        return Reply(200 if request.method == "POST" else 405, body, (("Content-Type", "application/json"),))

    with TrapServer() as server:
        server.routes |= {path: trap_page(article(path)) for path in PATHS}
        server.routes |= {"/robots.txt": Reply(404), "/news/": listing(*PATHS[:4]), "/api": redirect("/api2", 308),
                          "/api2": interface}  # fmt: skip
        (tmp_path / "portals").mkdir()
        (tmp_path / "portals" / "shop.toml").write_text(
            f'id = "shop"\nname = "shop"\nurl = "{server.url("/")}"\n[list.pager]\nkind = "json_page"\n'
            f'template = "/api"\nmethod = "POST"\nbody = "page={{n}}"\n[[section]]\nname = "要闻"\n'
            f'url = "{server.url("/news/")}"\n'
        )
        dibao(tmp_path, "shop")
    assert set(asked) == {("POST", "/api2")}
    assert len(held(tmp_path)) == 6


def test_a_budget_of_no_more_than_the_lists_gets_through_all_the_same(tmp_path: Path) -> None:
    """Lists go first: with a request for each of them and no more, no run ever came to an article."""
    columns = {f"栏目{number}": f"/c{number}/" for number in range(5)}
    with TrapServer() as server:
        server.routes |= {path: trap_page(article(path)) for path in PATHS}
        server.routes |= {"/robots.txt": Reply(404), **dict.fromkeys(columns.values(), listing(*PATHS))}
        portal = portal_of(server, columns)
        for _ in range(6):
            crawl(tmp_path, portal, stop_after=5, max_requests=5)
        assert rows(tmp_path, "SELECT count(*) FROM articles") == [(8,)]
        assert crawl(tmp_path, portal, max_requests=50).outcome == "complete"
