"""JSON-LD: the date that a page tells search engines."""

from __future__ import annotations

import pytest

from crawler.extract import extract
from crawler.html import read_page
from crawler.parsers.linked import date_published

DATES = {
    '{"@type": "NewsArticle", "datePublished": "2025-10-21T00:01:00+01:00"}': "2025-10-21T00:01:00+01:00",
    '{"@context": "x", "@graph": [{"@type": "Organization"}, {"@type": ["WebPage"], "datePublished": "2025-05-12"}]}':
        "2025-05-12",
    '[{"@type": "Report", "datePublished": "2025-05-12"}, {"@type": "WebPage", "datePublished": "2025-05-12T09:00"}]':
        "2025-05-12T09:00",
    '{"@type": "Event", "datePublished": "2025-05-12"}': "",
    '{"@type": "ItemList", "itemListElement": [{"@type": "NewsArticle", "datePublished": "2025-05-12"}]}': "",
    '[{"@type": "Article", "datePublished": "2025-05-12"}, {"@type": "Article", "datePublished": "2024-05-12"}]': "",
    '{"@type": "Article", "datePublished": null, "dateModified": "2025-05-12"}': "",
    '{"@type": "Article", "datePublished": {"@value": "2025-05-12"}}': "",
    '{"@type": "Article", "description": "two\nlines", "datePublished": "2025-05-12"}': "2025-05-12",
    '{"@type": "Article", "datePublished": "2025-05-12",}': "",
    '{"@type": [["Article"]], "datePublished": "2025-05-12"}': "",
    "[" * 100_000: "",
    "": "",
}  # fmt: skip


@pytest.mark.parametrize("script", DATES, ids=range(len(DATES)))
def test_the_date_of_the_page_itself(script: str) -> None:
    page = read_page(f'<script type="application/ld+json">{script}</script><h1>Storm Amy</h1>')
    assert date_published(page) == DATES[script]


def test_it_adds_the_hours_of_the_day_that_is_shown() -> None:
    page = (
        '<title>Storm Amy</title><script type="application/ld+json">{"@type": "NewsArticle", '
        '"datePublished": "2025-10-21T00:01:00+01:00"}</script><h1>Storm Amy</h1><p>Published: 21 October 2025</p>'
        f"<article>{'<p>The government has paid for the mending of roads after the storm.</p>' * 5}</article>"
    )
    article = extract(page)
    assert article.published == "2025-10-21T00:01:00+01:00"
    assert any(one.rule == "json-ld:datePublished" for one in article.evidence)
