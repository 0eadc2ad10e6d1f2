"""`list_page`: one list page to its rows and its pager. Pure."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Mapping
from io import BytesIO
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

from archive.records import Listing, ListRow, Pager
from crawler.decode import decode_page
from crawler.html import parse
from crawler.listing import data
from crawler.listing.pagers import html_pager
from crawler.listing.rows import html_rows
from crawler.portal import ListRules, Portal

MAX_UNZIPPED = 32 * 1024 * 1024
COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
JSONP = re.compile(r"^\s*[\w.$]+\s*\(\s*(?=[\[{])(.*)\)\s*;?\s*$", re.DOTALL)


def list_page(
    page: bytes | str,
    url: str,
    *,
    portal: Portal | None = None,
    headers: Mapping[str, str] | Iterable[tuple[str, str]] | None = None,
) -> Listing:
    """The rows (absolute address, headline, date) and the pager of one list page of any platform."""
    if isinstance(page, bytes) and page.startswith(b"\x1f\x8b"):
        page = gzip.GzipFile(fileobj=BytesIO(page)).read(MAX_UNZIPPED)
    text = decode_page(page, headers, encoding=portal.encoding if portal else None).text
    rules = portal.list_rules(url) if portal else ListRules()
    return _filtered(_read(text, url, rules), rules)


def _read(text: str, url: str, rules: ListRules) -> Listing:
    start = text.lstrip()[:200]
    if start[:1] in ("{", "[") or JSONP.match(text[:100] + text[-5:]):
        return _json(text, url, rules)
    if re.match(r"(?:<\?xml[^>]*>\s*)?<(?:rss|feed|urlset|sitemapindex|rdf)\b", start, re.IGNORECASE):
        return Listing(data.feed_rows(text, url), Pager("file_list"), "feed")
    if "<datastore>" in text or "<recordset>" in text:
        rows = html_rows(parse(data.datastore_rows(text)), url)
        return Listing(tuple(rows), data.datastore_pager(text, url), "hanweb")
    return _html(text, url, rules)


def _json(text: str, url: str, rules: ListRules) -> Listing:
    wrapped = JSONP.match(text)
    try:
        value = json.loads(wrapped[1] if wrapped else text)
    except ValueError as error:
        return Listing(issues=(f"JSON that cannot be read: {error}",))
    listing = data.json_listing(value, url, rules.fields)
    if listing is not None:
        return listing
    markup = _markup_in(value)
    if markup:
        return _html(markup, url, rules)
    return Listing(
        issues=("JSON without a list of records (wanted: headline and address in each); has its shape changed?",)
    )


def _markup_in(value: object) -> str | None:
    """The longest piece of HTML in a JSON answer (jpaas)."""
    queue, found = [value], ""
    while queue:
        one = queue.pop()
        if isinstance(one, str) and "<a" in one and len(one) > len(found):
            found = one
        elif isinstance(one, dict):
            queue += one.values()
        elif isinstance(one, list):
            queue += one
    return found or None


def _html(text: str, url: str, rules: ListRules) -> Listing:
    tree = parse(text)
    base = _base(tree, rules.base_url or url)
    rows = _selected(tree, base, rules) if rules.row else html_rows(tree, base)
    if not rows:
        rows = _in_comments(text, base)
    if not rows:
        embedded = data.embedded_json(text)
        if embedded is not None:
            listing = data.json_listing(embedded, base)
            rows = list(listing.rows) if listing else []
    pager = html_pager(text, tree, url)
    issues = () if rows else (_why_empty(text, tree),)
    return Listing(tuple(rows), pager, None, issues)


def _selected(tree: LexborHTMLParser, base: str, rules: ListRules) -> list[ListRow]:
    """The rows of a definition's own selector, each read like any other."""
    markup = "".join(f"<li>{node.html}</li>" for node in tree.css(rules.row or "li"))
    return html_rows(LexborHTMLParser(f"<ul>{markup}</ul>"), base)


def _in_comments(text: str, base: str) -> list[ListRow]:
    """Rows that stand in comments (Gansu, Shanghai): the comment with most of them."""
    best: list[ListRow] = []
    for match in COMMENT.finditer(text):
        if match[1].count("<a") > max(len(best), 2):
            rows = html_rows(parse(match[1]), base)
            if len(rows) > len(best):
                best = rows
    return best


def _base(tree: LexborHTMLParser, url: str) -> str:
    node = tree.css_first("base[href]")
    href = node.attributes.get("href") if node else None
    try:
        return urljoin(url, href) if href else url
    except ValueError:
        return url


def _why_empty(text: str, tree: LexborHTMLParser) -> str:
    links = len(tree.css("a[href]"))
    if len(text) < 2000 and re.search(r"http-equiv=[\"']?refresh|location\.(?:href|replace)", text, re.IGNORECASE):
        return "a redirect shell instead of a list; name the column it leads to"
    if links < 5 and "<script" in text:
        return f"no rows: the page is filled by script ({links} links); name the data address it loads"
    return f"no rows found among {links} links (wanted: repeated links with headline and date)"


def _filtered(listing: Listing, rules: ListRules) -> Listing:
    """Only what the definition lets in."""
    include = re.compile(rules.include) if rules.include else None
    exclude = re.compile(rules.exclude) if rules.exclude else None
    rows = tuple(
        row
        for row in listing.rows
        if not (exclude and exclude.search(row.url))
        and (include is None or include.search(row.url) or _elsewhere(row.url, include))
    )
    return Listing(rows, listing.pager, listing.platform, listing.issues)


def _elsewhere(url: str, include: re.Pattern[str]) -> bool:
    """Rows that leave the platform are kept: they become links of the column."""
    return "mp.weixin.qq.com" in url or bool(re.search(r"\.(?:pdf|docx?|xlsx?)$", url, re.IGNORECASE))
