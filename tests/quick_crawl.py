"""A crawl in this process, one request after the other: real HTTP to loopback, real archive; no Scrapy, no workers.

What stands between is judged and read as in a crawl: `request_for`, `judge`, the parsers, `PortalRun`.
"""

from __future__ import annotations

import http.client
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from test_hostile_crawl import article
from trapserver import Reply, TrapServer, page

from archive.frontier import Task
from archive.records import Capture
from archive.writer import ArchiveWriter
from crawler.answers import Answer, ArticleRead, Ended, FileRead, ListRead, Outcome
from crawler.errors import PageError
from crawler.extract import extract
from crawler.judge import judge
from crawler.listing import list_page
from crawler.options import CrawlOptions
from crawler.portal import Portal, Section
from crawler.recheck import utc
from crawler.run import PortalRun
from crawler.stitch import stitch
from crawler.summary import RunSummary
from tests.test_crawl import rows

MOST = 300  # requests: more is a crawl without end


def portal_of(server: TrapServer, columns: dict[str, str], portal_id: str = "shop", **more: Any) -> Portal:
    """A definition of these columns: name -> path."""
    sections = tuple(Section(name, server.url(path)) for name, path in columns.items())
    return Portal(portal_id, portal_id, server.url("/"), hosts=(server.host,), sections=sections, **more)


def crawl(home: Path, portal: Portal, *, days: float = 0, stop_after: int = MOST, **options: Any) -> RunSummary:
    """One run, some days from now; `stop_after` so many addresses, as a budget stops it."""
    now = datetime.now(UTC) + timedelta(days=days)
    with ArchiveWriter.open(home / "archive") as writer:
        run = PortalRun(writer, portal, CrawlOptions(**options), clock=lambda: now)
        run.open()
        for asked in range(MOST):
            if asked == stop_after:
                run.stop("budget", "budget used")
            if (task := run.next_task()) is None:
                return run.close()
            run.settle(outcome_of(task, portal, now))
    raise AssertionError(f"more than {MOST} requests")


def outcome_of(task: Task, portal: Portal, now: datetime) -> Outcome:
    answer = _answer(task.url, _condition(task), now)
    if (found := judge(task, answer)) is not None:
        return found
    if task.kind in ("file", "probe"):
        return FileRead(task, answer)
    capture = answer.capture
    try:
        if task.kind == "list":
            return ListRead(task, answer, list_page(capture.payload, task.url, headers=capture.headers))
        article = extract(capture.payload, task.url, headers=capture.headers)
        more = [_answer(url, {}, now) for url in article.next_pages]
        pages = [article, *(extract(page.capture.payload, page.capture.url) for page in more)]
        return ArticleRead(task, answer, stitch(pages), tuple(more))
    except PageError as error:
        return Ended(task, error.state, str(error), answer)


def _condition(task: Task) -> dict[str, str]:
    values = {"If-None-Match": task.etag, "If-Modified-Since": task.last_modified}
    return {name: value for name, value in values.items() if value}


def _answer(url: str, headers: dict[str, str], now: datetime) -> Answer:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=5)
    connection.request("GET", parts._replace(scheme="", netloc="").geturl(), headers=headers)
    response = connection.getresponse()
    payload = response.read()
    connection.close()
    return Answer(Capture(url, utc(now), response.status, tuple(response.getheaders()), payload), 0.0, len(payload))


def edited(path: str) -> Reply:
    """The article page of a path, its text changed."""
    return page(article(path).replace("重点任务".encode(), "重要任务".encode()))


def held(home: Path) -> list[tuple[int, str | None]]:
    """Of every article, by address: its revision, and how it is away."""
    return rows(home, "SELECT revision, gone_grade FROM articles ORDER BY url")
