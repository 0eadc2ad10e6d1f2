"""Pages made of parts, every scheme and shape: rows, headlines and dates are exactly right on nearly all."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from archive.records import ListRow
from archive.urls import canonical_url
from crawler.listing import list_page
from tests.list_shapes import LAYOUTS, ROWS, SCHEMES, made

PAGES = list(product(SCHEMES, ROWS, LAYOUTS, (2, 6, 20)))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_nearly_all_made_pages_are_read_exactly(layout: str) -> None:
    sample = Random(7).sample([one for one in PAGES if one[2] == layout], 150)
    wrong = [one for one in sample if not is_right(*one)]
    assert len(wrong) <= 1, wrong


def is_right(scheme: str, shape: str, layout: str, count: int) -> bool:
    page, url, truth = made(scheme, shape, layout, count)
    found = [(canonical_url(row.url), row.title, row.date) for row in list_page(page, url).rows]
    if shape == "no date":
        return [row[:2] for row in found] == [(canonical_url(address), title) for address, title, _ in truth]
    return found == [(canonical_url(address), title, date) for address, title, date in truth]


def wrong_pages() -> list[tuple[str, str, str, int]]:
    """Every page that is not read exactly, for a look by hand and for benchmarks."""
    return [one for one in PAGES if not is_right(*one)]


def test_the_parts_are_many() -> None:
    assert len(PAGES) == len(SCHEMES) * len(ROWS) * len(LAYOUTS) * 3 > 6_000
    assert isinstance(list_page(*made(*PAGES[0])[:2]).rows[0], ListRow)
