"""JSON-LD: what a page tells search engines of itself in a script."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from crawler.html import Page

KIND = "application/ld+json"
ARTICLES = frozenset(
    {"Article", "NewsArticle", "ReportageNewsArticle", "BlogPosting", "Report", "GovernmentService", "WebPage",
     "SpecialAnnouncement", "TechArticle", "PressRelease"}
)  # fmt: skip
LEVELS = 6  # of nesting at most; pages of a crawl may be hostile
LONGEST = 200_000  # characters


def date_published(page: Page) -> str:
    """When the page says that it was published, most precisely; "" where it does not, or names several days."""
    if KIND not in page.text:
        return ""
    named = {date for thing in _things(page) if isinstance(date := thing.get("datePublished"), str) and date.strip()}
    return max(sorted(named), key=len) if len({date[:10] for date in named}) == 1 else ""


def _things(page: Page) -> Iterator[dict[str, Any]]:
    """The articles and pages that its scripts describe."""
    for script in page.tree.css(f'script[type="{KIND}"]'):
        text = script.text()
        if len(text) <= LONGEST:
            try:
                yield from _articles(json.loads(text, strict=False), LEVELS)
            except (ValueError, RecursionError):  # what a template broke says nothing
                continue


def _articles(value: object, levels: int) -> Iterator[dict[str, Any]]:
    if isinstance(value, list) and levels:
        for one in value:
            yield from _articles(one, levels - 1)
    elif isinstance(value, dict):
        kinds = value.get("@type")
        if any(isinstance(kind, str) and kind in ARTICLES for kind in (kinds if isinstance(kinds, list) else [kinds])):
            yield value
        elif levels and "@graph" in value:
            yield from _articles(value["@graph"], levels - 1)
