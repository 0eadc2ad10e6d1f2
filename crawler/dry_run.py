"""`dibao crawl --dry-run`: what would be asked, and how long it would take. Asks nothing, writes nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.options import CrawlOptions
from crawler.portal import Portal
from crawler.recheck import utc

DEFAULT_DELAY = 2.0


def describe(portals: Iterable[Portal], archive: Path, options: CrawlOptions) -> Iterator[str]:
    """Lines for a person, a portal each and the columns below it."""
    database = archive / "archive.db"
    conn = sqlite3.connect(f"file:{database}?mode=ro", uri=True) if database.exists() else None
    try:
        for portal in portals:
            yield from _portal(portal, conn, options)
    finally:
        if conn is not None:
            conn.close()


def _portal(portal: Portal, conn: sqlite3.Connection | None, options: CrawlOptions) -> Iterator[str]:
    sections = [section for section in portal.sections if section.walked]
    waiting, checks = _known(portal, conn, options)
    delay = options.delay if options.delay is not None else portal.delay_s or DEFAULT_DELAY
    requests = 1 + len(sections) + waiting + checks
    least = timedelta(seconds=round(requests * delay))
    yield (
        f"{portal.id} ({portal.name}): robots.txt, {len(sections)} columns, {waiting} addresses left over, "
        f"{checks} re-checks: at least {requests} requests {delay:g} s apart, {least}; "
        "further list pages and new articles come on top"
    )
    for section in sections:
        yield f"  {section.name}  {section.url}"


def _known(portal: Portal, conn: sqlite3.Connection | None, options: CrawlOptions) -> tuple[int, int]:
    if conn is None:
        return 0, 0
    waiting = "SELECT count(*) FROM frontier WHERE portal = ? AND state IN ('pending', 'leased')"
    checks = "SELECT count(*) FROM frontier WHERE portal = ? AND article_id IS NOT NULL AND (? OR next_check <= ?)"
    values = (portal.id, options.full, utc(datetime.now(UTC)))
    return conn.execute(waiting, (portal.id,)).fetchone()[0], conn.execute(checks, values).fetchone()[0]
