"""One run over one portal: what is to be asked, and what becomes of each answer. Knows no Scrapy.

`open` takes up what earlier runs left, begins the walks over the columns and takes up what is due for a re-check;
`next_task` leases; `settle` writes an outcome with its links, capture and article in one transaction; `close` balances
the books and says how the run ended.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from archive.urls import canonical_url
from archive.writer import ArchiveWriter

from archive.frontier import Frontier, Settlement, Task, balance
from archive.ledger import Ledger
from crawler.answers import (
    Again,
    Answer,
    ArticleRead,
    Ended,
    FileRead,
    Issue,
    ListRead,
    Outcome,
    Redirected,
    Tally,
    Unchanged,
)
from crawler.intake import Intake
from crawler.judge import MAX_ATTEMPTS
from crawler.options import CrawlOptions
from crawler.portal import Portal
from crawler.recheck import next_check, utc
from crawler.scope import refuse_url
from crawler.summary import RunSummary
from crawler.walks import Walk, Walks

log = logging.getLogger("dibao")

# Verdict of the archive -> end state of the address.
STATE_OF = {"new": "stored", "reprint": "stored", "revision": "revised", "revisit": "unchanged"}
UNREACHABLE_AFTER = 3  # failures in a row before a host that never answered is left alone
CHALLENGES_BEFORE_STOP = 3
NETWORK = frozenset({"failed_network", "failed_dns", "failed_tls", "failed_timeout"})


class PortalRun:
    def __init__(
        self,
        writer: ArchiveWriter,
        portal: Portal,
        options: CrawlOptions,
        ledger: Ledger | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.writer, self.portal, self.options, self.clock = writer, portal, options, clock
        self.ledger = ledger or Ledger()
        self.run_id = 0
        self.frontier: Frontier
        self.walks: Walks
        self.intake: Intake
        self.tally = Tally()
        self.issues: list[Issue] = []
        self.in_flight = 0
        self.stopped: str | None = None  # why no further task is leased
        self._answers = 0  # answers of any status so far
        self._failures = 0  # network failures in a row
        self._challenges = 0
        self._positions: dict[int, int] = {}
        self._began = time.monotonic()

    # --- what is to be asked -------------------------------------------------------------------------------------

    def open(self) -> None:
        """Start the run: leftovers of earlier runs, a walk per column, re-checks that are due."""
        portal, options, now = self.portal, self.options, self.now()
        with self.writer.page():
            self.run_id = self.writer.start_run(portal.id, options.as_dict())
            self.frontier = Frontier(self.writer.conn, portal.id, self.run_id)
            self.walks = Walks(self.writer.conn, self.frontier, now, full=options.full)
            self.intake = Intake(self.writer, self.frontier, portal, now)
            self.frontier.resume()
            for section in portal.sections:
                if section.enabled is not False:
                    self.walks.begin(section)
            for frontier_id in self.frontier.held() if options.full else self.frontier.due(now):
                self.frontier.reopen(frontier_id, priority=0)
        self.writer.commit()

    def next_task(self) -> Task | None:
        """Lease the next address, or None: nothing waits, or the run was stopped."""
        if self.stopped or not self.run_id:
            return None
        self._check_budget()
        if self.stopped:
            return None
        task = self.writer.in_batch(self.frontier.lease)
        if task:
            self.in_flight += 1
        return task

    def has_work(self) -> bool:
        return not self.stopped and bool(self.run_id) and self.frontier.has_pending()

    def stop(self, why: str, message: str = "") -> None:
        """Lease nothing more; what is in flight is still settled. The first reason stands."""
        if self.stopped is None:
            self.stopped = why
            if message:
                self.report(why, message)

    def report(self, kind: str, message: str, url: str = "") -> None:
        """Tell the operator one thing, now and in the summary."""
        self.issues.append(Issue(self.portal.id, kind, message, url))
        log.warning("%s: %s", self.portal.id, message)

    def now(self) -> str:
        return utc(self.clock())

    # --- what becomes of an answer -------------------------------------------------------------------------------

    def settle(self, outcome: Outcome) -> None:
        """Write the outcome of one task: all of it, or nothing."""
        self.in_flight -= 1
        self._count(outcome)
        with self.writer.page():
            match outcome:
                case ListRead():
                    self._list(outcome)
                case ArticleRead():
                    self._article(outcome)
                case FileRead():
                    self._file(outcome)
                case Unchanged():
                    self._unchanged(outcome)
                case Redirected():
                    self._redirected(outcome)
                case Again():
                    self._again(outcome)
                case Ended():
                    self._ended(outcome)
        self.writer.commit_if_due()

    def _list(self, read: ListRead) -> None:
        task, listing = read.task, read.listing
        capture_id = self._capture(read.answer, "list")
        walk = self._walk_of(task)
        if walk is None:
            return self._end(task, Settlement("listed"), read.answer, capture_id)
        first_page = walk.state.pages_read == 0
        for issue in listing.issues:
            self.report("list", f"{walk.section.name}: {issue}", task.url)
        if first_page and len(listing.rows) < max(walk.section.min_rows or 1, 1):
            self._empty_list(task, walk, len(listing.rows))
        step = self.walks.read(walk, listing, read.answer.capture.status, self._known(walk))
        self._take_rows(walk, read, first_page)
        if step.next is None:
            self._walk_ended(walk, step.complete, step.reason)
        return self._end(task, Settlement("listed"), read.answer, capture_id)

    def _take_rows(self, walk: Walk, read: ListRead, first_page: bool) -> None:
        position = 0 if first_page else self._positions.get(walk.section_id, 0)
        since = self.options.since or walk.section.since
        for row in read.listing.rows:
            position += 1
            wanted = not (since and row.date and row.date[:10] < since) and not self._limit_reached()
            taken = self.intake.take(row, walk.section_id, position, walk.state.pass_, fetch=wanted)
            if taken.fresh:
                self.tally.add("found")
        self._positions[walk.section_id] = position

    def _article(self, read: ArticleRead) -> None:
        task = read.task
        key = canonical_url(task.url)
        section = self._section_name(task)
        article = replace(read.article, url=key, portal=self.portal.id, section=section or read.article.section)
        capture_id = self._capture(read.answer, None)
        stored = self.writer.add_article(article, capture_id=capture_id, run_id=self.run_id)
        for page in read.more:
            self.writer.add_capture(page.capture, run_id=self.run_id)
            self.writer.add_alias(canonical_url(page.capture.url), stored.article_id, "page")
        state = "duplicate" if self.writer.url_of(stored.article_id) != key else STATE_OF[stored.verdict]
        self.tally.add(stored.verdict if state != "duplicate" else "duplicate")
        self._member(task, stored.article_id)
        self._alias_sources(task, stored.article_id)
        end = Settlement(
            state,
            article_id=stored.article_id,
            payload_digest=hashlib.sha256(read.answer.capture.payload).hexdigest(),
            next_check=self._next_check(article.published) if state != "duplicate" else None,
        )
        self._end(task, end, read.answer, capture_id)

    def _file(self, read: FileRead) -> None:
        self._end(read.task, Settlement("file"), read.answer, self._capture(read.answer, "file"))

    def _unchanged(self, outcome: Unchanged) -> None:
        task = outcome.task
        published = None
        if task.article_id is not None:
            self.writer.touch(task.article_id, self.now())
            published = self.writer.published_of(task.article_id)
        if task.kind == "list":
            return self._again(Again(task, "failed_http", "304 for a list page", outcome.answer, unconditional=True))
        self.tally.add("unchanged")
        return self._end(task, Settlement("unchanged", next_check=self._next_check(published)), outcome.answer, None)

    def _redirected(self, outcome: Redirected) -> None:
        task, target = outcome.task, canonical_url(outcome.target)
        capture_id = self._capture(outcome.answer, "redirect")
        refusal = refuse_url(target, self.portal.hosts)
        if refusal:
            state, reason = refusal
            self.report(
                "refused", f"redirect to {target} left the allowed hosts; page not fetched ({reason})", task.url
            )
            return self._finish_bad(
                task, Settlement(state, f"redirect to {target}: {reason}"), outcome.answer, capture_id
            )
        prefix = "list " if task.kind == "list" else ""
        frontier_id, fresh = self.frontier.take_up(
            prefix + target, outcome.target, task.kind, section_id=task.section_id, priority=10 if prefix else 1,
            depth=task.depth + 1, parent_id=task.id, title=task.list_title, date=task.list_date,
        )  # fmt: skip
        if not fresh and prefix and frontier_id != task.id:
            self.frontier.reopen(frontier_id)
        known = None if fresh else self.frontier.find(prefix + target)
        article_id = known[3] if known else None
        if article_id is not None:
            self.writer.add_alias(canonical_url(task.url), article_id, "redirect")
        end = Settlement("redirected", f"to {target}", article_id=article_id)
        return self._end(task, end, outcome.answer, capture_id)

    def _again(self, outcome: Again) -> None:
        task = outcome.task
        if outcome.unconditional:
            self.frontier.forget_condition(task.id)
        if task.attempts < MAX_ATTEMPTS and not self.stopped:
            return self._end(task, Settlement("pending", outcome.reason), outcome.answer, None)
        capture_id = self._capture(outcome.answer, outcome.state) if outcome.answer else None
        return self._finish_bad(task, Settlement(outcome.state, outcome.reason), outcome.answer, capture_id)

    def _ended(self, outcome: Ended) -> None:
        task, end = outcome.task, Settlement(outcome.state, outcome.reason)
        if outcome.state == "pending":  # the gate closed before it was asked
            return self._end(task, end, outcome.answer, None)
        keep = outcome.answer if outcome.keep else None
        capture_id = self._capture(keep, outcome.state) if keep else None
        if outcome.state == "blocked_challenge":
            self._challenged(outcome)
        if outcome.state in ("gone", "soft_404"):
            return self._gone(task, end, outcome.answer, capture_id)
        return self._finish_bad(task, end, outcome.answer, capture_id)

    def _gone(self, task: Task, end: Settlement, answer: Answer | None, capture_id: int | None) -> None:
        if task.article_id is not None:
            grade = "soft_404" if end.state == "soft_404" else "once"
            self.writer.mark_gone(task.article_id, grade, self.now(), capture_id)
            self.tally.add("gone")
            end = replace(end, next_check=self._next_check(None))
        self._finish_bad(task, end, answer, capture_id)

    # --- the small print -----------------------------------------------------------------------------------------

    def _finish_bad(self, task: Task, end: Settlement, answer: Answer | None, capture_id: int | None) -> None:
        """End a task that gave nothing to store; a list page that fails ends its walk, loudly."""
        if task.kind == "list":
            walk = self._walk_of(task)
            if walk is not None:
                status = answer.capture.status if answer else 0
                first = walk.state.pages_read == 0
                step = self.walks.read(walk, None, status, self._known(walk))
                if first and not self.stopped:
                    self.report("list", f"{walk.section.name}: list page not read: {end.reason}", task.url)
                if step.next is None:
                    self._walk_ended(walk, step.complete, step.reason)
        self._end(task, end, answer, capture_id)

    def _end(self, task: Task, end: Settlement, answer: Answer | None, capture_id: int | None) -> None:
        if answer is not None:
            end = replace(
                end,
                status=answer.capture.status,
                bytes=answer.wire_bytes,
                elapsed=answer.elapsed,
                capture_id=capture_id,
                etag=answer.header("ETag") if task.kind == "article" else None,
                last_modified=answer.header("Last-Modified") if task.kind == "article" else None,
            )
        self.frontier.settle(task.id, end, checked=self.now())

    def _capture(self, answer: Answer, verdict: str | None) -> int:
        return self.writer.add_capture(answer.capture, run_id=self.run_id, verdict=verdict)

    def _walk_of(self, task: Task) -> Walk | None:
        return self.walks.open_walks.get(task.section_id or 0)

    def _known(self, walk: Walk) -> Callable[[str], bool]:
        """Whether an address was known to an earlier, complete walk of this column."""

        def known(url: str) -> bool:
            found = self.frontier.find(canonical_url(url))
            return found is not None and found[2] <= walk.baseline

        return known

    def _walk_ended(self, walk: Walk, complete: bool, reason: str) -> None:
        log.info("%s: %s: %d list pages, %s", self.portal.id, walk.section.name, walk.state.pages_read, reason)
        if complete and walk.state.full:
            for frontier_id in self.walks.unlisted(walk.section_id):
                self.frontier.reopen(frontier_id)

    def _empty_list(self, task: Task, walk: Walk, rows: int) -> None:
        wanted = max(walk.section.min_rows or 1, 1)
        self.report(
            "empty_list",
            f"{walk.section.name}: {rows} rows on the list page (wanted at least {wanted}); has the portal changed? "
            f"Compare `dibao portal check {self.portal.id}`",
            task.url,
        )

    def _challenged(self, outcome: Ended) -> None:
        self._challenges += 1
        if self._challenges >= CHALLENGES_BEFORE_STOP or outcome.task.kind == "list":
            self.stop(
                "challenged",
                f"answers programs with a challenge ({outcome.reason}); nothing stored from it; stopped until the next run",
            )

    def _section_name(self, task: Task) -> str | None:
        row = self.writer.conn.execute(
            "SELECT s.name FROM section_rows r JOIN sections s ON s.id = r.section_id WHERE r.frontier_id = ? "
            "ORDER BY r.first_listed, s.id LIMIT 1",
            (task.id,),
        ).fetchone()
        if row is None and task.section_id:
            row = self.writer.conn.execute("SELECT name FROM sections WHERE id = ?", (task.section_id,)).fetchone()
        return row[0] if row else None

    def _member(self, task: Task, article_id: int) -> None:
        self.writer.conn.execute(
            "INSERT INTO article_sections (article_id, section_id, first_seen, last_seen) "
            "SELECT ?, section_id, first_listed, last_listed FROM section_rows WHERE frontier_id = ? "
            "ON CONFLICT DO UPDATE SET last_seen = excluded.last_seen",
            (article_id, task.id),
        )

    def _alias_sources(self, task: Task, article_id: int) -> None:
        """Addresses that were redirected to this one are its aliases."""
        parent = task.parent_id
        while parent is not None:
            row = self.writer.conn.execute("SELECT url, parent_id FROM frontier WHERE id = ?", (parent,)).fetchone()
            self.writer.add_alias(canonical_url(row[0]), article_id, "redirect")
            self.writer.conn.execute("UPDATE frontier SET article_id = ? WHERE id = ?", (article_id, parent))
            parent = row[1]

    def _next_check(self, published: str | None) -> str:
        return next_check(published, self.clock(), self.portal.recheck or ())

    def _limit_reached(self) -> bool:
        return self.options.limit is not None and self.tally.verdicts.get("found", 0) >= self.options.limit

    def _check_budget(self) -> None:
        options = self.options
        if options.max_requests is not None and self.tally.requests + self.in_flight >= options.max_requests:
            self.stop("budget", f"budget of {options.max_requests} requests used; {self.frontier.pending()} pending")
        if options.max_bytes is not None and self.tally.bytes >= options.max_bytes:
            self.stop("budget", f"budget of {options.max_bytes} bytes used; {self.frontier.pending()} pending")

    def _count(self, outcome: Outcome) -> None:
        answer = outcome.answer
        if answer is not None:
            self._answers += 1
            self._failures = 0
            self.tally.requests += 1
            self.tally.bytes += answer.wire_bytes
        elif isinstance(outcome, Again) and outcome.state in NETWORK:
            self.tally.requests += 1
            self._failures += 1
            if self._failures >= UNREACHABLE_AFTER and not self._answers:
                self.stop(
                    "unreachable",
                    f"{self.portal.url} cannot be reached: {outcome.reason}; tried {self._failures} times",
                )

    def close(self) -> RunSummary:
        """Balance the books, link reprints, write how the run ended."""
        self.writer.commit()
        reprints = self.writer.link_reprints(self.run_id) if self.tally.verdicts.get("new") else 0
        with self.writer.page():
            states = balance(self.writer.conn, self.run_id)
            summary = RunSummary.of(self, states, reprints, time.monotonic() - self._began)
            self.ledger.flush(self.writer.conn, self.run_id)
            self.writer.finish_run(self.run_id, summary.outcome, summary.counts())
        self.writer.commit()
        return summary
