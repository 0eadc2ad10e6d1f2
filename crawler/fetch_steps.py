"""A few pages at a time for `portal add` and `portal check --live`, through the crawler's own gates, stored nowhere.

Scrapy runs once per process, and what is fetched next depends on what came: so each step is a process of its own. The
gates of the hosts go on from step to step: delay, Crawl-delay, back-off, and that a host wants to be left alone.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import urlsplit

from archive.urls import canonical_url, host_of
from crawler.errors import CrawlError, RefusedError
from crawler.gate import GateState, gate_states, go_on
from crawler.portal import Portal, Section
from crawler.redirects import LED_TO

MAX_HOPS = 5
REFUSED = ("refused_robots", "blocked_challenge")  # frontier states


@dataclass(frozen=True, slots=True)
class Fetched:
    """One page, or why it did not come."""

    url: str  # where it was at last
    payload: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    problem: str | None = None
    refused: bool = False  # the portal does not want us: robots.txt, a challenge

    def had(self, address: str) -> Fetched:
        """Itself, where it came. Raises RefusedError, CrawlError with the address that was asked for."""
        if self.problem:
            raise (RefusedError if self.refused else CrawlError)(f"{address}: not fetched: {self.problem}")
        return self


Fetch = Callable[[Sequence[str]], dict[str, Fetched]]


class StepFetcher:
    """Called with addresses; returns asked address -> page. Raises CrawlError where nothing may be asked at all."""

    def __init__(self, *, allow_loopback: bool = False, contact: str | None = None) -> None:
        self.allow_loopback, self.contact = allow_loopback, contact
        self._gates: dict[str, GateState] = {}

    def __call__(self, urls: Sequence[str]) -> dict[str, Fetched]:
        wanted = list(dict.fromkeys(urls))
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            step = pool.submit(_step, wanted, self.allow_loopback, self.contact, self._gates)
            fetched, self._gates = step.result()
        return fetched


def _step(
    urls: Sequence[str], allow_loopback: bool, contact: str | None, gates: dict[str, GateState]
) -> tuple[dict[str, Fetched], dict[str, GateState]]:
    go_on(gates)
    return fetch_now(urls, allow_loopback, contact), gate_states()


def fetch_now(urls: Sequence[str], allow_loopback: bool, contact: str | None) -> dict[str, Fetched]:
    """Fetch the pages in this process, which can do so once."""
    from archive.warc import Place, read_record
    from archive.writer import ArchiveWriter
    from crawler.crawl import crawl
    from crawler.options import CrawlOptions

    options = CrawlOptions(allow_loopback=allow_loopback, contact=contact, limit=0, max_requests=2 * len(urls) + 4)
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder)
        summaries = crawl([_of(urls)], archive, options)
        issues = {issue.url: issue.message for summary in summaries for issue in summary.issues}
        with ArchiveWriter.open(archive) as writer:
            rows = writer.conn.execute('SELECT url, warc, "offset", length FROM captures ORDER BY id').fetchall()
            frontier = writer.conn.execute("SELECT url, state, reason FROM frontier")
            told = {canonical_url(url): ended for url, *ended in frontier}
        records = {canonical_url(url): (url, Place(*place)) for url, *place in rows}

        def followed(url: str) -> Fetched:
            at = canonical_url(url)
            for _ in range(MAX_HOPS):
                state, reason = told.get(at, (None, None))
                if state != "redirected":
                    break
                at = reason.removeprefix(LED_TO)
            if state == "listed" and at in records:
                asked, place = records[at]
                kept = read_record(archive / "warc", place)
                return Fetched(asked, kept.payload, tuple(kept.headers))
            state, reason = told.get(at) or told.get(canonical_url(url)) or (None, None)
            problem = reason or issues.get(url) or next(iter(issues.values()), "no answer")
            return Fetched(at, problem=problem, refused=state in REFUSED)

        return {url: followed(url) for url in urls}


def _of(urls: Sequence[str]) -> Portal:
    """The pages as columns of a portal that nobody defined."""
    first = urlsplit(urls[0])
    hosts = tuple(dict.fromkeys(host_of(url) for url in urls))
    sections = tuple(Section(name=url, url=url) for url in urls)
    return Portal(id=first.netloc, name=first.netloc, url=f"{first.scheme}://{first.netloc}/", hosts=hosts,
                  sections=sections)  # fmt: skip
