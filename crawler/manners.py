"""Good manners: one gate per host, shared by all crawlers of the process, that every request passes one at a time.

After a request has ended the gate stays shut for the longest of: the delay, Crawl-delay, five times the response time,
the back-off after errors, Retry-After. Jitter only adds: nobody is asked sooner than was promised.
Refusals here end a task as "pending" (the run is ending; the next one asks) or "retry_later" (the host said so).
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from crawler.errors import ConfigError
from crawler.failures import failure_state
from crawler.refusal import Refusal
from crawler.scope import is_loopback, normal_host
from crawler.window import Window

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.options import CrawlOptions
    from crawler.portal import Portal

log = logging.getLogger("dibao")

DEFAULT_DELAY = 2.0  # seconds between the end of one request and the start of the next
JITTER = 0.25  # of the wait, added at random
ADAPTIVE = 5.0  # times the last response time, as Heritrix
MAX_ADAPTIVE = 30.0  # seconds
MAX_BACKOFF = 300.0  # seconds, after errors that came without a Retry-After
THROTTLED_WAIT = 30.0  # seconds, doubled each time: 429 or 503 without a Retry-After that can be read
MAX_RETRY_AFTER = 3600.0  # seconds; who asks for more is left alone until the next run
MAX_THROTTLED = 3  # 429 or 503 in a row
SLICE = 0.25  # seconds between two looks at whether the run is being stopped
THROTTLED = frozenset({429, 503})


class Gate:
    """One host's gate. `enter` waits for the turn, `leave` says how the request ended."""

    def __init__(self, host: str, jitter: Callable[[], float] = lambda: random.uniform(1, 1 + JITTER)) -> None:
        self.host, self.jitter = host, jitter
        self.crawl_delay = 0.0  # seconds; set from robots.txt
        self.closed: str | None = None  # why no request goes out any more in this run
        self.stopped = False
        self._turn = asyncio.Lock()
        self._open_at = 0.0  # time.monotonic()
        self._errors = 0  # in a row, time-outs and 5xx
        self._throttled = 0  # in a row, 429 and 503

    async def enter(self, stopping: Callable[[], str | None]) -> None:
        """Wait until the host may be asked; Refusal where it may not. `stopping`: why the run is ending, or None."""
        turn = asyncio.ensure_future(self._turn.acquire())  # keeps its place in the queue while we look around
        try:
            while not turn.done():
                await asyncio.wait({turn}, timeout=SLICE)
                self._check(stopping)
            while (left := self._open_at - time.monotonic()) > 0:
                self._check(stopping)
                await asyncio.sleep(min(left, SLICE))
            self._check(stopping)
        except BaseException:
            if turn.done():
                self._turn.release()
            turn.cancel()
            raise

    def _check(self, stopping: Callable[[], str | None]) -> None:
        if self.stopped:
            raise Refusal("pending", "stopping")
        if why := stopping():
            raise Refusal("pending", why)
        if self.closed:
            raise Refusal("retry_later", self.closed)

    def leave(self, status: int | None, elapsed: float, delay: float, retry_after: str | None = None) -> float:
        """Open the gate for the next request in due time; return the seconds of back-off, 0 where there is none.

        `status` None: no answer came. `delay` 0 is for this machine: then only what the host asked for counts.
        """
        self._errors = self._errors + 1 if status is None or status >= 500 or status == 429 else 0
        self._throttled = self._throttled + 1 if status in THROTTLED else 0
        wait = max(delay, min(ADAPTIVE * elapsed, MAX_ADAPTIVE) if delay else 0.0, self.crawl_delay) * self.jitter()
        backoff = self._backoff(status, delay, retry_after)
        self._open_at = time.monotonic() + max(wait, backoff)
        self._turn.release()
        return backoff

    def _backoff(self, status: int | None, delay: float, retry_after: str | None) -> float:
        asked = retry_seconds(retry_after, datetime.now(UTC)) if status in THROTTLED else None
        if asked is not None and asked > MAX_RETRY_AFTER:
            self.closed = f"{self.host} asked us to wait {asked:.0f} s; stopped until the next run"
            return 0.0
        if self._throttled >= MAX_THROTTLED:
            self.closed = f"{self.host} answered {status} {MAX_THROTTLED} times in a row; stopped until the next run"
        if asked is not None:
            return asked
        if not self._errors:
            return 0.0
        first = max(THROTTLED_WAIT, delay) if status in THROTTLED and delay else 2 * delay
        return min(first * 2.0 ** min(self._errors - 1, 10), MAX_BACKOFF)


_gates: dict[str, Gate] = {}


def gate_for(url: str) -> Gate:
    """The gate of the host of `url`. Ports of one public host share it; servers on this machine have one each."""
    parts = urlsplit(url)
    host = normal_host(parts.hostname or "")
    key = parts.netloc if is_loopback(host) else host
    return _gates.setdefault(key, Gate(key))


def stop_all_gates() -> None:
    """Wake whatever waits at a gate, with Refusal("pending", "stopping"): Ctrl-C takes no longer than one answer."""
    for gate in _gates.values():
        gate.stopped = True


def retry_seconds(value: str | None, now: datetime) -> float | None:
    """Retry-After as seconds from `now`: a number or an HTTP date; the past is 0; None where it cannot be read."""
    text = (value or "").strip()
    if text.isascii() and text.isdecimal():
        return float(text[:12])
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


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


def user_agent(contact: str | None) -> str:
    """Dibao/0.1.0 (+contact), on one line and in ASCII."""
    from importlib.metadata import PackageNotFoundError, version

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
        self.window: Window | None = None
        self.agent: str | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        spider = self.crawler.spider
        if self.agent is None:
            self.agent = user_agent(spider.options.contact)
            self.window = Window.parse(spider.portal.window)
        request.headers[b"User-Agent"] = self.agent
        await gate_for(request.url).enter(self._stopping)
        request.meta["gate_entered"] = time.monotonic()

    def process_response(self, request: Request, response: Response) -> Response:
        request.meta["wire_bytes"] = len(response.body)
        retry_after = response.headers.get(b"Retry-After")
        self._leave(request, response.status, len(response.body), retry_after and retry_after.decode("latin-1"))
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Leave the gate where it was entered: a refusal on the way to it was not."""
        if "gate_entered" in request.meta:
            self._leave(request, None, 0, None, failure_state(exception)[1])

    def _leave(
        self, request: Request, status: int | None, nbytes: int, retry_after: str | None, name: str = ""
    ) -> None:
        spider, gate = self.crawler.spider, gate_for(request.url)
        elapsed = time.monotonic() - request.meta.pop("gate_entered")
        was_closed = gate.closed
        delay = delay_for(spider.portal, spider.options, request.url)
        backoff = gate.leave(status, elapsed, delay, retry_after)
        ledger, host = spider.run.ledger, urlsplit(request.url).netloc
        ledger.record(host, status if status is not None else name, nbytes, elapsed)
        if backoff:
            ledger.backoff(host, backoff)
            log.info("%s: %s: %s; next request in %.0f s", spider.portal.id, host, status or name, backoff)
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
