"""How a list goes on, by every kind of pager: the definition's word first, then what the page tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from archive.records import Pager
from crawler.listing import interfaces, windows
from crawler.listing.links import link_pager
from crawler.listing.numbered import numbered_pager
from crawler.listing.ruled import ruled_pager
from crawler.listing.values import Found
from crawler.listing.widgets import drawn_pager
from crawler.portal import PagerRules


def html_pager(
    text: str,
    tree: LexborHTMLParser,
    url: str,
    base: str,
    rows: int,
    request: Mapping[str, Any] | None,
    rules: PagerRules,
) -> Pager:
    """The pager of an HTML list page, whose links are relative to `base`."""
    stated = ruled_pager(text, tree, url, rows, request, rules)
    if stated is not None and (rules.total or rules.selector or stated.kind in ("single", "file_list")):
        return stated
    told = (
        windows.embedded_pager(text, url, rows)
        or drawn_pager(tree, url, base)
        or numbered_pager(text, url)
        or link_pager(text, tree, url, base, rows)
    )
    if told is not None and (told.total_pages is not None or told.next_url or told.next_request):
        return told
    asked = interfaces.discovered(text, url, rows)
    if asked is not None and told is not None:
        asked = replace(asked, total_records=told.total_records)
    return asked or stated or told or Pager("single", total_pages=1 if rows else None)


def json_pager(
    found: Found, url: str, request: Mapping[str, Any] | None, rules: PagerRules, markup: str, text: str
) -> Pager:
    """The pager of a JSON answer."""
    stated = ruled_pager(text, None, url, len(found.rows), request, rules)
    told = interfaces.json_pager(found, url, request, markup)
    if stated is None or told.next_url or told.next_request:
        return told
    return replace(stated, total_pages=told.total_pages, total_records=told.total_records) if found.rows else told


def store_pager(text: str, url: str, rows: int, request: Mapping[str, Any] | None, rules: PagerRules) -> Pager:
    """The pager of an XML answer of dataproxy.jsp."""
    told = windows.store_pager(text, url, rows, request)
    return (
        told
        if told.next_url or told.next_request or told.total_records
        else (ruled_pager(text, None, url, rows, request, rules) or told)
    )
