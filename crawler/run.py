"""One run over one portal: what is to be asked, and how the run ends. Knows no Scrapy.

`open` takes up what earlier runs left, begins the walks over the columns and takes up what is due for a re-check;
`next_task` leases; `settle` writes an outcome with its links, capture and article in one transaction
(crawler/settle.py); `close` balances the books and says how the run ended.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from archive import search_index, sections
from archive.absence import mark_unlisted
from archive.adoption import adopt
from archive.census import close_visits
from archive.errors import ArchiveError
from archive.frontier import Frontier, Task, balance, unbalanced_run
from archive.ledger import Ledger
from archive.reprints import link_reprints
from archive.writer import ArchiveWriter
from crawler.answers import Again, Ended, Issue, Outcome, Tally
from crawler.clock import clock_note
from crawler.errors import CrawlError, named
from crawler.former import former_ids
from crawler.intake import Intake
from crawler.options import CrawlOptions
from crawler.portal import Portal
from crawler.recheck import utc
from crawler.settle import Settler
from crawler.summary import BROKEN, RunSummary, failure
from crawler.walks import Walks

log = logging.getLogger("dibao")

UNREACHABLE_AFTER = 3  # failures in a row before a portal that never answered is left alone
SILENT_AFTER = 5  # addresses that fail in a row before a host that did answer is
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
        self.settler: Settler
        self.tally = Tally()
        self.issues: list[Issue] = []
        self.in_flight = 0
        self.stopped: str | None = None  # why no further task is leased
        self._answering: set[str] = set()  # hosts that answered, with whatever status
        self._silent: list[str] = []  # their addresses that failed in a row, once for each request
        self._began = time.monotonic()

    # --- what is to be asked -------------------------------------------------------------------------------------

    def open(self) -> None:
        """Start the run: leftovers of earlier runs, a walk per column, re-checks that are due."""
        portal, options, now = self.portal, self.options, self.now()
        with self.writer.page():
            run_id = self.writer.start_run(portal.id, options.as_dict())
            self.frontier = Frontier(self.writer.conn, portal.id, run_id)
            walks = Walks(self.writer.conn, self.frontier, now, full=options.full, since=options.since)
            self.settler = Settler(self, self.frontier, walks, Intake(self.writer, self.frontier, portal, now))
            adopt(self.writer.conn, portal.id, former_ids(self.writer.conn, portal))
            self.frontier.resume(never_asked_first=bool(options.max_requests or options.max_bytes))
            for section in portal.sections:
                if section.walked:
                    walks.begin(section)
            for frontier_id in self.frontier.held() if options.full else self.frontier.due(now):
                self.frontier.reopen(frontier_id, priority=0)
        self.writer.commit()
        self.run_id = run_id  # a run that could not be opened was none

    def next_task(self) -> Task | None:
        """Lease the next address, or None: nothing waits, or the run was stopped."""
        if self.stopped or not self.run_id:
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

    def fail(self, error: BaseException) -> None:
        """End the run for an error that is no page's: lease nothing more, whatever else had stopped it before."""
        if self.stopped not in BROKEN:
            self.stopped = None
        words = str(error)
        if not isinstance(error, (ArchiveError, CrawlError)):
            words = f"{named(error)}; --verbose shows where"
            log.info("%s: ends here", self.portal.id, exc_info=error)
        self.stop(failure(error), words)

    def report(self, kind: str, message: str, url: str = "") -> None:
        """Tell the operator one thing, now and in the summary."""
        self.issues.append(Issue(self.portal.id, kind, message, url))
        log.warning("%s: %s", self.portal.id, message)

    def now(self) -> str:
        return utc(self.clock())

    # --- what becomes of an answer -------------------------------------------------------------------------------

    def settle(self, outcome: Outcome) -> None:
        """Write the outcome of one task: all of it, or nothing. What a bug keeps from being stored is a failed page.

        Raises ArchiveError where the archive cannot be written.
        """
        self.in_flight -= 1
        self._count(outcome)
        try:
            self._store(outcome)
        except ArchiveError:
            raise
        except Exception as error:  # without an outcome it would stay leased
            log.info("%s: %s not stored", self.portal.id, outcome.task.url, exc_info=error)
            self._store(Ended(outcome.task, "failed_parse", f"{named(error)} while storing it", outcome.answer))
        self.writer.commit_if_due()

    def _store(self, outcome: Outcome) -> None:
        with self.writer.page():
            self.settler.settle(outcome)

    def _count(self, outcome: Outcome) -> None:
        answer, host = outcome.answer, urlsplit(outcome.task.url).netloc
        if answer is not None:
            if not self._answering and (note := clock_note(answer, self.clock())):
                self.report("clock", note, self.portal.url)
            self._answering.add(host)
            self._silent.clear()
        elif (
            isinstance(outcome, Again) and outcome.state in NETWORK and (host in self._answering or not self._answering)
        ):
            self._silent.append(outcome.task.url)
            self._give_up(host, outcome.reason)

    def _give_up(self, host: str, reason: str) -> None:
        """Stop where nothing answers: 30 s and three times for each address would make days."""
        tried, failed = len(self._silent), len(set(self._silent))
        if tried >= UNREACHABLE_AFTER and not self._answering:
            self.stop("unreachable", f"{self.portal.url} cannot be reached: {reason}; tried {tried} times")
        elif failed >= SILENT_AFTER:
            waiting = f"{self.frontier.pending()} pending"
            self.stop("unreachable", f"{host} answers no more: {reason}; {failed} addresses in a row; {waiting}")

    def limit_reached(self) -> bool:
        """Whether as many new articles were taken up as were asked for."""
        return self.options.limit is not None and self.tally.verdicts.get("found", 0) >= self.options.limit

    def close(self) -> RunSummary:
        """Look at what was found, balance the books, write how the run ended. What fails on the way is how it ended."""
        for look in (self._look, lambda: 0) if self.run_id else ():
            try:
                return self._balanced(look)
            except Exception as error:  # every run has a summary and an exit code
                self.fail(error)
        return RunSummary.broken(self)

    def _look(self) -> int:
        """Settle redirects, link reprints, open and clear alarms; return how many reprints there are."""
        for url, reason in self.settler.redirects.close(self.now()):
            self.report("redirects", reason, url)
        reprints = link_reprints(self.writer.conn, self.settler.new_articles)
        mark_unlisted(self.writer.conn, self.portal.id)
        close_visits(self.writer.conn, self.run_id)
        sections.record(self.writer.conn, self.run_id)
        search_index.tidy(self.writer.conn)
        self.settler.health.close()
        return reprints

    def _balanced(self, look: Callable[[], int]) -> RunSummary:
        self.writer.commit()
        with self.writer.page():
            reprints = look()
            states = balance(self.writer.conn, self.run_id)
            for line in unbalanced_run(self.writer.conn, self.run_id):
                self.report("books", f"the run does not balance: {line}; `dibao verify` tells more")
            summary = RunSummary.of(self, states, reprints, time.monotonic() - self._began)
            self.ledger.flush(self.writer.conn, self.run_id)
            self.writer.finish_run(self.run_id, summary.outcome, summary.counts())
        self.writer.commit()
        return summary
