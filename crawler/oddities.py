"""What an operator is told of list pages: no rows, too few, a walk that did not reach the end of its list."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from archive.frontier import Task
from archive.records import Listing
from crawler.health import Health
from crawler.listing.walk import Step
from crawler.summary import UNREAD
from crawler.walks import Walk, Walks

if TYPE_CHECKING:
    from crawler.run import PortalRun

log = logging.getLogger("dibao")


class Oddities:
    """Reports of one run; each names column, address, what was expected and what was found."""

    def __init__(self, run: PortalRun, walks: Walks, health: Health) -> None:
        self.run, self.walks, self.health = run, walks, health

    def of_page(self, task: Task, walk: Walk, listing: Listing, *, first_page: bool) -> None:
        name = walk.section.name
        for issue in listing.issues:
            if first_page or listing.rows:
                self.health.bad_list(name, f"{name}: {issue}; {task.url}", task.url)
            else:  # how many lists end: worth a line, no alarm
                self.run.report("list_end", f"{name}: {issue}; {task.url}", task.url)
        least = max(walk.section.min_rows or 1, 1)
        if first_page and len(listing.rows) < least:
            self.health.bad_list(
                name,
                f"{name}: {len(listing.rows)} rows on the list page (wanted at least {least}) at {task.url}; "
                f"has the portal changed? compare {self.run.portal.look()}",
                task.url,
            )

    def of_walk(self, walk: Walk, step: Step, rows: int) -> None:
        """`rows` were met in the walk's last pass."""
        name, url, read = walk.section.name, walk.section.url, walk.state.pages_read
        log.info("%s: %s: %d list pages, %s", self.run.portal.id, name, read, step.reason)
        note = self.walks.doubt(walk, step, rows)
        if note and not self.run.stopped and not self.run.limit_reached():
            bounded = step.complete or walk.section.list.pager.max_pages
            self.run.report("pager" if bounded else UNREAD, f"{name}: {note}; {url}", url)
