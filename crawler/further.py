"""The further pages of a body, out of the captures that are kept."""

from __future__ import annotations

from collections.abc import Sequence

from archive.reader import Archive
from archive.records import Capture
from archive.urls import canonical_url
from crawler.stitch import MAX_BODY_PAGES


def further_pages(archive: Archive, first: Capture, next_pages: Sequence[str]) -> list[Capture | None]:
    """Each further page that the first one names, as kept nearest in time; None where it is not held."""
    return [_nearest(archive, url, first.fetched) for url in next_pages[:MAX_BODY_PAGES]]


def _nearest(archive: Archive, url: str, fetched: str) -> Capture | None:
    row = archive.conn.execute(
        "SELECT id FROM captures WHERE url IN (?, ?) AND status = 200 AND truncated IS NULL "
        "AND (verdict = 'page' OR verdict IS NULL) "
        "ORDER BY abs(julianday(fetched) - julianday(?)), id LIMIT 1",
        (url, canonical_url(url), fetched),
    ).fetchone()
    return archive.capture(row[0]) if row else None
