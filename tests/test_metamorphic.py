"""Saved pages rewritten as other sites would have written them are read the same: tests/metamorphic.py."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from crawler.decode import decode_page
from tests.article_scores import FIELDS, right
from tests.metamorphic import TRANSFORMS
from tests.shared import golds, needs_shared, page_of

LOSS = 0.07  # of the pages that a transform changes: their own text may hold what it rewrites
# What a transform takes away for good, what nobody could tell from a menu, and dates that the gold's text holds itself.
GONE = {
    "no named meta": {"published", "source"},
    "trail parted by ": {"breadcrumb"},
    **{name: {"title", "body"} for name in TRANSFORMS if name.startswith("date ")},
}


@pytest.fixture(scope="module")
def pages() -> list[tuple[dict[str, Any], str, dict[str, bool]]]:
    texts = [(gold, decode_page(page_of("articles", gold["slug"])).text) for gold in golds("articles")]
    return [(gold, text, right(text, gold)) for gold, text in texts]


@needs_shared
@pytest.mark.parametrize("name", TRANSFORMS)
def test_a_page_written_otherwise_is_read_the_same(
    pages: list[tuple[dict[str, Any], str, dict[str, bool]]], name: str
) -> None:
    lost: Counter[str] = Counter()
    changed = 0
    half = list(TRANSFORMS).index(name) % 2
    for gold, text, before in pages[half::2]:
        rewritten = TRANSFORMS[name](text)
        if rewritten != text:
            changed += 1
            after = right(rewritten, gold)
            lost.update(field for field in FIELDS if before[field] and not after[field])
    assert changed
    for field in set(FIELDS) - GONE.get(name, set()):
        assert lost[field] <= max(1, LOSS * changed), (field, lost[field], changed)
