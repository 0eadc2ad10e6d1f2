"""`dibao ingest`: articles out of anyone's WARC and WACZ files, as a crawl would have stored them.

Every page goes through the same recognition and the same parsers, with the rules of the portal whose host it is of, or
the generic ones. Its bytes are copied into our own WARC files, `captures.origin` says which record of which file they
were. Time is that of the capture: an older text than the one held becomes a state before it. Run twice, it adds
nothing.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from archive import search_index
from archive.articles import ArticleStore
from archive.frontier import Frontier, Settlement
from archive.reader import Archive
from archive.records import Article, Capture
from archive.reprints import link_reprints
from archive.states import add_past
from archive.urls import canonical_url
from archive.warc import payload_digest
from archive.writer import ArchiveWriter
from crawler.answers import public_headers
from crawler.challenge import recognise
from crawler.definitions import load_portal, portal_files, read_toml
from crawler.errors import PageError
from crawler.portal import Portal, for_url
from crawler.recheck import next_check
from crawler.warc_files import Damage, WebRecord, records
from crawler.workers import PageWorkers

AT_ONCE = 64  # pages in the workers or waiting for them
HTML = ("text/html", "application/xhtml")


@dataclass(slots=True)
class Report:
    """What the files held, by what became of it."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(
        ("new", "revised", "past", "unchanged", "alias", "page", "gone", "no_article", "challenge", "forgotten", "held",
         "other"), 0))  # fmt: skip
    damaged: list[str] = field(default_factory=list)
    reprints: int = 0

    def add(self, what: str) -> None:
        self.counts[what] += 1


WORDS = {
    "new": "new articles", "revised": "revisions", "past": "earlier texts", "unchanged": "as held already",
    "alias": "further addresses", "page": "further pages of a body", "gone": "gone",
    "no_article": "pages that are no article", "challenge": "challenges", "forgotten": "forgotten here, left out",
    "held": "records ingested before",
    "other": "records of other kinds",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """One record that is to be stored, and what reading it gave."""

    record: WebRecord
    capture: Capture
    portal: Portal
    origin: str
    read: Article | str | None  # the article; why there is none; None = not to be read


def ingest(writer: ArchiveWriter, files: Sequence[Path], *, advance: Callable[[], None] = lambda: None) -> Report:
    """Take the pages of these files in, in their order. Raises NotAWarc."""
    work = _Ingest(writer)
    with PageWorkers() as workers:
        for path in files:
            asyncio.run(work.file(path, workers))
            advance()
        asyncio.run(work.finish(workers))
        work.read_again(files)
        work.close()
    return work.report


class _Ingest:
    def __init__(self, writer: ArchiveWriter) -> None:
        self.writer, self.conn = writer, writer.conn
        self.store = ArticleStore(writer.conn)
        self.report = Report()
        self.hosts = Hosts()
        self.changed: list[int] = []  # articles to be compared for reprints
        self.further: dict[str, Page] = {}  # address of a further page -> the first page of its body
        self.unfinished: list[tuple[Page, int]] = []  # first pages, with their captures
        self.early = False  # a 404 or revisit record came before its article
        self.again = False  # second reading: of those alone
        with writer.page():
            self.run_id = writer.start_run("ingest", {})

    async def file(self, path: Path, workers: PageWorkers) -> None:
        async for found in _read(self._wanted(path), workers):
            with self.writer.page():
                self._store(found)
            self.writer.commit_if_due()
        self.writer.commit()

    def read_again(self, files: Sequence[Path]) -> None:
        """The records that came before the article they speak of: absences, and captures without a change."""
        self.again = True
        for path in files if self.early else ():
            for record in records(path):
                if isinstance(record, WebRecord) and (record.kind == "revisit" or record.status in (404, 410)):
                    self._page(record, path)
        self.writer.commit()

    def close(self) -> None:
        """Reprints, the index, the books."""
        with self.writer.page():
            self.report.reprints = link_reprints(self.conn, self.changed)
            search_index.tidy(self.conn)
            (taken,) = self.conn.execute("SELECT count(*) FROM outcomes WHERE run_id = ?", (self.run_id,)).fetchone()
            counts = {"taken": taken, "damaged": len(self.report.damaged), **self.report.counts}
            self.writer.finish_run(self.run_id, "partial" if self.report.damaged else "complete", counts)
        self.writer.commit()

    # --- which records are pages -----------------------------------------------------------------------------------

    def _wanted(self, path: Path) -> Iterator[Page]:
        """The records that are pages we do not hold; everything else is counted."""
        for record in records(path):
            if isinstance(record, Damage):
                self.report.damaged.append(f"{path.name} at {record.offset}: {record.reason}")
                continue
            page = self._page(record, path)
            if page is not None:
                yield page

    def _page(self, record: WebRecord, path: Path) -> Page | None:
        fetched = _utc(record.date)
        if fetched is None:
            self.report.damaged.append(f"{path.name}: {record.url}: no readable WARC-Date ({record.date!r})")
            return None
        url = canonical_url(record.url)
        if record.kind == "revisit":
            return self._revisit(record, url, fetched)
        kind = next((v for n, v in record.headers if n.lower() == "content-type"), "").lower()
        if record.status in (404, 410):
            return self._gone(record, url, fetched, path)
        if record.status != 200 or not (
            kind.startswith(HTML) or (not kind and b"<html" in record.payload[:2000].lower())
        ):
            self.report.add("other")
            return None
        if self._is_held(record.url, fetched, record.payload):
            self.report.add("held")
            return None
        if self.store.forgotten(url) or self._payload_forgotten(record.payload):
            self.report.add("forgotten")
            return None
        capture = Capture(record.url, fetched, record.status, public_headers(record.headers), record.payload)
        return Page(record, capture, self.hosts.portal_of(record.url), _origin(path, record), None)

    def _revisit(self, record: WebRecord, url: str, fetched: str) -> None:
        """The same bytes again: the article was still there."""
        article_id = self.store.find(url)
        if article_id is None:
            self._too_early()
            return
        held = self.conn.execute("SELECT last_seen FROM articles WHERE id = ?", (article_id,)).fetchone()[0]
        if fetched > held:
            with self.writer.page():
                self.store.touch(article_id, fetched)
            self.report.add("unchanged")
        else:
            self.report.add("held")

    def _gone(self, record: WebRecord, url: str, fetched: str, path: Path) -> None:
        """A 404 of an article we hold, later than it was last seen."""
        article_id = self.store.find(url)
        row = article_id and self.conn.execute("SELECT last_seen FROM articles WHERE id = ?", (article_id,)).fetchone()
        if not row or row[0] >= fetched or self._is_held(record.url, fetched, record.payload):
            if row:
                self.report.add("held")
            else:
                self._too_early()
            return
        capture = Capture(record.url, fetched, record.status, public_headers(record.headers), record.payload)
        with self.writer.page():
            self.writer.add_capture(capture, run_id=self.run_id, verdict="gone", origin=_origin(path, record))
            self.store.mark_gone(int(article_id or 0), "once", fetched)
        self.report.add("gone")

    def _too_early(self) -> None:
        """A record that speaks of an article we don't hold: another record of it may come later in the files."""
        if self.again:
            self.report.add("other")
        self.early = True

    def _is_held(self, url: str, fetched: str, payload: bytes) -> bool:
        sql = "SELECT 1 FROM captures WHERE url = ? AND fetched = ? AND digest = ?"
        return self.conn.execute(sql, (url, fetched, payload_digest(payload))).fetchone() is not None

    def _payload_forgotten(self, payload: bytes) -> bool:
        sql = "SELECT 1 FROM tombstones WHERE payload_digest = ?"
        return self.conn.execute(sql, (payload_digest(payload),)).fetchone() is not None

    # --- what becomes of a page ------------------------------------------------------------------------------------

    def _store(self, page: Page) -> None:
        """One page: its capture, and its article, if it is one."""
        if canonical_url(page.capture.url) in self.further:
            self._keep(page, "page")
            return self.report.add("page")
        if not isinstance(page.read, Article):
            challenged = str(page.read).startswith(CHALLENGE)
            self._keep(page, "blocked_challenge" if challenged else "not_article")
            return self.report.add("challenge" if challenged else "no_article")
        capture_id = self._keep(page, None)
        if page.read.next_pages:  # stored when all records are read: the further pages come later
            self.further |= dict.fromkeys(map(canonical_url, page.read.next_pages), page)
            self.unfinished.append((page, capture_id))
            return None
        return self._article(page, page.read, capture_id)

    def _article(self, page: Page, article: Article, capture_id: int) -> None:
        url, seen = canonical_url(page.capture.url), page.capture.fetched
        section = page.portal.section_for(page.capture.url)
        article = replace(article, url=url, portal=page.portal.id, section=section.name if section else "")
        article_id = self.store.find(url)
        if article_id is not None and seen < self._last_seen(article_id):
            return self._past(article_id, article, capture_id, seen)
        stored = self.store.add(article, capture_id=capture_id, seen=seen)
        self.writer.set_verdict(capture_id, stored.verdict)
        self.report.add("alias" if stored.alias else VERDICTS[stored.verdict])
        if stored.verdict in ("new", "revision"):
            self.changed.append(stored.article_id)
        return self._take_up(page, url, stored.article_id, "duplicate" if stored.alias else "stored", article.published)

    def _past(self, article_id: int, article: Article, capture_id: int, seen: str) -> None:
        """A page from before the last time we saw it."""
        added = add_past(self.store, article_id, article, capture_id, seen)
        self.writer.set_verdict(capture_id, "revision" if added else "revisit")
        if added:
            self.changed.append(article_id)
        self.report.add("past" if added else "unchanged")

    def _last_seen(self, article_id: int) -> str:
        return str(self.conn.execute("SELECT last_seen FROM articles WHERE id = ?", (article_id,)).fetchone()[0])

    def _keep(self, page: Page, verdict: str | None) -> int:
        return self.writer.add_capture(page.capture, run_id=self.run_id, verdict=verdict, origin=page.origin)

    def _take_up(self, page: Page, url: str, article_id: int, state: str, published: str | None) -> None:
        """The address in the frontier, so that a crawl knows that we hold it."""
        frontier = Frontier(self.conn, page.portal.id, self.run_id)
        frontier_id, fresh = frontier.take_up(url, page.capture.url, "article")
        if fresh:
            due = next_check(published, datetime.fromisoformat(page.capture.fetched), page.portal.recheck or ())
            end = Settlement(state, article_id=article_id, payload_digest=payload_digest(page.capture.payload),
                             next_check=due)  # fmt: skip
            frontier.settle(frontier_id, end, checked=page.capture.fetched)

    async def finish(self, workers: PageWorkers) -> None:
        """Bodies over several pages, in one piece as far as their pages were in the files or are held."""
        for page, capture_id in self.unfinished:
            assert isinstance(page.read, Article)
            found = [self._held_page(canonical_url(address)) for address in page.read.next_pages]
            captures = [capture for capture in found if capture is not None]
            try:
                whole = await workers.stitch([page.capture, *captures], page.portal)
            except PageError as error:
                self.report.damaged.append(f"{page.capture.url}: {error}")
                continue
            missing = ("pages_missing",) if len(captures) < len(found) else ()
            with self.writer.page():
                self._article(page, replace(whole, flags=(*whole.flags, *missing)), capture_id)

    def _held_page(self, url: str) -> Capture | None:
        """A further page of a body, as last kept."""
        row = self.conn.execute(
            "SELECT id FROM captures WHERE url = ? AND status = 200 ORDER BY fetched DESC LIMIT 1", (url,)
        ).fetchone()
        if row is None:
            return None
        self.writer.commit()  # a record is read back from the file only when it is written through
        with Archive.open(self.writer.directory) as archive:
            return archive.capture(row[0])


VERDICTS = {"new": "new", "revision": "revised", "revisit": "unchanged"}
CHALLENGE = "challenge: "


class Hosts:
    """Host -> the definition that names it, else the portal of a bare address. The files are read once."""

    def __init__(self) -> None:
        self._known: dict[str, Portal] = {}
        self._ids = dict(_hosts_of_definitions())

    def portal_of(self, url: str) -> Portal:
        host = urlsplit(url).netloc.lower()
        if host not in self._known:
            name = self._ids.get(urlsplit(url).hostname or "")
            self._known[host] = load_portal(name) if name else replace(for_url(url), sections=())
        return self._known[host]


def _hosts_of_definitions() -> Iterator[tuple[str, str]]:
    for portal_id, path in portal_files().items():
        values = read_toml(path)
        urls = [values.get("url", ""), *(section.get("url", "") for section in values.get("section", []))]
        for host in [*values.get("hosts", []), *(urlsplit(str(url)).hostname for url in urls)]:
            if host:
                yield str(host), portal_id


async def _read(pages: Iterator[Page], workers: PageWorkers) -> AsyncIterator[Page]:
    """Each page with what reading it gave, in order; AT_ONCE of them in the workers."""
    waiting: deque[asyncio.Task[Page]] = deque()
    for page in pages:
        waiting.append(asyncio.create_task(_read_one(page, workers)))
        if len(waiting) >= AT_ONCE:
            yield await waiting.popleft()
    while waiting:
        yield await waiting.popleft()


async def _read_one(page: Page, workers: PageWorkers) -> Page:
    found = recognise(page.capture.status, page.capture.headers, page.capture.payload, url=page.capture.url)
    if found is not None:
        return replace(page, read=f"{CHALLENGE}{found.product}")
    try:
        return replace(page, read=await workers.extract(page.capture, page.portal))
    except PageError as error:
        return replace(page, read=str(error))


def _utc(date: str) -> str | None:
    """WARC-Date, of any precision, as the archive writes times."""
    try:
        moment = datetime.fromisoformat(date.replace("Z", "+00:00"))
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _origin(path: Path, record: WebRecord) -> str:
    return f"{path.name} {record.number}".strip()
