"""Pagers that say how many pages there are and how their files are called: found in the raw text, as the call often
stands in a comment. A quoted first argument of createPageHTML counts from 1 (UCAP), a number from 0 (TRS)."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from archive.records import Pager

MAX_URLS = 2_000
Q = r"\s*[\"']?"  # an argument, quoted or not
QUOTED = re.compile(
    rf"\b(?:createPageHTML|createPage)\(\s*[\"']([\w-]*)[\"']\s*,{Q}(\d+)[\"']?\s*,{Q}(\d+)[\"']?\s*,\s*[\"']([\w-]+)[\"']"
    rf"\s*,\s*[\"']\.?(\w+)[\"']\s*(?:,{Q}(\d+))?"
)
NUMERIC = re.compile(
    r"\b(?:createPageHTML|createPage)\(\s*(\d+)\s*,\s*(\d+)\s*,\s*[\"']([\w-]+)[\"']\s*,\s*[\"']\.?(\w+)[\"']"
    r"(?:\s*,\s*[\"'][^\"']{0,40}[\"'])?(?:\s*,\s*[\"']?(\d+)[\"']?)?"
)
CCGP = re.compile(
    r"\bPager\(\{\s*size\s*:\s*(\d+)\s*,\s*current\s*:\s*(\d+)\s*,\s*prefix\s*:\s*[\"']([\w-]+)[\"']\s*,\s*suffix\s*:\s*[\"'](\w+)"
)
CALLED = re.compile(r"\b(createPageHTML|createPage)\(([^()]{1,200})\)")
VARIABLE = re.compile(r"[A-Za-z_$][\w$]{0,40}")
# The name of a page's file as a script puts it together: "index" + "_" + n + "." + "htm"
_JOIN = r"""(?:["']\s*\+\s*["'])?"""
_ENDING = r"(s?html?|jhtml|jspx?|aspx?|php)\b"
MADE = re.compile(rf"""[\w-]{{1,40}}{_JOIN}_["']\s*\+\s*[\w ()+-]{{1,30}}?\+\s*["']{_JOIN}\.{_JOIN}{_ENDING}""")
COUNT = re.compile(r"\bcountPage\s*[=:]\s*(?:parseInt\()?\s*[\"']?\s*(\d+)")
CURRENT = re.compile(r"\bcurrentPage\s*[=:]\s*(?:parseInt\()?\s*[\"']?\s*(\d+)")
NAME = re.compile(r"\b(?:PAGE_NAME|pageName)\s*[=:]\s*[\"']([\w-]+)[\"']")
EXT = re.compile(r"\b(?:PAGE_EXT|pageExt)\s*[=:]\s*[\"']\.?(\w+)[\"']")
SET_PAGE = re.compile(r"\.pagination\(\s*[\"']setPage[\"']\s*,\s*(\d+)\s*,\s*(\d+)")
TOTAL_PAGE = re.compile(r"\btotalPages?\s*:\s*[\"']?(\d+)")
PAGE_DEC = re.compile(r"<div[^<>]{0,200}\bid=[\"']?pageDec\b[^<>]{0,500}>", re.IGNORECASE)
DEC_COUNT, DEC_INDEX = (re.compile(rf"\b{name}=[\"']?(\d+)", re.IGNORECASE) for name in ("pagecount", "pageindex"))
DEC_BEFORE, DEC_BEHIND = (re.compile(rf"\b{name}=[\"']([^\"'\s]+)", re.IGNORECASE) for name in ("urlpre", "urlsuf"))
SHOW_PAGES = re.compile(r"\bnew\s+showPages\(\s*[\"'](\w{1,20})[\"']")
TABLE_NUM = re.compile(r"\bid=[\"']?articleListTable\b[^<>]{0,300}?\bnum=[\"']?(\d+)")
LONGXUN = re.compile(r"\bpageCount\s*:\s*(?:Number\()?[\"']?(\d+)")
PAGE_LINK = re.compile(r"\blink\s*:\s*[\"']([^\"'\s<>]{1,300}[?&]pageIndex=)[\"']")
PAGE_COUNT, PAGE_INDEX = (re.compile(rf"\b{name}\s*=\s*[\"']?(\d+)") for name in ("pageCount", "pageIndex"))
MAX_PAGE_NUM = re.compile(r"\bmaxPageNum\s*=\s*[\"']?(\d+)")
INNER = re.compile(r"\bindex_(\d{5,})_(\d+)\.html")


@dataclass(frozen=True, slots=True)
class Call:
    """What a pager's script says: pages count from 1 here."""

    total: int
    current: int | None  # None: not said
    stem: str
    ending: str
    shift: int  # number in the file name of page n is n - shift
    records: int | None = None


def numbered_pager(text: str, url: str) -> Pager | None:
    """The pager of a page that states its pages and their names, None where it doesn't."""
    told = _stated(text, url) or _shown_pages(text, url)
    if told is not None:
        return told
    for read in (_created, _counted, _shanghai, _henan):
        call = read(text, url)
        if call is not None:
            return _of_call(call, url)
    return _sitesources(text, url) or _longxun(text, url) or inner_pager(text, url)


def pages(name: Callable[[int], str], base: str, current: int, total: int) -> tuple[str, ...]:
    """The addresses of the other pages, the next one first, those before it last."""
    last = min(total, current + MAX_URLS)
    return tuple(urljoin(base, name(n)) for n in [*range(current + 1, last + 1), *range(1, min(current, MAX_URLS))])


def _of_call(call: Call, url: str) -> Pager:
    def name(n: int) -> str:
        return f"{call.stem}.{call.ending}" if n == 1 else f"{call.stem}_{n - call.shift}.{call.ending}"

    own = re.search(rf"/{re.escape(call.stem)}_(\d+)\.\w+$", urlsplit(url).path)
    current = int(own[1]) + call.shift if own else call.current or 1
    return pager_of("numbered", name, url, current, call.total, call.records)


def pager_of(kind: str, name: Callable[[int], str], url: str, current: int, total: int, records: int | None) -> Pager:
    urls = pages(name, url, current, total)
    return Pager(kind, urls[0] if current < total else None, urls, None, total, records)


def _created(text: str, url: str) -> Call | None:
    calls = _with_values(text)
    quoted = QUOTED.search(calls)
    if quoted:
        _, total, current, stem, ending, records = quoted.groups()
        shift = int(int(current) == 0)  # counts from 0 all the same
        return Call(int(total), int(current) + shift, stem, ending, shift, int(records) if records else None)
    numeric = NUMERIC.search(calls)
    if numeric:
        total, current, stem, ending, records = numeric.groups()
        return Call(int(total), int(current) + 1, stem, ending, 1, int(records) if records else None)
    ccgp = CCGP.search(text)
    return Call(int(ccgp[1]), int(ccgp[2]) + 1, ccgp[3], ccgp[4], 1) if ccgp else None


def _with_values(text: str) -> str:
    """The calls of the text, their variables replaced by what the page sets them to: createPageHTML(total, now, …)."""
    if "createPage" not in text:
        return ""

    def value(name: str) -> str:
        given = re.search(rf"\b{re.escape(name)}\s*=\s*(\d{{1,8}}|[\"'][\w.-]{{0,40}}[\"'])", text)
        return given[1] if given else name

    def written(argument: str) -> str:
        return value(argument) if VARIABLE.fullmatch(argument) else argument

    calls = ((name, (one.strip() for one in given.split(","))) for name, given in CALLED.findall(text))
    return "\n".join(f"{name}({', '.join(map(written, given))})" for name, given in calls)


def _counted(text: str, url: str) -> Call | None:
    """TRS: var countPage = 9 with var currentPage = 0; pageCount, pageIndex, pageName and pageExt elsewhere."""
    count, current, name = COUNT.search(text), CURRENT.search(text), NAME.search(text)
    if not count and name:
        count, current = PAGE_COUNT.search(text), PAGE_INDEX.search(text)
    if not count:
        return None
    stem, ending = file_of(url)
    ext = EXT.search(text) or MADE.search(text)
    return Call(int(count[1]), int(current[1]) + 1 if current else None, name[1] if name else stem,
                ext[1] if ext else ending, 1)  # fmt: skip


def _shanghai(text: str, url: str) -> Call | None:
    set_page, total = SET_PAGE.search(text), TOTAL_PAGE.search(text)
    stem, ending = file_of(url)
    if set_page:
        return Call(int(set_page[2]), int(set_page[1]), stem, ending, 0)
    return Call(int(total[1]), None, stem, ending, 0) if total and "pagination" in text else None


def _henan(text: str, url: str) -> Call | None:
    found = PAGE_DEC.search(text)
    count = DEC_COUNT.search(found[0]) if found else None
    return Call(int(count[1]), None, *file_of(url), 1) if count else None


def _stated(text: str, url: str) -> Pager | None:
    """Henan's province: pageDec states the page shown, and what stands before and behind the number in an address."""
    found = PAGE_DEC.search(text)
    stated = [one.search(found[0]) if found else None for one in (DEC_COUNT, DEC_INDEX, DEC_BEFORE, DEC_BEHIND)]
    if not all(stated[:3]):
        return None
    count, index = (int(one[1]) for one in stated[:2] if one)
    before, behind = stated[2][1] if stated[2] else "", stated[3][1] if stated[3] else ".html"
    shift = int(index == 0)  # on a later page it doesn't show: one page too many is then asked for
    return pager_of("numbered", lambda n: f"{before}{n - shift}{behind}", url, index + shift, count, None)


def _shown_pages(text: str, url: str) -> Pager | None:
    """showPages.js, of old ASP: the page's own address with one parameter more."""
    found = SHOW_PAGES.search(text)
    count = re.search(rf"\b{found[1]}\.pageCount\s*=\s*(\d+)", text) if found else None
    if not found or not count:
        return None
    named = re.search(rf"\b{found[1]}\.argName\s*=\s*[\"'](\w+)[\"']", text)
    name = named[1] if named else "page"
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    own = next((int(value) for key, value in pairs if key == name and value.isdecimal()), 1)
    others = [pair for pair in pairs if pair[0] != name]

    def address(n: int) -> str:
        return urlunsplit(parts._replace(query=urlencode([*others, (name, n)], safe="/:,[]")))

    return pager_of("numbered", address, url, own, int(count[1]), None)


def _sitesources(text: str, url: str) -> Pager | None:
    found, own = TABLE_NUM.search(text), re.search(r"/list(\d+)\.html$", urlsplit(url).path)
    if not found:
        return None
    return pager_of("numbered", lambda n: f"list{n}.html", url, int(own[1]) if own else 1, int(found[1]), None)


def _longxun(text: str, url: str) -> Pager | None:
    found = LONGXUN.search(text)
    if not found or not re.search(r"/(?:content|public)/column/|pageIndex", url + text):
        return None
    own, written = re.search(r"[?&]pageIndex=(\d+)", url), PAGE_LINK.search(text)
    rest = re.sub(r"([?&])pageIndex=\d+&?", r"\1", url).rstrip("?&")
    before = html.unescape(written[1]) if written else f"{rest}{'&' if '?' in rest else '?'}pageIndex="
    return pager_of("numbered", lambda n: f"{before}{n}", url, int(own[1]) if own else 1, int(found[1]), None)


def inner_pager(text: str, url: str) -> Pager | None:
    """ccontent: index_<component>_<k>.html counted from the oldest; page 2 on screen is k = maxPageNum - 1."""
    here = INNER.search(urlsplit(url).path)
    tops = [int(top) for top in MAX_PAGE_NUM.findall(text) if int(top)]
    components = [found[1] for found in INNER.finditer(text)]
    if here:
        component, k = here[1], int(here[2])
    elif tops and components:
        component, k = max(components, key=components.count), max(tops)
    else:
        return None
    urls = tuple(urljoin(url, f"index_{component}_{n}.html") for n in range(k - 1, 0, -1))
    return Pager("descending", urls[0] if urls else None, urls, None, max(tops, default=None), None)


def file_of(url: str) -> tuple[str, str]:
    """Stem and ending of a list page's file, the page number taken off; index.html for a folder."""
    found = re.search(r"/([\w-]+?)(?:_\d+)?\.(\w+)$", urlsplit(url).path)
    return (found[1], found[2]) if found else ("index", "html")
