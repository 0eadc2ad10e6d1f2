"""PortalSpider: one portal, from its list pages to its articles. It judges and reads; `PortalRun` decides and stores.

`scrapy list` and `scrapy crawl erqi` work through PortalSpiderLoader: a named subclass per definition, made when asked.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from scrapy import Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.frontier import Task
from archive.records import Article, Capture
from crawler.answers import Again, Answer, ArticleRead, Ended, FileRead, ListRead, Outcome, public_headers
from crawler.definitions import load_portal, portal_ids
from crawler.errors import PageError, WorkersGone, named
from crawler.failures import failure_state, tls_reason
from crawler.judge import judge
from crawler.recheck import utc
from crawler.refusal import Refusal
from crawler.stitch import MAX_BODY_PAGES

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

    from crawler.run import PortalRun
    from crawler.workers import PageWorkers

log = logging.getLogger("dibao")


class PortalSpider(Spider):
    """Crawls `portal`; made by `spider_class(id)` or with `portal=` (a bare column address)."""

    name = "portal"
    portal_id: str | None = None

    def __init__(self, *, run: PortalRun | None = None, workers: PageWorkers | None = None, **arguments: str) -> None:
        super().__init__()
        if run is None or workers is None:
            raise ValueError("PortalSpider needs a run and workers: start it with `dibao crawl` or `scrapy crawl ID`")
        self.run, self.workers = run, workers
        self.portal, self.options = run.portal, run.options

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Under `scrapy crawl ID` the spider opens the archive itself (crawler/standalone.py)."""
        if "run" not in kwargs:
            from crawler.standalone import attach

            kwargs = attach(crawler, load_portal(cls.portal_id or ""), kwargs)
        return super().from_crawler(crawler, *args, **kwargs)

    async def start(self) -> AsyncIterator[Any]:
        """Nothing to yield: the frontier holds what there is to do."""
        try:
            self.run.open()
        except Exception as error:  # Scrapy would log it, and call the crawl finished
            self.run.fail(error)
        return
        yield

    async def answered(self, response: Response) -> AsyncIterator[Outcome]:
        task: Task = response.meta["task"]
        answer = answer_of(response)
        try:
            outcome = judge(task, answer, cookies=bool(self.portal.cookies)) or await self._read(task, answer)
        except WorkersGone as error:
            self.run.fail(error)
            outcome = Ended(task, "pending", str(error), answer)
        except Exception as error:  # without an outcome the address stays leased, and the crawl waits for ever
            log.info("%s: %s not read", self.portal.id, task.url, exc_info=error)
            outcome = Ended(task, PageError.state, f"{named(error)} while reading it", answer)
        yield outcome

    async def failed(self, failure: Failure) -> AsyncIterator[Outcome]:
        """The request never gave an answer: refused by one of our own gates, or broken on the way."""
        yield self._failure(failure.request.meta["task"], failure.value)  # type: ignore[attr-defined]

    def _failure(self, task: Task, error: BaseException) -> Outcome:
        state, word = failure_state(error)
        if isinstance(error, Refusal):
            return Ended(task, state, error.reason)
        reason = tls_reason(error) or " ".join(str(error).split())[:300] or word
        if state == "failed_too_big" or state.startswith("refused_"):
            return Ended(task, state, reason)
        return Again(task, state, reason)

    async def _read(self, task: Task, answer: Answer) -> Outcome:
        if task.kind in ("file", "probe"):
            return FileRead(task, answer)
        try:
            if task.kind == "list":
                return ListRead(task, answer, await self.workers.list_page(answer.capture, self.portal, task.request))
            article = await self.workers.extract(answer.capture, self.portal)
            if article.next_pages:
                return await self._read_on(task, answer, article)
        except PageError as error:
            return Ended(task, error.state, str(error), answer)
        return ArticleRead(task, answer, article)

    async def _read_on(self, task: Task, answer: Answer, article: Article) -> Outcome:
        """The article with the further pages of its body stitched in; one that is not to be had is flagged as missing.

        Trouble that may pass, a challenge and a gate that closed are the whole article's.
        """
        more: list[Answer] = []
        missing = False
        for number, url in enumerate(article.next_pages[:MAX_BODY_PAGES], 2):
            page = await self._further(task, url)
            if isinstance(page, Answer):
                more.append(page)
            elif isinstance(page, Again):
                return replace(page, reason=f"page {number} of the body, {url}: {page.reason}")
            elif isinstance(page, Ended) and page.state in ("pending", "blocked_challenge"):
                return page
            else:
                missing = True
                log.info("%s: %s: page %s of the body, %s, is missing", self.portal.id, task.url, number, url)
        whole = await self.workers.stitch([answer.capture, *(page.capture for page in more)], self.portal)
        if missing:
            whole = replace(whole, flags=(*whole.flags, "pages_missing"))
        return ArticleRead(task, answer, whole, tuple(more))

    async def _further(self, task: Task, url: str) -> Answer | Outcome:
        """The answer for a further page of the task's article, or what else came of it."""
        request = Request(url, meta={"task": task, "handle_httpstatus_all": True}, dont_filter=True)
        try:
            answer = answer_of(await self.crawler.engine.download_async(request))  # type: ignore[union-attr]
        except Exception as error:  # whatever the downloader raises has a state: crawler/failures.py
            return self._failure(task, error)
        return judge(task, answer) or answer


def answer_of(response: Response) -> Answer:
    """The capture of a Scrapy response: the bytes as kept, the headers as received."""
    request = response.request
    assert request is not None
    headers = [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    ]
    truncated = "truncated" in response.flags or ("partial" in response.flags and _unfinished(response.body))
    capture = Capture(
        url=response.url,
        fetched=utc(datetime.now(UTC)),
        status=response.status,
        headers=public_headers(headers),
        payload=response.body,
        truncated="disconnect" if truncated else None,
        method=request.method,
    )
    elapsed = float(request.meta.get("download_latency") or 0.0)  # seconds
    return Answer(capture, elapsed, int(request.meta.get("wire_bytes") or len(response.body)))


def _unfinished(body: bytes) -> bool:
    """Whether an answer without Content-Length that the server closed is a page cut short: it began <html> only."""
    return b"<html" in body[:4000].lower() and b"</html" not in body[-4000:].lower()


def spider_class(portal_id: str) -> type[PortalSpider]:
    """The named spider of one definition."""
    return type(
        f"{portal_id.title().replace('_', '')}Spider", (PortalSpider,), {"name": portal_id, "portal_id": portal_id}
    )


class PortalSpiderLoader:
    """Scrapy's spider loader: a spider per definition, its class made when it is asked for."""

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        return cls()

    def list(self) -> list[str]:
        return sorted(portal_ids())

    def load(self, spider_name: str) -> type[PortalSpider]:
        if spider_name not in portal_ids():
            raise KeyError(f"Spider not found: {spider_name}")
        return spider_class(spider_name)

    def find_by_request(self, request: Request) -> list[str]:
        """None: a definition is chosen by name (`dibao crawl URL` looks for one itself)."""
        return []
