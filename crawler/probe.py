"""What a portal answers for an address that cannot exist, asked once a week; an article that looks so is none.

Many portals answer 200 for pages that are not there, with an error page or with the home page. The probe's page is the
portal's own form of that. Two signs are needed: the answer shows what the probe showed, and what was read as headline
and as text stands in the probe's page too, the headline to the digit; a short notice in a large template has a
headline of its own.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from archive.errors import IntegrityError
from archive.frontier import Frontier, Task
from archive.records import Article
from archive.warc import Place, read_record
from crawler.answers import Answer
from crawler.challenge import prints, probe_url, same_page, shows
from crawler.scope import refuse_url, scope_of

if TYPE_CHECKING:
    from crawler.run import PortalRun

EVERY = timedelta(days=7)
PRIORITY = 5  # before articles, behind lists


class Probe:
    """The probe of one portal in one run. Runs inside the writer's transaction."""

    def __init__(self, run: PortalRun, frontier: Frontier) -> None:
        self.run, self.frontier, self.conn = run, frontier, run.writer.conn
        row = self.conn.execute(
            "SELECT url, asked, status, capture_id FROM probes WHERE portal = ?", (run.portal.id,)
        ).fetchone()
        self.url = row[0] if row else ""
        self.asked = row is not None and run.clock() - datetime.fromisoformat(row[1]) < EVERY
        self._form = b""
        if row and row[2] == 200 and row[3]:
            try:
                self._form = self._payload(row[3])
            except IntegrityError as error:  # asked for again
                self.asked = False
                run.report("damaged", f"what {self.url} answered cannot be read: {error}", self.url)

    def ask(self, url: str) -> None:
        """Take up an address beside this article's, unless the portal was asked within the week."""
        if self.asked or not urlsplit(url).path.rpartition("/")[2]:
            return
        self.asked = True
        token = "".join(chr(ord("a") + byte % 26) for byte in hashlib.sha256(self.run.portal.id.encode()).digest()[:12])
        target = probe_url(url, token)
        if refuse_url(target, scope_of(self.run.portal)) is None:
            frontier_id, fresh = self.frontier.take_up(f"probe {token}", target, "probe", priority=PRIORITY)
            if not fresh:
                self.frontier.reopen(frontier_id, priority=PRIORITY)

    def learn(self, task: Task, answer: Answer, capture_id: int) -> None:
        """Keep what the portal answered."""
        self.url, status = task.url, answer.capture.status
        self._form = answer.capture.payload if status == 200 else b""
        self.conn.execute(
            "INSERT OR REPLACE INTO probes (portal, url, asked, status, capture_id) VALUES (?, ?, ?, ?, ?)",
            (self.run.portal.id, task.url, self.run.now(), status, capture_id),
        )

    def same(self, answer: Answer, article: Article | None) -> str | None:
        """The reason why an answer is a soft 404, or None."""
        if not is_form(self._form, answer.capture.payload, article):
            return None
        return f"shows what {self.url} shows, an address that cannot exist"

    def _payload(self, capture_id: int) -> bytes:
        row = self.conn.execute(
            'SELECT p.warc, p."offset", p.length FROM captures c '
            "JOIN captures p ON p.id = coalesce(c.revisit_of, c.id) WHERE c.id = ?",
            (capture_id,),
        ).fetchone()
        return read_record(self.run.writer.directory / "warc", Place(*row)).payload


def is_form(form: bytes, payload: bytes, article: Article | None) -> bool:
    """Whether a page is the portal's form of a missing page, `article` being what was read from it."""
    if not form or not len(form) / 2 < len(payload) < len(form) * 2:
        return False
    if not same_page(form, payload):
        return False
    # headlines that differ in a number alone are two articles: 第20次, 第21次
    return article is None or (prints(form, article.title) and shows(form, article.body))
