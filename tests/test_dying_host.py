"""A host that stops answering in the middle of a run is given up; one that never answers costs its own addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from archive.frontier import Task
from archive.writer import ArchiveWriter
from crawler.answers import Again
from crawler.options import CrawlOptions
from crawler.run import PortalRun
from crawler.summary import RunSummary
from tests.mini_site import MiniSite, Story, _outcome, archive

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[ArchiveWriter]:
    with archive(tmp_path) as opened:
        yield opened


def crawl(writer: ArchiveWriter, hosts: list[str], dead: Callable[[list[Task]], bool]) -> tuple[RunSummary, list[Task]]:
    """One run over a column that lists an article of each host; `dead`: whether the newest of those asked fails."""
    site = MiniSite({"要闻": "yw"}, shown={"要闻": 100})
    for number, host in enumerate(hosts):
        text = [f"第{number}号：清河市人民政府办公室今日发布通知，要求各部门压实责任，按期完成重点工作任务。"]
        path = f"http://{host}/t{number}.html" if host else f"/yw/t{number}.html"
        site.publish("要闻", Story(path, f"第{number}项通知", "办公室", f"2026-02-01 09:{59 - number}", text))
    portal = replace(site.portal(), hosts=("www.qinghe.gov.cn", *filter(None, hosts)))
    run, asked = PortalRun(writer, portal, CrawlOptions(), clock=lambda: START), []
    run.open()
    while task := run.next_task():
        asked.append(task)
        failed = Again(task, "failed_timeout", "no answer in 30 s")
        run.settle(failed if dead(asked) else _outcome(site, portal, task, START))
    return run.close(), asked


def test_a_host_that_dies_in_mid_run_is_given_up(writer: ArchiveWriter) -> None:
    done, asked = crawl(writer, [""] * 40, lambda asked: len(asked) > 10)
    assert (done.outcome, done.exit_code) == ("unreachable", 1)
    assert len(asked) <= 10 + 5 * 3  # five addresses, three times each at most
    (issue,) = [str(issue) for issue in done.issues if issue.kind == "unreachable"]
    assert "www.qinghe.gov.cn answers no more: no answer in 30 s; 5 addresses in a row" in issue
    assert done.states["pending"] + done.states.get("failed_timeout", 0) + done.states["stored"] >= 40
    assert done.states["pending"] >= 25


def test_a_few_addresses_that_fail_end_no_run(writer: ArchiveWriter) -> None:
    done, _ = crawl(
        writer, [""] * 40, lambda asked: int(asked[-1].url[-6]) % 2 == 1 if asked[-1].kind == "article" else False
    )
    assert done.outcome == "partial"
    assert done.states["failed_timeout"] == 20 and "pending" not in done.states


def test_another_host_that_never_answers_costs_its_own_addresses(writer: ArchiveWriter) -> None:
    def dead(asked: list[Task]) -> bool:
        return urlsplit(asked[-1].url).netloc == "old.qinghe.gov.cn"

    done, _ = crawl(writer, [""] * 10 + ["old.qinghe.gov.cn"] * 10, dead)
    assert done.outcome == "partial"
    assert (done.states["stored"], done.states["failed_timeout"]) == (10, 10)
