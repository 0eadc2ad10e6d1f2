"""`dibao crawl --dry-run`: what would be asked, and how long it would take. Asks nothing, writes nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.connection import FILE, read_only_uri
from archive.frontier import Frontier
from crawler.manners import delay_for
from crawler.options import CrawlOptions
from crawler.portal import Portal
from crawler.recheck import utc


@dataclass(frozen=True, slots=True)
class Plan:
    """What a crawl of one portal would ask for at the least: further list pages and new articles come on top."""

    portal: str
    name: str
    columns: tuple[dict[str, str], ...]  # name, url
    left_over: int  # articles and files that earlier runs did not get to, or asked for in vain
    rechecks: int
    requests: int  # robots.txt too
    delay: float  # seconds between two of them
    seconds: int
    closed: str | None = None  # why its definition lets nothing be asked

    def lines(self) -> Iterator[str]:
        """For a person: one of the portal, and the columns below it."""
        if self.closed:
            yield f"{self.portal} ({self.name}): nothing: its definition says: {self.closed}"
            return
        yield (
            f"{self.portal} ({self.name}): robots.txt, {len(self.columns)} columns, {self.left_over} addresses left "
            f"over, {self.rechecks} re-checks: at least {self.requests} requests {self.delay:g} s apart, "
            f"{timedelta(seconds=self.seconds)}; further list pages and new articles come on top"
        )
        for column in self.columns:
            yield f"  {column['name']}  {column['url']}"


def plans(portals: Iterable[Portal], archive: Path, options: CrawlOptions) -> Iterator[Plan]:
    """A plan a portal, by its definition and by what the archive, if there is one, knows of it."""
    there = (archive / FILE).is_file()
    with closing(sqlite3.connect(read_only_uri(archive / FILE), uri=True)) if there else nullcontext() as conn:
        for portal in portals:
            yield _plan(portal, conn, options)


def _plan(portal: Portal, conn: sqlite3.Connection | None, options: CrawlOptions) -> Plan:
    columns = tuple({"name": one.name, "url": one.url} for one in portal.sections if one.walked)
    delay = delay_for(portal, options, portal.url)
    if closed := portal.closed:
        return Plan(portal.id, portal.name, columns, 0, 0, 0, delay, 0, closed)
    left, checks = _known(portal, conn, options)
    requests = 1 + len(columns) + left + checks
    return Plan(portal.id, portal.name, columns, left, checks, requests, delay, round(requests * delay))


def _known(portal: Portal, conn: sqlite3.Connection | None, options: CrawlOptions) -> tuple[int, int]:
    """How many addresses the run would take up again, and how many more it would re-check."""
    if conn is None:
        return 0, 0
    frontier = Frontier(conn, portal.id, run_id=0)
    left = set(frontier.left_over())
    checks = set(frontier.held() if options.full else frontier.due(utc(datetime.now(UTC))))
    return len(left), len(checks - left)
