"""Run one or more portals in one process: one archive, one writer, one set of workers, a Scrapy crawler a portal."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from archive.errors import ArchiveError
from archive.ledger import Ledger
from archive.writer import ArchiveWriter
from crawler.manners import require_contact, stop_all_gates
from crawler.network_settings import settings_for
from crawler.options import CrawlOptions
from crawler.portal import Portal
from crawler.run import PortalRun
from crawler.spiders.portal import PortalSpider
from crawler.summary import RunSummary
from crawler.workers import PageWorkers

log = logging.getLogger("dibao")

PORTALS_AT_ONCE = 8  # politeness is per host, so portals can share the line; parsing has two workers
COMMIT_EVERY = 1.0  # seconds; the longest that a finished page waits for its commit


def crawl(
    portals: Iterable[Portal],
    archive: Path,
    options: CrawlOptions,
    *,
    settings: dict[str, Any] | None = None,
    on_progress: Callable[[Sequence[PortalRun]], None] | None = None,
) -> list[RunSummary]:
    """Crawl the portals into the archive; return how each run ended, in order.

    Raises LockedError where another crawl writes to the archive, ConfigError where no contact is set for a public host.
    A Scrapy process can run once per Python process.
    """
    portals = list(portals)
    for portal in portals:
        require_contact(portal, options)
    with ArchiveWriter.open(archive) as writer, PageWorkers() as workers:
        return _Crawls(portals, writer, workers, options, settings or {}, on_progress).go()


class _Crawls:
    """The crawls of one process, PORTALS_AT_ONCE at a time."""

    def __init__(
        self,
        portals: list[Portal],
        writer: ArchiveWriter,
        workers: PageWorkers,
        options: CrawlOptions,
        settings: dict[str, Any],
        on_progress: Callable[[Sequence[PortalRun]], None] | None,
    ) -> None:
        self.writer, self.workers, self.options, self.on_progress = writer, workers, options, on_progress
        project = Settings()
        project.setmodule("crawler.settings", priority="project")
        own = {"DIBAO_ALLOW_LOOPBACK": options.allow_loopback, "LOG_INSTALL_ROOT_HANDLER": False}
        project.setdict({**own, **settings}, priority="cmdline")
        self.process = _Process(project, self)
        self.runs: list[PortalRun] = []
        self.ledgers = {portal.id: Ledger() for portal in portals}
        self.waiting = list(portals)
        self.order = [portal.id for portal in portals]
        self.summaries: dict[str, RunSummary] = {}

    def go(self) -> list[RunSummary]:
        logging.getLogger("scrapy").setLevel(logging.ERROR)  # its warnings come again, in our words, with the outcome
        for _ in range(min(PORTALS_AT_ONCE, len(self.waiting))):
            self._start_next()
        asyncio.get_event_loop().create_task(self._every_second())
        if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # under nohup it goes on
            signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
        self.process.start()
        for run in list(self.runs):  # stopped by force: the reactor ended before the crawls did
            run.stop("stopping")
            self._close(run)
        return [self.summaries[portal_id] for portal_id in self.order if portal_id in self.summaries]

    def _start_next(self) -> None:
        portal = self.waiting.pop(0)
        run = PortalRun(self.writer, portal, self.options, self.ledgers[portal.id])
        crawler = self.process.create_crawler(_spider_for(portal))
        self.runs.append(run)
        task = self.process.crawl(crawler, run=run, workers=self.workers)
        task.add_done_callback(lambda done: self._ended(run, done))

    def stop(self) -> None:
        """Somebody asked us to stop: nothing more is asked, what is in flight is stored."""
        self.waiting.clear()
        for run in self.runs:
            run.stop("stopping")
        stop_all_gates()

    def _ended(self, run: PortalRun, task: asyncio.Task[None]) -> None:
        """Close the run's books and begin the next portal; one portal's trouble never touches another's."""
        if not task.cancelled() and task.exception() is not None:
            run.fail(task.exception() or RuntimeError("crawl failed"))
        self._close(run)
        if self.waiting:
            self._start_next()

    def _close(self, run: PortalRun) -> None:
        """Every run that was begun, or was to begin, has a summary: none is passed over in silence."""
        self.runs.remove(run)
        self.summaries[run.portal.id] = run.close()
        log.info("%s", self.summaries[run.portal.id].line())

    async def _every_second(self) -> None:
        while True:
            await asyncio.sleep(COMMIT_EVERY)
            try:
                self.writer.commit_if_due()
            except ArchiveError as error:
                for run in self.runs:
                    run.fail(error)
            if self.on_progress:
                self.on_progress([run for run in self.runs if run.run_id])


class _Process(AsyncCrawlerProcess):
    """Tells the crawls when a signal asks the process to stop, so that nobody waits out a delay."""

    def __init__(self, settings: Settings, crawls: _Crawls) -> None:
        super().__init__(settings)
        self._crawls = crawls

    async def stop(self) -> None:
        self._crawls.stop()
        await super().stop()


def _spider_for(portal: Portal) -> type[PortalSpider]:
    return type("NamedPortalSpider", (PortalSpider,), {"name": portal.id, "custom_settings": settings_for(portal)})
