"""`scrapy crawl ID`: the spider opens the archive itself, and closes it when it ends.

`dibao crawl` is the full command (several portals, exit codes, summary line); this keeps Scrapy's own tool working.
Settings: DIBAO_ARCHIVE (or $DIBAO_ARCHIVE, ./data), DIBAO_ALLOW_LOOPBACK, DIBAO_DELAY, DIBAO_CONTACT.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy import signals

from archive.config import archive_path, contact_of_config
from archive.writer import ArchiveWriter
from crawler.manners import require_contact
from crawler.options import CrawlOptions
from crawler.portal import Portal
from crawler.run import PortalRun
from crawler.workers import PageWorkers

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


def attach(crawler: Crawler, portal: Portal, arguments: dict[str, Any]) -> dict[str, Any]:
    """Open the archive for this crawler and return the spider's arguments with the run and the workers."""
    settings = crawler.settings
    delay = settings.get("DIBAO_DELAY")
    options = CrawlOptions(
        full=str(arguments.pop("full", "")).lower() in ("1", "true", "yes"),
        limit=int(arguments.pop("limit")) if "limit" in arguments else None,
        allow_loopback=settings.getbool("DIBAO_ALLOW_LOOPBACK"),
        delay=float(delay) if delay is not None else None,
        contact=settings.get("DIBAO_CONTACT") or contact_of_config(),
    )
    require_contact(portal, options)
    named = settings.get("DIBAO_ARCHIVE")
    path = Path(named) if named else archive_path(None)
    writer, workers = ArchiveWriter.open(path), PageWorkers()
    run = PortalRun(writer, portal, options)

    def finish() -> None:
        crawler.stats.set_value("dibao/summary", run.close().line())  # type: ignore[union-attr]
        workers.close()
        writer.close()

    crawler.signals.connect(finish, signals.spider_closed, weak=False)
    return {**arguments, "run": run, "workers": workers}
