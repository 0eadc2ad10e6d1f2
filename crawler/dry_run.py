"""`dibao crawl --dry-run`: what would be asked, and how long it would take. Asks nothing, writes nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.connection import FILE, read_only_uri
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
    left_over: int  # addresses that earlier runs did not get to
    rechecks: int
    requests: int  # robots.txt too
    delay: float  # seconds between two of them
    seconds: int

    def lines(self) -> Iterator[str]:
        """For a person: one of the portal, and the columns below it."""
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
    columns = tuple({"name": one.name, "url": one.url} for one in portal.sections if one.enabled is not False)
    waiting, checks = _known(portal, conn, options)
    requests, delay = 1 + len(columns) + waiting + checks, delay_for(portal, options, portal.url)
    return Plan(portal.id, portal.name, columns, waiting, checks, requests, delay, round(requests * delay))


def _known(portal: Portal, conn: sqlite3.Connection | None, options: CrawlOptions) -> tuple[int, int]:
    if conn is None:
        return 0, 0
    waiting = "SELECT count(*) FROM frontier WHERE portal = ? AND state IN ('pending', 'leased')"
    checks = "SELECT count(*) FROM frontier WHERE portal = ? AND article_id IS NOT NULL AND (? OR next_check <= ?)"
    values = (portal.id, options.full, utc(datetime.now(UTC)))
    return conn.execute(waiting, (portal.id,)).fetchone()[0], conn.execute(checks, values).fetchone()[0]
