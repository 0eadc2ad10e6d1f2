"""Good manners: who we say we are, how long we wait between requests, when we stop asking; and the ledger of it.

MannersMiddleware stands nearest to the downloader and takes every request through the gate of its host.
"""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from crawler.errors import ConfigError
from crawler.failures import failure_state
from crawler.gate import gate_for, stop_all_gates
from crawler.scope import is_loopback
from crawler.window import Window

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.options import CrawlOptions
    from crawler.portal import Portal

__all__ = ["MannersMiddleware", "delay_for", "require_contact", "stop_all_gates", "user_agent"]

log = logging.getLogger("dibao")

DEFAULT_DELAY = 2.0  # seconds between the end of one request and the start of the next


def delay_for(portal: Portal, options: CrawlOptions, url: str) -> float:
    """Seconds between two requests to the host of `url`, before Crawl-delay and what the host's answers add."""
    if options.delay is not None:
        return options.delay
    if options.allow_loopback and is_loopback(urlsplit(url).hostname or ""):
        return 0.0
    return DEFAULT_DELAY if portal.delay_s is None else portal.delay_s


def require_contact(portal: Portal, options: CrawlOptions) -> None:
    """Raise ConfigError where a public host would be asked by somebody it cannot reach."""
    hosts = {urlsplit(portal.url).hostname or "", *portal.hosts}
    if not (options.contact or "").strip() and not all(map(is_loopback, hosts)):
        raise ConfigError(
            f'{portal.id}: no contact set: portals must be able to reach you; put `contact = "you@example.org"` into '
            "dibao.toml or set $DIBAO_CONTACT"
        )


@cache
def user_agent(contact: str | None) -> str:
    """Dibao/0.1.0 (+contact), on one line and in ASCII."""
    try:
        name = f"Dibao/{version('dibao')}"
    except PackageNotFoundError:
        name = "Dibao/0"
    shown = "".join(c for c in contact or "" if c.isascii() and c.isprintable() and c not in "()").strip()
    return f"{name} (+{shown})" if shown else name


class MannersMiddleware:
    """Nearest to the downloader: waits at the gate of the host, names us, leaves the gate, keeps the ledger."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.agent = user_agent(crawler.spider.options.contact)
        self.window = Window.parse(crawler.spider.portal.window)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        request.headers[b"User-Agent"] = self.agent
        await gate_for(request.url).enter(self._stopping)
        request.meta["gate_entered"] = time.monotonic()

    def process_response(self, request: Request, response: Response) -> Response:
        request.meta["wire_bytes"] = len(response.body)
        retry_after = response.headers.get(b"Retry-After", b"").decode("latin-1")
        self._leave(request, response.status, len(response.body), retry_after)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Leave the gate where it was entered: a refusal on the way to it was not."""
        if "gate_entered" in request.meta:
            self._leave(request, failure_state(exception)[1])

    def _leave(self, request: Request, ending: int | str, nbytes: int = 0, retry_after: str = "") -> None:
        """`ending` is the HTTP status, or the word for what came instead of an answer."""
        spider, gate, host = self.crawler.spider, gate_for(request.url), urlsplit(request.url).netloc
        elapsed = time.monotonic() - request.meta.pop("gate_entered")
        delay = delay_for(spider.portal, spider.options, request.url)
        was_closed = gate.closed
        backoff = gate.leave(ending if isinstance(ending, int) else None, elapsed, delay, retry_after)
        spider.run.ledger.record(host, ending, nbytes, elapsed)
        if backoff:
            spider.run.ledger.backoff(host, backoff)
            log.info("%s: %s: %s; next request in %.0f s", spider.portal.id, host, ending, backoff)
        if gate.closed and not was_closed:
            spider.run.report("later", gate.closed, request.url)

    def _stopping(self) -> str | None:
        """Why no request may start any more in this run; what ends it here also ends the leasing."""
        spider = self.crawler.spider
        run, options = spider.run, spider.options
        if run.stopped or not self.crawler.crawling:
            return run.stopped or "stopping"
        if self.window and not self.window.is_open(datetime.now(UTC)):
            run.stop("window", f"outside its window {self.window}; the rest waits for the next run")
            return "window"
        if options.max_requests is not None and run.ledger.requests >= options.max_requests:
            run.stop("budget", f"budget of {options.max_requests} requests used")
            return "budget"
        if options.max_bytes is not None and run.ledger.bytes >= options.max_bytes:
            run.stop("budget", f"budget of {options.max_bytes} bytes used")
            return "budget"
        return None
