"""`dibao ingest`: articles out of anyone's WARC and WACZ files, as a crawl would have stored them.

Every page goes through the same recognition and the same parsers, with the rules of the portal whose host it is of, or
the generic ones. Its bytes are copied into our own WARC files, `captures.origin` says which record of which file they
were. Run twice, it adds nothing; interrupted, the next run goes on.

    1  every response, in order of the files; bodies over several pages, and what may be a further page, are put off
    2  revisit records, when the answers they repeat are known
    3  what was put off, when all pages are known
    4  absences, when it is known what was seen when: the files are read again only where one is of an article held
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from archive import search_index
from archive.errors import IntegrityError
from archive.forget import forgotten_payload
from archive.frontier import Task
from archive.reader import Archive
from archive.records import Article, Capture
from archive.reprints import link_reprints
from archive.urls import canonical_url
from archive.warc import payload_digest
from archive.writer import ArchiveWriter
from crawler.answers import Again, Answer, Ended, public_headers
from crawler.errors import CrawlError, PageError
from crawler.further import in_one_piece, lacking
from crawler.hosts import Hosts
from crawler.in_order import in_order
from crawler.ingest_pages import WORDS, Page, PageStore, Refused, Report
from crawler.judge import judge
from crawler.portal import is_web_address
from crawler.warc_files import records
from crawler.warc_records import Damage, WebRecord
from crawler.workers import PageWorkers

__all__ = ["WORDS", "Report", "ingest"]

HTML = ("text/html", "application/xhtml")
# A further page of a body, perhaps (the forms that crawler/extract.py follows)
FURTHER = re.compile(r"_\d{1,3}\.\w+$|-\d+-\d{1,3}\.\w+$|[?&][A-Za-z]*page[A-Za-z]*=\d{1,3}\b", re.IGNORECASE)
GONE = (404, 410)


def ingest(writer: ArchiveWriter, files: Sequence[Path], *, advance: Callable[[int], None] = lambda _: None) -> Report:
    """Take the pages of these files in, in their order; `advance` is told of bytes done.

    Files are WARC or WACZ: `refuse_others` asks that before an archive is made for them.
    """
    work = _Ingest(writer, files)
    try:
        with PageWorkers() as workers:
            asyncio.run(work.pages(files, workers, advance))
        work.absences(files)
    except KeyboardInterrupt:
        work.close("stopped")
        raise
    except CrawlError:  # a definition that cannot be used, of a host that was met
        work.close("failed")
        raise
    work.close("partial" if work.report.damaged else "complete")
    return work.report


@dataclass(frozen=True, slots=True)
class _Delayed:
    """A page whose capture is kept and whose article is not yet stored."""

    capture_id: int
    page: Page  # without payload
    next_pages: tuple[str, ...]


class _Ingest:
    def __init__(self, writer: ArchiveWriter, files: Sequence[Path]) -> None:
        self.writer, self.conn = writer, writer.conn
        self.report = Report()
        self.hosts = Hosts()
        self.delayed: list[_Delayed] = []
        self.further: set[str] = set()  # addresses that first pages put off name as further pages of theirs
        self.repeats: list[tuple[str, str, WebRecord]] = []  # revisit records: (origin, time, record)
        self.missing: list[tuple[str, str]] = []  # answers 404 and 410: (address, time)
        self.by_digest: dict[str, int] = {}  # payload digest as printed -> capture
        with writer.page():
            left = _never_compared(writer)
            self.run_id = writer.start_run("ingest", {"files": [path.name for path in files]})
        self.store = PageStore(writer, self.run_id, self.report)
        self.store.changed += left

    def close(self, outcome: str) -> None:
        """Reprints, the index, the books."""
        with self.writer.page():
            self.report.reprints = link_reprints(self.conn, dict.fromkeys(self.store.changed))
            search_index.tidy(self.conn)
            (taken,) = self.conn.execute("SELECT count(*) FROM outcomes WHERE run_id = ?", (self.run_id,)).fetchone()
            counts = {"taken": taken, "damaged": len(self.report.damaged), **self.report.counts}
            self.writer.finish_run(self.run_id, outcome, counts)
        self.writer.commit()

    async def pages(self, files: Sequence[Path], workers: PageWorkers, advance: Callable[[int], None]) -> None:
        for path in files:
            await self._take(self._pages(path, advance), workers)
        with Archive.open(self.writer.directory) as archive:
            await self._take(self._repeated(archive), workers)
            await self._delayed_ones(archive, workers)

    async def _take(self, pages: Iterator[Page], workers: PageWorkers) -> None:
        async for page in in_order(_read(page, workers) for page in pages):
            with self.writer.page():
                self._store(page)
            self.writer.commit_if_due()
        self.writer.commit()

    # --- 1: which records are pages --------------------------------------------------------------------------------

    def _pages(self, path: Path, advance: Callable[[int], None]) -> Iterator[Page]:
        """The records of a file that are pages we do not hold; everything else is noted or counted."""
        done = 0
        for record in records(path):
            advance(max(record.offset - done, 0))
            done = max(record.offset, done)
            place = f"{path.name} at {record.offset}"
            if isinstance(record, Damage):
                self.report.damaged.append(f"{place}: {record.reason}")
            elif (fetched := _utc(record.date)) is None:
                self.report.damaged.append(f"{place}: {record.url}: no readable WARC-Date ({record.date!r})")
            elif not is_web_address(record.url):
                self.report.damaged.append(f"{place}: {record.url}: no address whose host and port can be read")
            elif page := self._page(record, fetched, _origin(path, record)):
                yield page
        advance(max(path.stat().st_size - done, 0))

    def _page(self, record: WebRecord, fetched: str, origin: str) -> Page | None:
        if record.status in GONE:
            self.missing.append((record.url, fetched))
        elif not _may_be_html(record) or record.status not in ((200, 304) if record.kind == "revisit" else (200,)):
            self.report.add("other")
        elif record.kind == "revisit":
            self.repeats.append((origin, fetched, record))
        else:
            return self._unless_held(_capture(record, fetched), origin, record.digest)
        return None

    def _unless_held(self, capture: Capture, origin: str, printed: str | None) -> Page | None:
        """The page, if we don't have it: what an interrupted run had not finished is read again."""
        digest = payload_digest(capture.payload)
        row = self.conn.execute(
            "SELECT id, verdict FROM captures WHERE url = ? AND fetched = ? AND digest = ?",
            (capture.url, capture.fetched, digest),
        ).fetchone()
        if row is not None and row[1] is not None:
            self._remember(printed, row[0])
            self.report.add("held")
            return None
        if self.store.articles.forgotten(canonical_url(capture.url)) or forgotten_payload(self.conn, digest):
            self.report.add("forgotten")
            return None
        return Page(capture, self.hosts.portal_of(capture.url), origin, printed, row[0] if row else None)

    def _remember(self, printed: str | None, capture_id: int | None) -> None:
        if printed and capture_id:
            self.by_digest.setdefault(printed, capture_id)

    def _store(self, page: Page) -> None:
        """One page that was read."""
        url, capture_id = canonical_url(page.capture.url), None
        if self.store.is_further_page(url):
            capture_id = self.store.keep(page, "page")
            self.report.add("page")
        elif isinstance(page.read, Refused):
            capture_id = self.store.refuse(page, page.read)
        elif page.read is not None and (page.read.next_pages or url in self.further or FURTHER.search(url)):
            capture_id = self.store.keep(page, None)
            self.further |= set(map(canonical_url, page.read.next_pages))
            bare = replace(page, capture=replace(page.capture, payload=b""), capture_id=capture_id, read=None)
            self.delayed.append(_Delayed(capture_id, bare, page.read.next_pages))
        elif page.read is not None:
            capture_id = self.store.article(page, page.read)
        self._remember(page.printed, capture_id)

    # --- 2: revisit records ----------------------------------------------------------------------------------------

    def _repeated(self, archive: Archive) -> Iterator[Page]:
        """The pages that revisit records stand for, with the bytes of the answer they repeat."""
        for origin, fetched, record in self.repeats:
            original = self._original(record)
            try:
                capture = archive.capture(original) if original is not None else None
            except IntegrityError as error:  # of what is held here; the others are taken in
                self.report.damaged.append(f"{origin}: {record.url}: repeats a record that is damaged here: {error}")
                capture = None
            if capture is None:
                self._still_there(record.url, fetched)
                continue
            headers = public_headers(record.headers) if record.header("content-type") else capture.headers
            again = Capture(record.url, fetched, 200, headers, capture.payload, capture.truncated)
            if page := self._unless_held(again, origin, None):
                yield page

    def _original(self, record: WebRecord) -> int | None:
        """The capture with the bytes of a revisit record: by address and time, else by digest."""
        url, date = record.refers_to or ("", "")
        row = self.conn.execute(
            "SELECT id FROM captures WHERE url = ? AND fetched = ? AND status = 200", (url, _utc(date) or "")
        ).fetchone()
        return row[0] if row else self.by_digest.get(record.digest or "")

    def _still_there(self, url: str, fetched: str) -> None:
        """A revisit record of bytes that we don't have says no more than that."""
        article_id = self.store.articles.find(canonical_url(url))
        if article_id is None:
            self.report.add("other")
        elif fetched <= self.store.last_seen(article_id):
            self.report.add("held")
        else:
            with self.writer.page():
                self.store.articles.touch(article_id, fetched)
            self.report.add("unchanged")

    # --- 3: bodies over several pages ------------------------------------------------------------------------------

    async def _delayed_ones(self, archive: Archive, workers: PageWorkers) -> None:
        """First pages with their further ones; and what turned out to be no further page."""
        await self._complete(archive, workers)
        whole = [one for one in self.delayed if canonical_url(one.page.capture.url) not in self.further]
        for one in self.delayed:
            if canonical_url(one.page.capture.url) in self.further:
                with self.writer.page():
                    self.store.keep(one.page, "page")
                self.report.add("page")
        async for page, more in in_order(self._whole(archive, workers, one) for one in whole):
            with self.writer.page():
                if isinstance(page.read, Article):
                    self.store.article(page, page.read, more)
                elif page.read is not None:
                    self.store.refuse(page, page.read)
            self.writer.commit_if_due()
        self.writer.commit()

    async def _complete(self, archive: Archive, workers: PageWorkers) -> None:
        """Articles held without a page that came now are made whole, from the bytes kept, before it counts as done."""
        came = {canonical_url(one.page.capture.url) for one in self.delayed} - self.further
        for stored in lacking(archive, {one.page.portal.id for one in self.delayed}) if came else ():
            portal = self.hosts.portal_of(stored.article.url)
            try:
                first = archive.capture(stored.capture_id or 0)
                pages = (await workers.extract(first, portal)).next_pages if first else ()
                named = set(map(canonical_url, pages))
                if first is None or not came & named:
                    continue
                article, more = await in_one_piece(archive, workers, first, pages, portal)
            except (PageError, IntegrityError):
                continue  # its first page can be read no more: `dibao reparse` names it
            self.further |= named
            with self.writer.page():
                self.store.made_whole(stored, article, more)
        self.writer.commit()

    async def _whole(self, archive: Archive, workers: PageWorkers, one: _Delayed) -> tuple[Page, list[Capture]]:
        """The page read again, its further pages stitched in as far as they are held."""
        capture = archive.capture(one.capture_id)
        assert capture is not None  # kept by this run
        try:
            article, more = await in_one_piece(archive, workers, capture, one.next_pages, one.page.portal)
        except PageError as error:
            return replace(one.page, capture=capture, read=Refused(error.state, str(error))), []
        return replace(one.page, capture=capture, read=article), more

    # --- 4: absences -----------------------------------------------------------------------------------------------

    def absences(self, files: Sequence[Path]) -> None:
        """A 404 or 410 of an article, later than it was last seen."""
        news = {(url, fetched) for url, fetched in self.missing if self._is_news(url, fetched)}
        found: list[tuple[str, str, Capture]] = []
        for path in files if news else ():
            for record in records(path):
                fetched = _utc(record.date) if isinstance(record, WebRecord) and record.status in GONE else None
                if fetched and isinstance(record, WebRecord) and (record.url, fetched) in news:
                    found.append((fetched, _origin(path, record), _capture(record, fetched)))
        for fetched, origin, capture in sorted(found, key=lambda one: one[:2]):
            with self.writer.page():
                self._gone(fetched, origin, capture)
        self.writer.commit()

    def _is_news(self, url: str, fetched: str) -> bool:
        article_id = self.store.articles.find(canonical_url(url))
        if article_id is None:
            self.report.add("other")
            return False
        known = self.conn.execute(
            "SELECT 1 FROM captures WHERE url = ? AND fetched = ? AND verdict = 'gone'", (url, fetched)
        ).fetchone()
        if known or fetched <= self.store.last_seen(article_id):
            self.report.add("held")
            return False
        return True

    def _gone(self, fetched: str, origin: str, capture: Capture) -> None:
        self.writer.add_capture(capture, run_id=self.run_id, verdict="gone", origin=origin)
        article_id = self.store.articles.find(canonical_url(capture.url))
        assert article_id is not None  # it is news
        self.store.articles.mark_gone(article_id, "once", fetched)
        self.report.add("gone")


async def _read(page: Page, workers: PageWorkers) -> Page:
    """The page with what it says, by the judgement of a crawl."""
    trouble = judge(_task(page.capture.url), Answer(page.capture, 0.0, len(page.capture.payload)))
    if isinstance(trouble, Ended | Again):
        return replace(page, read=Refused(trouble.state, trouble.reason))
    try:
        return replace(page, read=await workers.extract(page.capture, page.portal))
    except PageError as error:
        return replace(page, read=Refused(error.state, str(error)))


def _task(url: str) -> Task:
    """What a crawl would have asked for."""
    nothing = dict.fromkeys(("section_id", "request", "parent_id", "etag", "last_modified", "payload_digest",
                             "article_id", "list_title", "list_date"))  # fmt: skip
    return Task(id=0, key=url, url=url, kind="article", depth=0, attempts=1, **nothing)


def _never_compared(writer: ArchiveWriter) -> list[int]:
    """Articles of ingests that were killed before reprints were looked for, since the last one that ended."""
    sql = (
        "SELECT id FROM runs WHERE portal = 'ingest' AND finished IS NULL AND id > "
        "coalesce((SELECT max(id) FROM runs WHERE portal = 'ingest' AND finished IS NOT NULL), 0)"
    )
    runs = [row[0] for row in writer.conn.execute(sql)]
    marks = ",".join("?" * len(runs))
    sql = f"SELECT a.id FROM captures c JOIN articles a ON a.capture_id = c.id WHERE c.run_id IN ({marks})"
    return [row[0] for row in writer.conn.execute(sql, runs)] if runs else []


def _may_be_html(record: WebRecord) -> bool:
    """By its type; a revisit record, or an answer without a type, may be anything."""
    kind = record.header("content-type").lower()
    return kind.startswith(HTML) or (
        not kind and (record.kind == "revisit" or b"<html" in record.payload[:2000].lower())
    )


def _capture(record: WebRecord, fetched: str) -> Capture:
    headers = public_headers(record.headers)
    return Capture(record.url, fetched, record.status, headers, record.payload, record.truncated)


def _utc(date: str) -> str | None:
    """WARC-Date, of any precision, as the archive writes times."""
    try:
        moment = datetime.fromisoformat(date.replace("Z", "+00:00"))
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        return None


def _origin(path: Path, record: WebRecord) -> str:
    return f"{path.name} {record.number}".strip()
