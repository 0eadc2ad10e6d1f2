"""One page of somebody's WARC file into the archive: its capture with origin, and its article if it is one.

Time is that of the capture. An older text than the one held becomes a state before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from archive.articles import ArticleStore
from archive.forget import forgotten_text
from archive.frontier import OPEN, Frontier, Settlement
from archive.records import Article, Capture, StoredArticle
from archive.states import add_past
from archive.urls import canonical_url
from archive.warc import payload_digest
from archive.writer import ArchiveWriter, now_utc
from crawler.portal import Portal
from crawler.recheck import next_check

VERDICTS = {"new": "new", "revision": "revised", "revisit": "unchanged"}
COUNTED = {"blocked_challenge": "challenge", "failed_truncated": "cut"}  # verdict of no article -> what it counts as


WORDS = {
    "new": "new articles", "revised": "revisions", "past": "earlier texts", "unchanged": "as held already",
    "alias": "further addresses", "page": "further pages of a body",
    "completed": "articles made whole by them", "gone": "gone",
    "no_article": "pages that are no article", "challenge": "challenges", "cut": "pages cut short",
    "forgotten": "forgotten here, left out", "held": "records ingested before", "other": "records of other kinds",
}  # fmt: skip


@dataclass(slots=True)
class Report:
    """What the files held, by what became of it."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(WORDS, 0))
    damaged: list[str] = field(default_factory=list)
    reprints: int = 0

    def add(self, what: str) -> None:
        self.counts[what] += 1


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a page gives no article, and the verdict of its capture."""

    verdict: str
    reason: str


@dataclass(frozen=True, slots=True)
class Page:
    """One record that is to be stored, and what reading it gave."""

    capture: Capture
    portal: Portal
    origin: str
    printed: str | None = None  # payload digest as its record printed it
    capture_id: int | None = None  # an interrupted run had kept it already
    read: Article | Refused | None = None  # None: not read yet


class PageStore:
    """Writes pages, each inside a transaction of the caller's."""

    def __init__(self, writer: ArchiveWriter, run_id: int, report: Report) -> None:
        self.writer, self.conn, self.run_id, self.report = writer, writer.conn, run_id, report
        self.articles = ArticleStore(writer.conn)
        self.changed: list[int] = []  # articles to be compared for reprints

    def keep(self, page: Page, verdict: str | None) -> int:
        """The capture of a page; without a verdict a later run reads it again."""
        if page.capture_id is None:
            return self.writer.add_capture(page.capture, run_id=self.run_id, verdict=verdict, origin=page.origin)
        if verdict is not None:
            self.writer.set_verdict(page.capture_id, verdict)
        return page.capture_id

    def refuse(self, page: Page, refused: Refused) -> int:
        self.report.add(COUNTED.get(refused.verdict, "no_article"))
        return self.keep(page, refused.verdict)

    def article(self, page: Page, article: Article, more: Sequence[Capture] = ()) -> int | None:
        """An article; `more` are the captures of its body's further pages. Return its capture, if it is kept."""
        url, seen = canonical_url(page.capture.url), page.capture.fetched
        if forgotten_text(self.conn, url, article.title, article.body):
            self.report.add("forgotten")
            return None
        capture_id = self.keep(page, None)
        section = page.portal.section_for(page.capture.url)
        article = replace(article, url=url, portal=page.portal.id, section=section.name if section else "")
        article_id = self.articles.find(url)
        if article_id is not None and seen < self.last_seen(article_id):
            self._past(article_id, article, capture_id, seen)
            return capture_id
        stored = self.articles.add(article, capture_id=capture_id, seen=seen)
        for further in more:
            self.articles.add_alias(canonical_url(further.url), stored.article_id, "page", seen)
        self.writer.set_verdict(capture_id, stored.verdict)
        self.report.add("alias" if stored.alias else VERDICTS[stored.verdict])
        if stored.verdict in ("new", "revision"):
            self.changed.append(stored.article_id)
        self._take_up(page, url, stored.article_id, "duplicate" if stored.alias else "stored", article.published)
        return capture_id

    def made_whole(self, held: StoredArticle, article: Article, more: Sequence[Capture]) -> None:
        """A held article whose missing pages came: nothing that its publisher changed."""
        own = held.article
        article = replace(article, url=own.url, portal=own.portal, section=own.section)
        if self.articles.reread(held.id, article, now_utc()):
            self.changed.append(held.id)
            self.report.add("completed")
        for further in more:
            self.articles.add_alias(canonical_url(further.url), held.id, "page", further.fetched)

    def is_further_page(self, url: str) -> bool:
        """Whether a body held has this address as one of its pages."""
        sql = "SELECT 1 FROM aliases WHERE url = ? AND kind = 'page'"
        return self.conn.execute(sql, (url,)).fetchone() is not None

    def last_seen(self, article_id: int) -> str:
        return str(self.conn.execute("SELECT last_seen FROM articles WHERE id = ?", (article_id,)).fetchone()[0])

    def _past(self, article_id: int, article: Article, capture_id: int, seen: str) -> None:
        """A page from before the last time we saw it; at an alias only the address counts, as in a crawl."""
        own = self.articles.url_of(article_id) == article.url
        added = own and add_past(self.articles, article_id, article, capture_id, seen)
        self.writer.set_verdict(capture_id, "revision" if added else "revisit")
        if added:
            self.changed.append(article_id)
        self.report.add("past" if added else "unchanged" if own else "alias")

    def _take_up(self, page: Page, url: str, article_id: int, state: str, published: str | None) -> None:
        """The address in the frontier, so that a crawl knows that we hold it; one that waits to be asked still is."""
        frontier = Frontier(self.conn, page.portal.id, self.run_id)
        frontier_id, fresh = frontier.take_up(url, page.capture.url, "article")
        known = frontier.find(url)
        if not fresh and known is not None and (known[3] is not None or known[1] in OPEN):
            return
        if not fresh:  # an earlier crawl did not get it
            frontier.reopen(frontier_id)
        due = next_check(published, datetime.fromisoformat(page.capture.fetched), page.portal.recheck or ())
        end = Settlement(state, article_id=article_id, payload_digest=payload_digest(page.capture.payload),
                         next_check=due)  # fmt: skip
        frontier.settle(frontier_id, end, checked=page.capture.fetched)
