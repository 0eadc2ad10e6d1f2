"""Whole pages of invented sites, written by people who had not seen the rules: what a careful reader sees of each.

pages/NN.html with a line in gold.jsonl. a, b: mainland portals with something odd about each (`about`); c: governments
of other countries; d: ordinary pages with the noise of real ones.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crawler.errors import NotAnArticle
from crawler.extract import extract
from tests.article_scores import FIELDS, right

PLACE = Path(__file__).parent / "strangers"
GOLD = [json.loads(line) for line in (PLACE / "gold.jsonl").read_text("utf-8").splitlines()]
# What is known to be read wrong, and why.
KNOWN = {
    "a27": {"published", "body"},  # a letter with its answer: three dates, the answering office, a table of its course
    "c09": {"source", "body"},  # "by PIB Delhi" behind the date; initials and a release number end the text
    "c12": {"body"},  # three points between headline and text that are no sentences
    "c17": {"published"},  # the date of the page's last change, shown alone, goes before the meta tag's
    "c19": {"published", "body"},  # "Press release 26 October 2023 Brussels" in one strip; contacts behind the text
    "c20": {"body"},  # the headline once more in another language
    "c21": {"published", "source", "body"},  # the date in the first sentence; the publisher in a block below
    "c23": {"source"},  # "From" without a colon
    "c24": {"body"},  # a box of fast facts beside the text, a label of the kind of release
    "c25": {"published"},  # the year of the Republic in brackets, without a label
    "c27": {"title", "breadcrumb"},  # a headline that neither <title> nor a heading names
    "c28": {"title", "published", "body"},  # a speech without a headline: speaker, place and date in lines of their own
    "c30": {"source", "breadcrumb"},  # Quelle below a text is a picture's credit elsewhere; a menu named like a trail
    "c31": {"title", "published", "body"},  # a list at an address with a query, not of a column: read as an article
    "c34": {"title", "published", "body"},  # a file alone amid boxes of opening hours and contacts
    "c37": {"source"},  # an office in a line of its own, without a label
    "c38": {"title"},  # a note in brackets behind the headline
}


def page_of(gold: dict[str, Any]) -> bytes:
    return (PLACE / "pages" / f"{gold['page']}.html").read_bytes()


@pytest.mark.parametrize("gold", [pytest.param(gold, id=gold["page"]) for gold in GOLD])
def test_a_page_nobody_wrote_rules_for(gold: dict[str, Any]) -> None:
    if not any(gold[field] for field in FIELDS) and gold["page"] not in KNOWN:
        with pytest.raises(NotAnArticle):
            extract(page_of(gold), gold["url"])
        return
    wrong = {field for field, is_right in right(page_of(gold), gold).items() if not is_right}
    assert wrong == KNOWN.get(gold["page"], set()), gold["about"]
