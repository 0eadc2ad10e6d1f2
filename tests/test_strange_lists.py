"""Whole list pages of invented portals, written by people who had not seen the rules: what a careful reader sees.

pages/… with a line in gold.jsonl: the rows, [address, headline, date] each, the address of the next page where that is
a plain GET, and what is odd about the page. a: districts, counties, cities; b: ministries, provinces, trade centres,
courts, universities, Hong Kong and Macao; c and d: after templates of real portals, as their writers
remembered them, d with Taiwan, Japan, Germany and five pages that are no lists; each page in its own encoding.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archive.urls import canonical_url
from crawler import list_page

PLACE = Path(__file__).parent / "strange_lists"
GOLD = [json.loads(line) for line in (PLACE / "gold.jsonl").read_text("utf-8").splitlines()]
# What is known to be read otherwise, and why.
KNOWN = {
    "a04.html": {"next"},  # the gold says none: it is the interface that the page's own script asks
    "a34.html": {"rows"},  # a home page: one of its boxes
    "a35.html": {"rows"},  # an article: what it links below
    "b03.html": {"next"},  # as a04
    "b12.html": {"rows"},  # one row of ten has 網頁 for its link's text, the headline stands before
    "b17.html": {"rows"},  # 3月21日, 2025 in three pieces: no date
    "b18.html": {"rows"},  # an article: what it links below
    "b20.html": {"rows"},  # a home page, days without a year
    "c12.html": {"next"},  # as a04
    "c16.html": {"rows"},  # the district in brackets before each headline, also in its title attribute: kept
    "c21.html": {"rows"},  # the gold gives no dates: the day stands in the heading and in each address
    "c47.html": {"rows"},  # an article: what it links below
    "c49.html": {"rows"},  # a home page
    "d03.html": {"next"},  # as a04: the window that its data store names
    "d41.html": {"rows"},  # a home page: its news, as a34
    "d42.html": {"rows"},  # a hub of boxes: nothing tells it from the saved landing page whose four boxes are its list
    "d45.html": {"rows"},  # a topic page: one of its boxes, dated by its addresses
}


@pytest.mark.parametrize("gold", [pytest.param(gold, id=gold["page"]) for gold in GOLD])
def test_a_list_nobody_wrote_rules_for(gold: dict[str, Any]) -> None:
    found = list_page((PLACE / "pages" / gold["page"]).read_bytes(), gold["url"])
    wrong = set()
    if [_seen(*row) for row in gold["rows"]] != [_seen(row.url, row.title, row.date) for row in found.rows]:
        wrong.add("rows")
    following = found.pager.next_url
    if (canonical_url(following) if following else None) != (
        canonical_url(gold["next_url"]) if gold["next_url"] else None
    ):
        wrong.add("next")
    assert wrong == KNOWN.get(gold["page"], set()), gold["about"]


def _seen(url: str, title: str, date: str | None) -> tuple[str, str, str | None]:
    return canonical_url(url), "".join(title.split()), date
