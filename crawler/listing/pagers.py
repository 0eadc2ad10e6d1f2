"""How a list goes on: the pager's data is read from the raw text (it often stands in comments), else from its links."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from archive.records import Pager
from crawler.html import fold

# createPageHTML with a quoted first argument counts from 1 (UCAP), with a number from 0 (TRS).
QUOTED = re.compile(
    r"createPage(?:HTML)?\(\s*['\"]([\w-]+)['\"]\s*,\s*['\"]?(\d+)['\"]?\s*,\s*['\"]?(\d+)['\"]?\s*,\s*['\"]([\w-]+)['\"]\s*,\s*['\"](\w+)['\"]"
    r"(?:\s*,\s*['\"]?(\d+))?"
)
NUMERIC = re.compile(
    r"createPage(?:HTML)?\(\s*(\d+)\s*,\s*(\d+)\s*,\s*['\"]([\w-]+)['\"]\s*,\s*['\"](\w+)['\"](?:[^)]*?,\s*(\d+)\s*\))?"
)
COUNT_PAGE = re.compile(r"countPage\s*[=:]\s*(?:parseInt\(['\"])?(\d+)")
CURRENT_PAGE = re.compile(r"currentPage\s*[=:]\s*(?:parseInt\(['\"])?(\d+)")
PAGE_NAME = re.compile(r"PAGE_NAME\s*[=:]\s*['\"]([\w-]+)['\"]")
PAGE_EXT = re.compile(r"PAGE_EXT\s*[=:]\s*['\"](\w+)['\"]")
CCGP = re.compile(
    r"Pager\(\{\s*size\s*:\s*(\d+)\s*,\s*current\s*:\s*(\d+)\s*,\s*prefix\s*:\s*['\"](\w+)['\"]\s*,\s*suffix\s*:\s*['\"](\w+)['\"]"
)
MAX_PAGE_NUM = re.compile(r"maxPageNum\s*=\s*['\"]?(\d+)")
INNER = re.compile(r"index_(\d+)_(\d+)\.html")
VSB = re.compile(r"_simple_list_gotopage_fun\((\d+)")
NEXT_TEXT = re.compile(r"^(?:下一?页|下一頁|后一?页|next|下页|>|»|›|&gt;)\s*[>»›]*$", re.IGNORECASE)
TOTAL_RECORDS = re.compile(r"共\s*(?:有|计)?\s*(\d+)\s*(?:条|项|篇|个)|总\s*(?:记录)?数?\s*[:：]?\s*(\d+)\s*条")
TOTAL_PAGES = re.compile(
    r"共\s*(\d+)\s*页|\d+\s*/\s*(\d+)\s*页|pageCount\s*[:=]\s*['\"]?(\d+)|totalPage\s*[:=]\s*['\"]?(\d+)"
)


def html_pager(text: str, tree: LexborHTMLParser, url: str) -> Pager:
    """The pager of an HTML list page."""
    for read in (_quoted, _numeric, _ccgp, _count_page, _inner):
        pager = read(text, url)
        if pager is not None:
            return pager
    return _next_link(text, tree, url)


def _numbered(
    url: str, stem: str, suffix: str, total: int, current: int, name: Callable[[int], str], records: int | None
) -> Pager:
    """Pages by number: `current` and the names count from the first page = 1."""
    folder = url if url.endswith("/") else url.rpartition("/")[0] + "/"
    urls = tuple(urljoin(folder, name(page)) for page in range(current + 1, min(total, current + 500) + 1))
    return Pager("numbered", urls[0] if urls else None, urls, None, total, records)


def _quoted(text: str, url: str) -> Pager | None:
    match = QUOTED.search(text)
    if not match:
        return None
    _, total, current, stem, suffix, records = match.groups()
    return _numbered(
        url, stem, suffix, int(total), int(current), lambda n: f"{stem}_{n}.{suffix}", int(records) if records else None
    )


def _numeric(text: str, url: str) -> Pager | None:
    match = NUMERIC.search(text)
    if not match:
        return None
    total, current, stem, suffix, records = match.groups()
    return _numbered(
        url,
        stem,
        suffix,
        int(total),
        int(current) + 1,
        lambda n: f"{stem}_{n - 1}.{suffix}",
        int(records) if records else None,
    )


def _ccgp(text: str, url: str) -> Pager | None:
    match = CCGP.search(text)
    if not match:
        return None
    total, current, stem, suffix = match.groups()
    return _numbered(url, stem, suffix, int(total), int(current) + 1, lambda n: f"{stem}_{n - 1}.{suffix}", None)


def _count_page(text: str, url: str) -> Pager | None:
    total, current = COUNT_PAGE.search(text), CURRENT_PAGE.search(text)
    if not total:
        return None
    name, suffix = PAGE_NAME.search(text), PAGE_EXT.search(text)
    file = re.search(r"/([\w-]+?)(?:_\d+)?\.(s?html?)$", urlsplit(url).path)
    stem = name[1] if name else file[1] if file else "index"
    ending = suffix[1] if suffix else file[2] if file else "html"
    return _numbered(
        url,
        stem,
        ending,
        int(total[1]),
        int(current[1] if current else 0) + 1,
        lambda n: f"{stem}_{n - 1}.{ending}",
        None,
    )


def _inner(text: str, url: str) -> Pager | None:
    """ccontent: index_<component>_<k>.html, k counted from the oldest; page 2 on screen is k = maxPageNum - 1."""
    top, here = MAX_PAGE_NUM.search(text), INNER.search(url)
    numbers = {(m[1], int(m[2])) for m in INNER.finditer(text)}
    component = (
        here[1] if here else max((c for c, _ in numbers), default=None, key=lambda c: sum(x == c for x, _ in numbers))
    )
    if component is None or not (top or here):
        return None
    highest = int(top[1]) - 1 if top else int(here[2]) - 1 if here else 0
    start = int(here[2]) - 1 if here else highest
    if start < 1:
        return Pager("descending", None, (), None, int(top[1]) if top else None, None)
    urls = tuple(urljoin(url, f"index_{component}_{k}.html") for k in range(start, 0, -1))
    return Pager("descending", urls[0], urls, None, int(top[1]) if top else None, None)


def _next_link(text: str, tree: LexborHTMLParser, url: str) -> Pager:
    records, pages = TOTAL_RECORDS.search(text), TOTAL_PAGES.search(text)
    total_records = int(next(filter(None, records.groups()))) if records else None
    total_pages = int(next(filter(None, pages.groups()))) if pages else None
    vsb = VSB.search(text)
    kind = "descending" if vsb else "next_link"
    total_pages = int(vsb[1]) if vsb else total_pages
    for node in tree.css("a.next, a.p_next, .p_next a, .next a, a[rel=next], a"):
        if not NEXT_TEXT.match(fold(node.text())) and "next" not in (node.attributes.get("class") or ""):
            continue
        href = re.sub(r"\s+", "", node.attributes.get("href") or "")
        if href and not href.startswith(("javascript:", "#")):
            target = urljoin(url, href).partition("#")[0]
            if target != url:
                return Pager(kind, target, (target,), None, total_pages, total_records)
    return Pager("single" if total_pages in (None, 1) else kind, None, (), None, total_pages, total_records)
