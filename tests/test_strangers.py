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
    "c13": {"body"},  # a lead without a full stop
}


def page_of(gold: dict[str, Any]) -> bytes:
    return (PLACE / "pages" / f"{gold['page']}.html").read_bytes()


@pytest.mark.parametrize("gold", [pytest.param(gold, id=gold["page"]) for gold in GOLD])
def test_a_page_nobody_wrote_rules_for(gold: dict[str, Any]) -> None:
    if not any(gold[field] for field in FIELDS):
        with pytest.raises(NotAnArticle):
            extract(page_of(gold), gold["url"])
        return
    wrong = {field for field, is_right in right(page_of(gold), gold).items() if not is_right}
    assert wrong == KNOWN.get(gold["page"], set()), gold["about"]
