"""crawler/workers.py: real processes, a page past its deadline, a worker that dies, the end of the pool."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator

import pytest

from archive.records import Capture
from crawler.errors import NotAnArticle, PageError, PageTimeout
from crawler.workers import PageWorkers

PAGE = """<meta charset="utf-8"><h1>关于做好防汛工作的通知</h1><p>来源：县应急局 发布时间：2023-06-30 09:11</p>
<div id="zoom"><p>各乡镇人民政府，各有关单位：为做好今年防汛工作，现将有关事项通知如下。{n}</p></div>"""


def capture(page: str, number: int = 1) -> Capture:
    return Capture(f"http://www.a.gov.cn/{number}.html", "2026-11-24T01:02:03Z", 200, (), page.encode())


@pytest.fixture(scope="module")
def workers() -> Iterator[PageWorkers]:
    with PageWorkers(workers=2) as pool:
        yield pool


def test_pages_are_read_side_by_side(workers: PageWorkers) -> None:
    async def read() -> list[str]:
        pages = [capture(PAGE.replace("{n}", f"第{n}号"), n) for n in range(8)]
        return [article.body for article in await asyncio.gather(*(workers.extract(page, None) for page in pages))]

    bodies = asyncio.run(read())
    assert [f"第{n}号" in body for n, body in enumerate(bodies)] == [True] * 8


def test_the_errors_of_a_page_cross_the_border_with_their_kind(workers: PageWorkers) -> None:
    with pytest.raises(NotAnArticle) as caught:
        asyncio.run(workers.extract(capture("<script>location='/a'</script>"), None))
    assert caught.value.kind == "shell"


def test_pages_of_one_body_are_stitched(workers: PageWorkers) -> None:
    pages = [capture(PAGE.replace("{n}", f"第{n}页"), n) for n in (1, 2)]
    article = asyncio.run(workers.stitch(pages, None))
    assert article.title == "关于做好防汛工作的通知"
    assert article.body.index("第1页") < article.body.index("第2页")
    assert article.next_pages == ()


def sleep_on(seconds: float) -> None:
    time.sleep(seconds)


def test_a_worker_past_the_deadline_is_killed_and_replaced() -> None:
    async def both(pool: PageWorkers) -> str:
        await pool.extract(capture(PAGE), None)  # the workers are up
        pool.deadline = 0.5
        with pytest.raises(PageTimeout, match=r"0\.5 s"):
            await pool._run(sleep_on, 60)
        pool.deadline = 30
        return (await pool.extract(capture(PAGE), None)).title

    with PageWorkers(workers=2) as pool:
        assert asyncio.run(both(pool)) == "关于做好防汛工作的通知"


def test_a_worker_that_dies_costs_one_page(workers: PageWorkers) -> None:
    async def both() -> str:
        with pytest.raises(PageError, match="died"):
            await workers._run(os._exit, 9)
        return (await workers.extract(capture(PAGE), None)).title

    assert asyncio.run(both()) == "关于做好防汛工作的通知"
