"""Rows as a portal's definition points at them: CSS selectors, also inside comments and CDATA."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from archive.records import ListRow
from crawler.html import fold, parse
from crawler.listing.addresses import absolute
from crawler.listing.dates import date_of
from crawler.listing.hidden import cdata_of, comments_of, datastore_markup
from crawler.listing.pieces import headline, pieces_of, row_date
from crawler.portal import ListRules


def selected_rows(text: str, tree: LexborHTMLParser, base: str, rules: ListRules) -> list[ListRow]:
    """The rows that the definition's selector finds, in the page or, with `mode`, where the page hides them."""
    trees = [tree]
    if rules.mode == "html_in_comment":
        trees = [parse("\n".join(comments_of(text)))]
    elif rules.mode == "xml_cdata":
        trees = [parse(datastore_markup(text) or "\n".join(cdata_of(text)))]
    rows: dict[str, ListRow] = {}
    for one in trees:
        for node in one.css(rules.row or "li"):
            row = _row(node, base, rules)
            if row is not None:
                rows.setdefault(row.url, row)
    return list(rows.values())


def _row(node: LexborNode, base: str, rules: ListRules) -> ListRow | None:
    links = node.css(rules.link) if rules.link else [node] if node.tag == "a" else node.css("a[href]")
    link = (
        max(links, key=lambda one: len(one.text(strip=True)), default=None)
        if not rules.link
        else next(iter(links), None)
    )
    url = absolute(link.attributes.get("href") or "", base) if link is not None else None
    if link is None or url is None:
        return None
    pieces = pieces_of([node], link, url)
    printed = _text(node, rules.date)
    date = (date_of(printed) if printed else None) or row_date(pieces, url)[0]
    title = re.sub(r"\s+$", "", _text(node, rules.title) or headline(link, pieces))
    return ListRow(url, title, date) if title else None


def _text(node: LexborNode, selector: str | None) -> str:
    found = node.css_first(selector) if selector else None
    return fold(found.text(separator=" ")) if found is not None else ""
