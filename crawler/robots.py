"""robots.txt by RFC 9309: read once per host and run, and when it cannot be read, the host is left alone.

`read_robots` is pure: an answer to a decision. RobotsMiddleware fetches, follows up to five redirects inside the scope,
says the decision in one line, hands Crawl-delay to the gate of the host, and keeps the decision for the ledger.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from urllib.parse import urljoin, urlsplit

from protego import Protego
from scrapy import Request
from scrapy.exceptions import CannotResolveHostError, DownloadConnectionRefusedError
from scrapy.http.request import NO_CALLBACK

from crawler.challenge import recognise
from crawler.failures import failure_state
from crawler.gate import gate_for
from crawler.refusal import Refusal

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

log = logging.getLogger("dibao")

PRODUCT = "Dibao"  # the token rules are matched against
MAX_BYTES = 500 * 1024  # parsed at the most: what RFC 9309 asks for at the least
MAX_REDIRECTS = 5
MAX_AGE = 24 * 3600  # seconds a decision holds in a long run
MAX_CRAWL_DELAY = 60.0  # seconds; who asks for more is skipped this run
OBEY = "obey"
NOT_ASKED = ("pending", "retry_later")
# The host is down: its addresses fail with that, instead of with a robots.txt nobody could have read.
UNREACHABLE = (CannotResolveHostError, DownloadConnectionRefusedError)
AGENT = re.compile(rb"^[ \t]*user-agent[ \t]*:", re.IGNORECASE | re.MULTILINE)
# "Dibao/0.1.0", as the portal's log has it, means the product
VERSION = re.compile(rb"^([ \t]*user-agent[ \t]*:[ \t]*[a-z_-]+)/[^\s#]*", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Robots:
    """What robots.txt of one host means for this run."""

    decision: str  # one line, for the ledger and the log
    state: str | None = None  # frontier state of every address of the host, where it is left alone
    rules: Protego | None = None  # None: no rules
    crawl_delay: float | None = None  # seconds

    def allows(self, url: str) -> bool:
        return self.rules is None or self.rules.can_fetch(url, PRODUCT)


def read_robots(status: int, headers: Mapping[str, str], body: bytes) -> Robots:
    """The decision over one answer that is no redirect."""
    challenge = recognise(status, headers, body)
    if challenge:
        return _left_alone(f"robots.txt answered with a challenge ({challenge.product}, HTTP {status})")
    if status in (401, 403):
        return _left_alone(f"robots.txt is forbidden ({status})")
    if status == 429:
        return _left_alone("robots.txt asked us to come back later (429)")
    if 400 <= status < 500:
        return Robots(f"no robots.txt ({status})")
    if not 200 <= status < 300:
        return _left_alone(f"robots.txt could not be read ({status})")
    if _is_html(headers, body):
        return Robots("no rules: an HTML page in place of robots.txt")
    return _parsed(body)


def _parsed(body: bytes) -> Robots:
    rules = Protego.parse(robots_text(body))
    delay = rules.crawl_delay(PRODUCT)
    if delay is not None and delay > MAX_CRAWL_DELAY:
        reason = f"robots.txt asks for {delay:g} s between requests (at most {MAX_CRAWL_DELAY:g})"
        return Robots(f"{reason}; left alone this run", state="refused_robots", rules=rules, crawl_delay=delay)
    notes = [f"Crawl-delay {delay:g} s"] if delay else []
    if not rules.can_fetch("/", PRODUCT):
        notes.append("the home page is disallowed")
    return Robots("; ".join(["rules obeyed", *notes]), rules=rules, crawl_delay=delay or None)


def _left_alone(reason: str) -> Robots:
    return Robots(f"{reason}; left alone this run", state="refused_robots")


def robots_text(body: bytes) -> str:
    """The rules as text: at most 500 KiB, to the end of a line, without byte order mark; rules are ASCII."""
    cut = body[:MAX_BYTES]
    if len(body) > MAX_BYTES:
        cut = cut[: max(cut.rfind(b"\n"), cut.rfind(b"\r")) + 1]
    cut = VERSION.sub(rb"\1", cut.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b""))
    return cut.decode("utf-8", "replace")


def _is_html(headers: Mapping[str, str], body: bytes) -> bool:
    """A page, by what it begins with; the type alone is not believed: rules are often sent as text/html.

    Where a line names an agent these are rules, whatever stands before it: a comment in markup, an XML declaration.
    """
    if AGENT.search(body[:MAX_BYTES]):
        return False
    head = body[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith((b"<!doctype", b"<html", b"<head", b"<script", b"<meta", b"<body", b"<!--", b"<?xml"))


class RobotsMiddleware:
    """Asks robots.txt before the first request to a host; refuses what it disallows (state refused_robots)."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.decisions: dict[str, asyncio.Future[Robots]] = {}  # by scheme and authority
        self.decided: dict[str, float] = {}  # time.monotonic() of each

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta.get("robots"):
            return
        portal = self.crawler.spider.portal
        if (portal.robots or OBEY) != OBEY:
            raise Refusal("refused_robots", f"its definition says: {portal.robots}")
        robots = await self._of(request.url)
        if robots.state:
            raise Refusal(robots.state, robots.decision)
        if not robots.allows(request.url):
            raise Refusal("refused_robots", "disallowed by robots.txt")

    async def _of(self, url: str) -> Robots:
        """The decision for the host of `url`; asked once a day, whoever comes meanwhile waits for the same answer."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self.decisions or time.monotonic() - self.decided[origin] > MAX_AGE:
            self.decided[origin] = time.monotonic()
            self.decisions[origin] = asyncio.ensure_future(self._decide(origin))
        try:
            return await asyncio.shield(self.decisions[origin])
        except UNREACHABLE:
            self.decisions.pop(origin, None)  # the next request tries again, and counts as a try of its own
            raise

    async def _decide(self, origin: str) -> Robots:
        spider = self.crawler.spider
        robots = await self._fetch(f"{origin}/robots.txt")
        host = urlsplit(origin).netloc
        if robots.state in NOT_ASKED:
            return robots  # whoever ended the run, or closed the gate, has said so
        spider.run.ledger.robots(host, robots.decision)
        if robots.crawl_delay:
            gate_for(origin).crawl_delay = robots.crawl_delay
        if robots.state:
            where = "" if host == spider.portal.id else f"{host}: "  # a bare column address has its host for its id
            spider.run.report("refused", where + robots.decision, f"{origin}/robots.txt")
        else:
            log.info("%s: %s: %s", spider.portal.id, host, robots.decision)
        return robots

    async def _fetch(self, url: str) -> Robots:
        """Raises what the downloader raises where the host cannot be reached at all."""
        for hop in range(MAX_REDIRECTS + 1):
            try:
                response = await self._download(url)
                location = response.headers.get(b"Location", b"").decode("latin-1").strip()
                if not (300 <= response.status < 400 and location):
                    if "truncated" in response.flags:  # what is missing may be what forbids
                        return _left_alone("robots.txt could not be read (cut short)")
                    return read_robots(response.status, _plain(response), response.body)
                url = urljoin(url, location)
            except Refusal as refusal:
                return self._refused(url, refusal, hop)
            except UNREACHABLE:
                raise
            except Exception as error:  # the downloader's, or a redirect to no address: no answer is no permission
                return _left_alone(f"robots.txt could not be read ({failure_state(error)[1]})")
        return _left_alone(f"robots.txt redirects more than {MAX_REDIRECTS} times")

    def _refused(self, url: str, refusal: Refusal, hop: int) -> Robots:
        """Our own gates said no: the run is ending, the host must not be asked, or a redirect leaves the portal."""
        if hop == 0 or refusal.state in NOT_ASKED:
            return Robots(refusal.reason, state=refusal.state)
        return _left_alone(f"robots.txt could not be read ({url}: {refusal.reason})")

    async def _download(self, url: str) -> Response:
        request = Request(url, callback=NO_CALLBACK, meta={"robots": True}, dont_filter=True)
        return await self.crawler.engine.download_async(request)


def _plain(response: Response) -> dict[str, str]:
    return {name.decode("latin-1"): b", ".join(values).decode("latin-1") for name, values in response.headers.items()}
