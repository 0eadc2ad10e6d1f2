"""A clock that is wrong is said once a run; the Date of the portal's answers tells."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from test_hostile_crawl import PATHS, article, listing
from trapserver import Reply, TrapServer, page

from archive.records import Capture
from crawler.answers import Answer
from crawler.clock import clock_note
from tests.test_crawl import dibao

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DATES = {
    "Tue, 24 Nov 2026 12:00:00 GMT": None,
    "Tue, 24 Nov 2026 20:08:00 +0800": None,
    "Tue, 24 Nov 2026 12:11:00 GMT": "0 h 11 min behind",
    "Mon, 23 Nov 2026 11:30:00 GMT": "24 h 30 min ahead of",
    "Thu, 01 Jan 1970 00:00:00 GMT": "h 0 min ahead of",
    "yesterday": None,
    "": None,
}


@pytest.mark.parametrize("date", DATES)
def test_notes(date: str) -> None:
    answer = Answer(Capture("http://x.gov.cn/", "", 200, (("Date", date),), b""), 0.1, 0)
    note, wanted = clock_note(answer, NOW), DATES[date]
    assert (note is None) == (wanted is None)
    assert (wanted or "") in (note or "")


def test_it_is_said_once_and_ends_nothing(tmp_path: Path) -> None:
    with TrapServer() as server:
        old = ("Date", "Thu, 01 Jan 2026 00:00:00 GMT")
        server.routes |= {"/robots.txt": Reply(404), "/news/": Reply(200, listing(*PATHS).body, (old,))}
        server.routes |= {path: page(article(path), old) for path in PATHS}
        done = dibao("crawl", server.url("/news/"), "--allow-loopback", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("this machine's clock is") == 1
