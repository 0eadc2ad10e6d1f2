"""The one item pipeline: hands each outcome to the run, which stores it. Validation and verdicts live there."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Self

from crawler.answers import Outcome
from crawler.logs import event

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

log = logging.getLogger("dibao")


class StorePipeline:
    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: Outcome) -> Outcome:
        """Store, or end the run where nothing can be stored: what was committed before is intact."""
        run = self.crawler.spider.run  # type: ignore[union-attr]
        try:
            run.settle(item)
            log.info("%s: %s", run.portal.id, event(item))
        except Exception as error:  # a full disk, a damaged archive; Scrapy would log it and go on
            run.fail(error)
        return item
