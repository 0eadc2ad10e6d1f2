"""Whole pages of invented sites, written by people who had not seen the rules: what a careful reader sees of each.

pages/NN.html with a line in gold.jsonl. a, b: mainland portals with something odd about each (`about`); c: governments
of other countries; d: ordinary pages with the noise of real ones; e, f, g: after templates of real portals, as their
writers remembered them: provinces to counties (e), ministries, state media, courts, old pages (f), other countries (g).
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
    "c19": {"published", "body"},  # "Press release 26 October 2023 Brussels" in one strip; contacts behind the text
    "c20": {"body"},  # the headline once more in another language
    "c21": {"published", "source"},  # the date in the first sentence; the publisher in a block below
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
    "e47": {"body"},  # a summary with its label above the text, in its words nowhere in the text
    "f14": {"body"},  # 完, then the date of the release: text to the writer, none to us
    "f38": {"source"},  # the number of a journal behind its name
    "g02": {"breadcrumb"},  # the headline as last crumb
    "g03": {"body"},  # credits of a picture, the source below the text
    "g04": {"published", "body"},  # the date within the box of the text, below contacts; a last change elsewhere
    "g05": {"source", "body"},  # an office in a line of its own; the last change below the text
    "g06": {"breadcrumb"},  # a print button among the crumbs
    "g09": {"source"},  # two offices, each a link
    "g13": {"source", "body"},  # "Posted On … by PIB Delhi"; a list of points above the text
    "g14": {"body"},  # boxes of facts within the text
    "g15": {"published"},  # the meta tag alone: a last change
    "g18": {"body"},  # a file's link among the text
    "g19": {"source", "body"},  # the office behind the date; credits of a picture
    "g20": {"published"},  # a dateline within the first sentence
    "g21": {"body"},  # a caption with its credits
    "g22": {"body"},  # labels and values of date and reading time in lines of their own
    "g23": {"body"},  # a caption in a box of its own
    "g24": {"body"},  # contacts below the text
    "g25": {"source", "body"},  # office and date between strokes in lines of their own
    "g27": {"published", "body"},  # day and hour glued: 2018 года14:20; place and subjects around the text
    "g29": {"breadcrumb", "body"},  # a trail without a label or a name; files within the text
    "g30": {"body"},  # contacts of an office below the text
    "g31": {"source", "body"},  # an office beside the date, in Korean
    "g36": {"body"},  # captions of a gallery
    "g37": {"published", "body"},  # label and value of the text itself in two cells
    "g40": {"published", "body"},  # the moment in another zone; contacts below the text
    "g42": {"body"},  # captions
    "g44": {"source"},  # an office before "published on"
    "g46": {"title", "published", "body"},  # a headline in capitals in a cell, dateline within the text
    "g47": {"source", "body"},  # 発表機関; contacts below the text
    "g48": {"body"},  # the speaker above the text
    "g52": {"source"},  # "Department:" beside the date
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
