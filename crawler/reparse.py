"""Fields again, from the bytes that are kept: what the present rules would change, and, when accepted, the change.

Parsing is a pure function of (bytes, headers, url, portal rules), so unchanged rules change nothing. A page that the
present rules no longer take for an article keeps its fields: it is named, never emptied.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from archive.articles import CONTENT, ArticleStore, content_columns
from archive.errors import ArchiveError
from archive.health import FIELDS, Alarm, clear_alarm, open_alarms
from archive.reader import Archive
from archive.records import Article, Capture, StoredArticle
from archive.reprints import link_reprints
from archive.writer import ArchiveWriter, now_utc
from crawler.definitions import load_portal, portal_files
from crawler.errors import PageError, PortalError
from crawler.further import in_one_piece
from crawler.in_order import in_order
from crawler.portal import Portal
from crawler.workers import PageWorkers

SAMPLES = 5  # of each kind of change to a field
EMPTY = (None, "", "[]", "{}")


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one article: `kind` is filled, emptied or altered."""

    article_id: int
    url: str
    field: str
    kind: str
    before: Any
    after: Any


@dataclass(slots=True)
class Report:
    """What re-reading found; `counts` by (field, kind)."""

    read: int = 0
    changed: int = 0
    accepted: bool = False
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    samples: list[Change] = field(default_factory=list)
    unread: list[tuple[int, str, str]] = field(default_factory=list)  # id, address, why its fields stay as they are
    cleared: list[str] = field(default_factory=list)  # messages of alarms whose page is read well now

    def add(self, changes: Sequence[Change]) -> None:
        self.changed += bool(changes)
        for change in changes:
            self.counts[change.field, change.kind] += 1
            if self.counts[change.field, change.kind] <= SAMPLES:
                self.samples.append(change)

    def as_dict(self) -> dict[str, Any]:
        fields: dict[str, dict[str, int]] = {}
        for (name, kind), count in sorted(self.counts.items()):
            fields.setdefault(name, {})[kind] = count
        return {
            "read": self.read,
            "changed": self.changed,
            "accepted": self.accepted,
            "emptied": sum(count for (_, kind), count in self.counts.items() if kind == "emptied"),
            "fields": fields,
            "samples": [{"id": c.article_id, "url": c.url, "field": c.field, "kind": c.kind,
                         "before": c.before, "after": c.after} for c in self.samples],
            "unread": [{"id": number, "url": url, "reason": reason} for number, url, reason in self.unread],
            "cleared": self.cleared,
        }  # fmt: skip


def reparse(
    directory: Path,
    *,
    portals: Sequence[str] = (),
    accept: bool = False,
    advance: Callable[[], None] = lambda: None,
) -> Report:
    """Read every article's kept pages again. Only `accept` writes: revisions with cause `rules`, batch by batch."""
    report = Report(accepted=accept)
    with Archive.open(directory) as archive, PageWorkers() as workers:
        if not accept:
            asyncio.run(_all(archive, workers, portals, report, None, advance))
            return report
        with ArchiveWriter.open(directory) as writer:
            changed: list[int] = []

            def write(article_id: int, article: Article) -> None:
                with writer.page():
                    if ArticleStore(writer.conn).reread(article_id, article, now_utc()):
                        changed.append(article_id)
                writer.commit_if_due()

            try:
                asyncio.run(_all(archive, workers, portals, report, write, advance))
            except KeyboardInterrupt:  # what is written stays
                _link(writer, changed)
                raise
            _link(writer, changed)
            with writer.page():
                report.cleared = asyncio.run(_clear_cured(archive, workers, portals, writer.conn))
    return report


def _link(writer: ArchiveWriter, changed: Sequence[int]) -> None:
    with writer.page():
        link_reprints(writer.conn, changed)


async def _clear_cured(
    archive: Archive, workers: PageWorkers, portals: Sequence[str], conn: sqlite3.Connection
) -> list[str]:
    """Drift alarms whose page has its fields by the present rules: no later run may have a page to see that by."""
    cleared = []
    for alarm in open_alarms(conn):
        if alarm.kind == "drift" and (not portals or alarm.portal in portals) and await _cured(archive, workers, alarm):
            clear_alarm(conn, alarm.portal, alarm.kind, alarm.section, now_utc())
            cleared.append(f"{alarm.portal}: {alarm.message}")
    return cleared


async def _cured(archive: Archive, workers: PageWorkers, alarm: Alarm) -> bool:
    lost, bad = alarm.evidence.get("fields") or [], alarm.evidence.get("bad")
    if not bad or not lost or not set(lost) <= set(FIELDS):
        return False
    try:
        capture = archive.capture(bad[1])
        article = await workers.extract(capture, _portal(alarm.portal)) if capture else None
    except (PageError, PortalError, ArchiveError):
        return False
    return article is not None and all(getattr(article, name) for name in lost)


async def _all(
    archive: Archive,
    workers: PageWorkers,
    portals: Sequence[str],
    report: Report,
    write: Callable[[int, Article], None] | None,
    advance: Callable[[], None],
) -> None:
    jobs = (_again(archive, workers, stored) for stored in _articles(archive, portals))
    async for stored, found in in_order(jobs):
        advance()
        if isinstance(found, str):
            report.unread.append((stored.id, stored.article.url, found))
            continue
        report.read += 1
        own = stored.article
        article = replace(found, url=own.url, portal=own.portal, section=own.section)
        report.add(list(_changes(stored.id, own, article)))
        if write is not None:
            write(stored.id, article)


def _articles(archive: Archive, portals: Sequence[str]) -> Iterator[StoredArticle]:
    """By id, a batch a query: writing between two batches is seen by none of them twice."""
    last = 0
    where = f" AND portal IN ({', '.join('?' * len(portals))})" if portals else ""
    while True:
        rows = archive.conn.execute(
            f"SELECT id FROM articles WHERE id > ?{where} ORDER BY id LIMIT 200", (last, *portals)
        ).fetchall()
        if not rows:
            return
        for (article_id,) in rows:
            stored = archive.get(article_id)
            if stored is not None:
                yield stored
        last = rows[-1][0]


async def _again(archive: Archive, workers: PageWorkers, stored: StoredArticle) -> tuple[StoredArticle, Article | str]:
    """The article with what its kept pages say now, or why they say nothing."""
    try:
        return stored, await _fields(archive, workers, stored)
    except (PageError, PortalError, ArchiveError) as error:  # a definition that cannot be used is one portal's trouble
        return stored, str(error)


async def _fields(archive: Archive, workers: PageWorkers, stored: StoredArticle) -> Article | str:
    if stored.capture_id is None:
        return "its page is not held (forgotten, or never kept)"
    capture = archive.capture(stored.capture_id)
    if capture is None:
        return f"capture {stored.capture_id} is not in the index; `dibao verify` tells more"
    article = await workers.extract(capture, _portal(stored.article.portal))
    if article.next_pages:
        return await _whole(archive, workers, stored, capture, article.next_pages)
    return article


async def _whole(
    archive: Archive, workers: PageWorkers, stored: StoredArticle, first: Capture, next_pages: Sequence[str]
) -> Article | str:
    """The article in one piece. One that was whole stays as it is where a page is no longer held."""
    whole, more = await in_one_piece(archive, workers, first, next_pages, _portal(stored.article.portal))
    if "pages_missing" in whole.flags and "pages_missing" not in stored.article.flags:
        return f"{len(next_pages) - len(more)} further pages of the body are not held (the first: {next_pages[0]})"
    return whole


@cache
def _portal(portal_id: str) -> Portal | None:
    """The definition, with the rules it has now; None for a host that was crawled without one."""
    return load_portal(portal_id) if portal_id in portal_files() else None


def _changes(article_id: int, before: Article, after: Article) -> Iterator[Change]:
    old, new = content_columns(before), content_columns(after)
    for name in CONTENT:
        if old[name] != new[name]:
            kind = "filled" if old[name] in EMPTY else "emptied" if new[name] in EMPTY else "altered"
            yield Change(article_id, before.url, name, kind, old[name], new[name])
