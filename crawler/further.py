"""The further pages of a body, out of the captures that are kept."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from archive.errors import IntegrityError
from archive.reader import Archive
from archive.records import Article, Capture, StoredArticle
from archive.urls import canonical_url
from crawler.portal import Portal
from crawler.stitch import MAX_BODY_PAGES
from crawler.workers import PageWorkers


async def in_one_piece(
    archive: Archive, workers: PageWorkers, first: Capture, next_pages: Sequence[str], portal: Portal | None
) -> tuple[Article, list[Capture]]:
    """The article with as many of its further pages as are kept, and those; flagged where one is missing.

    Raises PageError.
    """
    found = further_pages(archive, first, next_pages)
    more = [page for page in found if page is not None]
    article = await workers.stitch([first, *more], portal)
    flags = ("pages_missing",) if len(more) < len(found) else ()
    return replace(article, flags=(*article.flags, *flags)), more


def further_pages(archive: Archive, first: Capture, next_pages: Sequence[str]) -> list[Capture | None]:
    """Each further page that the first one names, as kept nearest in time; None where it is not held."""
    return [_nearest(archive, url, first.fetched) for url in next_pages[:MAX_BODY_PAGES]]


def lacking(archive: Archive, portals: Collection[str]) -> Iterator[StoredArticle]:
    """Articles of these portals that are held without some of their pages."""
    marks = ", ".join("?" * len(portals))
    sql = f"SELECT id FROM articles WHERE portal IN ({marks}) AND flags LIKE '%\"pages_missing\"%' ORDER BY id"
    for (article_id,) in archive.conn.execute(sql, tuple(portals)).fetchall():
        if stored := archive.get(article_id):
            yield stored


def _nearest(archive: Archive, url: str, fetched: str) -> Capture | None:
    """One that was met before its first page stands there as an article of its own; a damaged one is not held."""
    rows = archive.conn.execute(
        "SELECT id FROM captures WHERE url IN (?, ?) AND status = 200 AND truncated IS NULL "
        "AND (verdict IS NULL OR verdict IN ('page', 'new', 'revisit', 'revision')) "
        "ORDER BY abs(julianday(fetched) - julianday(?)), id LIMIT 10",
        (url, canonical_url(url), fetched),
    ).fetchall()
    for (capture_id,) in rows:
        with suppress(IntegrityError):
            return archive.capture(capture_id)
    return None
