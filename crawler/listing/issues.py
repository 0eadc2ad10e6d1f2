"""What is odd about a list page, in one line each: what was expected and what was found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from archive.records import ListRow
from crawler.listing.addresses import article_likeness
from crawler.portal import ListRules

REDIRECT = re.compile(r"http-equiv\s*=\s*[\"']?refresh|location(?:\.href)?\s*=|location\.replace\(", re.IGNORECASE)
ARTICLE_META = re.compile(r"name=[\"']?(?:ArticleTitle|PubDate)\b", re.IGNORECASE)
FEW = 5  # rows that an article page may seem to have: the articles beside it
STUB = 2_000  # characters; redirect shells and error stubs are shorter


def explain(
    text: str, url: str, found: Sequence[ListRow], kept: Sequence[ListRow], rules: ListRules
) -> tuple[str, ...]:
    """Why a list page has no rows, or why it is probably none."""
    if kept:
        return (_article(url),) if len(kept) <= FEW and _is_article(text, url) else ()
    if found:
        return (f"{len(found)} rows found, none fits the definition's `include` or `exclude` (e.g. {found[0].url}); "
                "wrong platform?",)  # fmt: skip
    return (_empty(text, url, rules),)


def _empty(text: str, url: str, rules: ListRules) -> str:
    start = text.lstrip()[:1]
    links = len(re.findall(r"<a\s", text, re.IGNORECASE))
    if not text.strip():
        return "an empty answer instead of a list"
    if start in "[{":
        return "JSON without records that have a headline and an address; has its shape changed? set list.fields"
    if rules.row:
        return f"no rows match `{rules.row}` (among {links} links); has the portal changed?"
    if _is_article(text, url):
        return _article(url)
    if len(text) < STUB and REDIRECT.search(text):
        return "a redirect shell instead of a list; give the column it leads to"
    if len(text) < STUB:
        return f"a stub of {len(text)} characters instead of a list"
    if links < 5:
        return f"no rows: the page is filled by script ({links} links); give the address of the data it loads"
    return f"no rows found among {links} links (expected: repeated links with headline and date)"


def _is_article(text: str, url: str) -> bool:
    return article_likeness(url) >= 0.8 and ARTICLE_META.search(text) is not None


def _article(url: str) -> str:
    return f"an article instead of a list (its address looks like one: {urlsplit(url).path})"
