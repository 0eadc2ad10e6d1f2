"""Walks kept in the archive: what a walk that was cut short is, when the next run takes it up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.frontier import Frontier
from archive.records import Listing, ListRow, Pager
from archive.writer import ArchiveWriter
from crawler.portal import Section
from crawler.walks import Walks
from tests import mini_site
from tests.mini_site import MiniSite, Story

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
