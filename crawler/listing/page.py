"""`list_page`: one list page of any platform to its rows and its pager. Pure."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

from archive.records import Listing, ListRow
from archive.urls import host_of
from crawler.decode import decode_page
from crawler.html import parse
from crawler.listing.addresses import belongs_to, is_attachment
from crawler.listing.feeds import feed_listing, is_feed
from crawler.listing.files import is_file, pager_in_file
from crawler.listing.groups import html_rows
from crawler.listing.hidden import datastore_markup, hidden_rows
from crawler.listing.issues import explain
from crawler.listing.pagers import html_pager, json_pager, store_pager
from crawler.listing.selected import selected_rows
from crawler.listing.twins import without_twins
from crawler.listing.values import found_rows, markup_in
from crawler.listing.walk import leads_on
from crawler.platforms import platform_of
from crawler.portal import ListRules, Portal

MAX_UNZIPPED = 32 * 1024 * 1024
EMPTY = re.compile(
    r">\W*(?:暂无|暂时没有|没有)(?:相关|任何|找到|该栏目|此类)?(?:信息|内容|数据|记录|文章|资料|新闻)\W*<"
)
BESIDE = 12  # rows of a box beside an empty list, at most
JSONP = re.compile(r"^\s*(?:/\*.{0,200}?\*/)?\s*[\w.$]{0,80}\s*\(\s*(?=[\[{])(.*)\)\s*;?\s*$", re.DOTALL)


def list_page(
    page: bytes | str,
    url: str,
    *,
    portal: Portal | None = None,
    headers: Mapping[str, str] | Iterable[tuple[str, str]] | None = None,
    request: Mapping[str, Any] | None = None,
) -> Listing:
    """The rows (absolute address, headline, date) and the pager of one list page.

    `request` is what the page was asked with, where that was no plain GET: the pager's `next_request` follows from it.
    """
    text = decode_page(_unzipped(page), headers, encoding=portal.encoding if portal else None).text
    rules = portal.list_rules(url) if portal else ListRules()
    listing = _read(text, url, rules, request)
    if request is not None and is_file(request):
        listing = replace(listing, pager=pager_in_file(request), issues=_odd_file(listing, text))
    rows = tuple(row for row in without_twins(listing.rows) if _let_in(row, rules, url))
    issues = listing.issues or (() if leads_on(listing) else explain(text, url, listing.rows, rows, rules))
    platform = portal.preset if portal and portal.preset else platform_of(text, url)
    return replace(listing, rows=rows, platform=platform, issues=issues)


def _unzipped(page: bytes | str) -> bytes | str:
    """Sitemaps come as .gz files."""
    if not isinstance(page, bytes) or not page.startswith(b"\x1f\x8b"):
        return page
    try:
        return gzip.GzipFile(fileobj=BytesIO(page)).read(MAX_UNZIPPED)
    except (OSError, EOFError, zlib.error):
        return page


def _read(text: str, url: str, rules: ListRules, request: Mapping[str, Any] | None) -> Listing:
    value = _json_value(text)
    if value is not None:
        return _json(value, text, url, rules, request)
    if is_feed(text):
        return feed_listing(text, url)
    head = text[:2000].lower()
    if "<html" not in head and ("<datastore" in head or "<recordset" in head):
        rows, _ = html_rows(parse(datastore_markup(text)), rules.base_url or url, url)
        return Listing(tuple(rows), store_pager(text, url, len(rows), request, rules.pager))
    return _html(text, url, rules, request)


def _json_value(text: str) -> Any:
    """The value of a JSON or JSONP answer, else None."""
    start = text.lstrip("\ufeff \r\n\t")
    if not start or (start[0] not in "[{" and not JSONP.match(start)):
        return None
    try:
        return json.loads(start if start[0] in "[{" else JSONP.sub(r"\1", start))
    except (ValueError, RecursionError):
        return None


def _json(value: Any, text: str, url: str, rules: ListRules, request: Mapping[str, Any] | None) -> Listing:
    base = rules.base_url or url
    found = found_rows(value, base, rules.fields, rules.pager.rows)
    rows = found.rows
    markup = "" if rows else markup_in(value)
    if markup:
        markup = datastore_markup(markup) if "<record" in markup.lower() else markup
        rows = tuple(html_rows(parse(markup), base, url)[0])
        found = replace(found, rows=rows)
    return Listing(rows, json_pager(found, url, request, rules.pager, markup, text))


def _html(text: str, url: str, rules: ListRules, request: Mapping[str, Any] | None) -> Listing:
    tree = parse(text)
    linked_from = _base(tree, url)
    base = rules.base_url or linked_from
    if rules.row:
        rows = selected_rows(text, tree, base, rules)
    else:
        rows, shown = html_rows(tree, base, url)
        hidden, sure = hidden_rows(text, tree, base, url)
        rows = hidden if sure > shown else rows
    pager = html_pager(text, tree, url, linked_from, len(rows), request, rules.pager)
    if pager.total_records == 0 or (EMPTY.search(text) and _is_empty(tree, rows, url)):
        rows = []
    return Listing(tuple(rows), pager)


def _is_empty(tree: LexborHTMLParser, rows: list[ListRow], url: str) -> bool:
    """Whether a page says that its column is empty; a few rows of other columns are then a box beside it."""
    if len(rows) >= BESIDE or any(belongs_to(row.url, url) for row in rows):
        return False
    own_texts = (node.text(deep=False, strip=True) for node in tree.css("li, td, dd, p, div, span"))
    return any(EMPTY.fullmatch(f">{text}<") for text in own_texts)


def _base(tree: LexborHTMLParser, url: str) -> str:
    node = tree.css_first("base[href]")
    try:
        return urljoin(url, (node.attributes.get("href") or "").strip()) if node else url
    except ValueError:
        return url


def _odd_file(listing: Listing, text: str) -> tuple[str, ...]:
    """What is wrong with a file of a sitemap index."""
    if not is_feed(text):
        return ("a file of a sitemap index that is no sitemap",)
    return (
        (f"an index within an index: its {len(listing.pager.urls)} files are not read",) if listing.pager.urls else ()
    )


def _let_in(row: ListRow, rules: ListRules, url: str) -> bool:
    """What the definition lets in. Rows that leave the portal or are files stay: they become links of the column."""
    if rules.exclude and re.search(rules.exclude, row.url):
        return False
    if not rules.include or re.search(rules.include, row.url):
        return True
    return is_attachment(row.url) or host_of(row.url) != host_of(rules.base_url or url)
