"""Pagers that are links: "下一页", page numbers, links that call a script or post a form."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import chain
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from archive.records import Pager
from archive.urls import article_key, canonical_url
from crawler.html import fold, parse
from crawler.listing.actions import Scripts
from crawler.listing.addresses import absolute
from crawler.listing.scripted import turned

NEXT = re.compile(
    r"^[\[(（【]?\s*(?:下\s?一?\s?[页頁]|后\s?一?\s?页|next(?:\s?page)?|[>›»＞]|&gt;)\s*[>›»＞→]{0,3}\s*[\])）】]?$",
    re.I,
)
NEXT_PAGE = re.compile(r"下\s?一?\s?[页頁]\s?[>›»＞]{0,2}$")
NOT_NEXT = re.compile(r"篇|prev|[首上前尾末]一?[页頁]")
NEXT_CLASS = re.compile(r"(?:^|[\s_-])next(?:$|[\s_-])|^nextpage$", re.IGNORECASE)
IN_SCRIPT = re.compile(r"[\"']([^\"'\s(){}]{1,300}(?:\.\w{2,6}|[?&]\w+=)[^\"'\s(){}]{0,200})[\"']")
POSTBACK = re.compile(r"__doPostBack\(\s*&?#?3?9?;?[\"']([^\"']+)[\"']\s*,\s*[\"']([^\"']*)[\"']")
CALLED = re.compile(r"\b(?!void\()\w+\(\s*[\"']?(\d{1,5})[\"']?\s*\)")
BARE_CALL = re.compile(r"\b(\w{1,40})\(\s*\)")
PAGE_FIELD = re.compile(r"^(?:\w*page_?(?:no|num|number|index)?|curr?_?page|paging|pn)$", re.IGNORECASE)
PAGE_ID = re.compile(r"^pageid$", re.IGNORECASE)  # the number of a page, or of a column: only where nothing else is
# An address that a script completes with the page's number: location.href = "list.aspx?id=2&Paging=" + n
SPLICED = re.compile(
    r"[\"']([^\"'\s<>]{0,300}[?&](\w*page_?(?:no|num|number|index)?|paging|pn)=)[\"']\s*\+\s*\w", re.IGNORECASE
)
TOTAL_PAGES = re.compile(r"共\s*(\d{1,6})\s*页|总\s*页\s*数\s*[:：]?\s*(\d{1,6})|分\s*(\d{1,6})\s*页")
TOTAL_RECORDS = re.compile(
    r"共\s*(?:有|计)?\s*(?:\d{1,6}\s*页\s*[,，/]?\s*)?(\d{1,8})\s*(?:条|條|项|篇|个|记录)"
    r"|总\s*(?:记录|条)?\s*数\s*[:：]?\s*(\d{1,8})|总\s*(?:记录|条)\s*[:：]?\s*(\d{1,8})"
)
PLACE = re.compile(r"(?<![\d/.-])([1-9]\d{0,5})\s*/\s*共?\s*([1-9]\d{0,5})(?![\d/.-])")  # 1/31, but no day
NEAR = 12  # characters around a place where 页 must stand
VSB = re.compile(r"_simple_list_gotopage_fun\(\s*(\d+)")
MAX_SHOWN = 20  # numbers of pages that a pager shows
NUMBERS = re.compile(r"\d+")


def link_pager(text: str, tree: LexborHTMLParser, url: str, base: str, rows: int) -> Pager | None:
    """The pager of a page that links or posts to its next one; None where nothing says that there is one."""
    pages, records = totals(text, tree)
    scripts = Scripts(tree, url)
    target = _linked(tree, url, base, scripts) or _spliced(text, url, base, pages)
    if target:
        kind = "descending" if _descends(url, target, text, pages) else "next_link"
        return Pager(kind, target, (target, *_further(tree, base, target)), None, pages, records)
    posted = _posted(tree, url, scripts, pages)
    if posted and posted["method"] == "GET":
        target = str(posted["url"])
        return Pager("postback", target, (target,), None, pages, records)
    if posted:
        return Pager("postback", None, (), posted, pages, records)
    if pages and pages > 1 and rows and not VSB.search(text) and not _on_last_page(tree):
        counted = next_by_number(url)
        if counted and counted[0] <= pages:
            return Pager("numbered", counted[1], (counted[1],), None, pages, records)
    if pages and pages > 1:
        # its last page; on the first one walk.decide finds this odd
        return Pager("descending" if VSB.search(text) else "next_link", None, (), None, pages, records)
    return Pager("single", None, (), None, pages, records) if pages or records else None


def _linked(tree: LexborHTMLParser, url: str, base: str, scripts: Scripts) -> str | None:
    """What "next" leads to, or the number after this page's: where they differ, the arrow leaps ten pages."""
    arrow, number = next(_next_links(tree, url, base, scripts), None), _number_link(tree, url, base, scripts)
    if arrow and number and NUMBERS.sub("", arrow) == NUMBERS.sub("", number):
        return number
    return arrow or number


def totals(text: str, tree: LexborHTMLParser) -> tuple[int | None, int | None]:
    """Pages and records, as the page prints them: 共31页, 1/31, 共456条."""
    shown = _shown(tree)
    vsb, pages, records = VSB.search(text), TOTAL_PAGES.search(shown), TOTAL_RECORDS.search(shown)
    printed = int(next(filter(None, pages.groups()))) if pages else (_place(shown) or (0, None))[1]
    return int(vsb[1]) if vsb else printed, int(next(filter(None, records.groups()))) if records else None


def _shown(tree: LexborHTMLParser) -> str:
    return fold(tree.body.text(separator=" ")) if tree.body is not None else ""


def _place(shown: str) -> tuple[int, int] | None:
    """(page, pages) of "1/31 页" in a text."""
    for found in PLACE.finditer(shown):
        around = shown[max(found.start() - NEAR, 0) : found.end() + NEAR]
        if "页" in around and int(found[1]) <= int(found[2]):
            return int(found[1]), int(found[2])
    return None


def _on_last_page(tree: LexborHTMLParser) -> bool:
    """Whether the page says that it is the last: 6/6."""
    place = _place(_shown(tree))
    return place is not None and place[0] == place[1]


def _next_links(tree: LexborHTMLParser, url: str, base: str, scripts: Scripts) -> Iterator[str]:
    """What "next" leads to, as far as it is an address: also one inside onclick."""
    written = (parse(markup) for markup in scripts.written() if "<a" in markup)
    drawn = chain.from_iterable(map(_next_nodes, written))
    for node in chain(_next_nodes(tree), tree.css("link[rel=next]"), drawn):
        href = node.attributes.get("href") or ""
        target = absolute(href, base) or _carried(node, base) or turned(node, scripts, base) or _scripted(node, base)
        if target and (_is_other_page(url, target) or (NEXT_PAGE.match(fold(node.text())) and _is_second(url, target))):
            yield target


def _is_second(url: str, target: str) -> bool:
    """Whether an address of any form on the same host is, by its parameter, the page after this one."""
    return urlsplit(url).hostname == urlsplit(target).hostname and _page_in(urlsplit(target).query) == (
        (_page_in(urlsplit(url).query) or 1) + 1
    )


def _next_nodes(tree: LexborHTMLParser) -> Iterator[LexborNode]:
    """What is called next page, then what is marked as next by its class: VSB marks all links of a pager so."""
    marked = []
    for node in tree.css("a, button, input[type=button], :is(span, li, div, td)[onclick]"):
        image = node.css_first("img[alt]")
        name = fold(node.text()) or node.attributes.get("title") or node.attributes.get("value") or ""
        name = name or (image.attributes.get("alt") if image else "") or ""
        own = (
            f"{node.attributes.get('class') or ''} {node.attributes.get('rel') or ''} {node.attributes.get('id') or ''}"
        )
        around = node.parent.attributes.get("class") or "" if node.parent is not None else ""
        if len(name) <= 12 and NEXT.match(name.strip()):
            yield node
        elif any(NEXT_CLASS.search(word) for word in f"{own} {around}".split()) and not NOT_NEXT.search(name + own):
            marked.append(node)
    yield from marked


def _carried(node: LexborNode, base: str) -> str | None:
    """The address that a link keeps for its script in an attribute of its own."""
    kept = (node.attributes.get(name) or "" for name in ("data-url", "data-href", "data-link", "url", "tagname"))
    return next((absolute(one, base) for one in kept if "/" in one or "." in one or "?" in one), None)


def _scripted(node: LexborNode, url: str) -> str | None:
    script = f"{node.attributes.get('onclick') or ''} {node.attributes.get('href') or ''}"[:600]
    found = IN_SCRIPT.search(script) if "doPostBack" not in script else None
    return absolute(found[1], url) if found else None


def _is_other_page(url: str, target: str) -> bool:
    """Whether an address is another page of the same list: the same but for its numbers, or in the same folder."""
    if canonical_url(url) == canonical_url(target) or urlsplit(url).hostname != urlsplit(target).hostname:
        return False
    if article_key(target):  # the arrow of a picture show
        return False
    here, there = urlsplit(url), urlsplit(target)
    if NUMBERS.sub("", here.path) == NUMBERS.sub("", there.path) and not _falls_back(here.query, there.query):
        return True
    folder = here.path.rpartition("/")[0]
    stem = here.path.rpartition(".")[0]
    return (
        there.path.startswith((folder + "/", stem + "/")) or there.path.rpartition("/")[0] == folder.rpartition("/")[0]
    )


def _falls_back(here: str, there: str) -> bool:
    """Whether "next" leads to an earlier page: the last page's link may lead to the first."""
    one, other = _page_in(here), _page_in(there)
    return one is not None and other is not None and other <= one


def _page_in(query: str) -> int | None:
    pairs = parse_qsl(query)
    at = _page_at(pairs)
    return None if at is None else int(pairs[at][1])


def _page_at(pairs: list[tuple[str, str]]) -> int | None:
    """Which parameter of a query is the page's number."""
    for pattern in (PAGE_FIELD, PAGE_ID):
        found = (at for at, (key, value) in enumerate(pairs) if pattern.match(key) and value.isdigit())
        if (at := next(found, None)) is not None:
            return at
    return None


def _spliced(text: str, url: str, base: str, pages: int | None) -> str | None:
    """The next page's address where a script makes it of the number alone."""
    found = SPLICED.search(text) if pages and pages > 1 else None
    number = (_page_in(urlsplit(url).query) or 1) + 1
    return absolute(f"{html.unescape(found[1])}{number}", base) if found and pages and number <= pages else None


def _number_link(tree: LexborHTMLParser, url: str, base: str, scripts: Scripts) -> str | None:
    """The link of the page after this one among links "1 2 3": one number of their addresses goes with their text."""
    numbered: dict[int, str] = {}
    elsewhere: dict[int, str] = {}  # a search whose first page is the column
    for node in tree.css("a, option[value]"):
        name = node.text(strip=True).strip("[]第页")
        if not name.isdecimal() or len(name) > 4:
            continue
        target = absolute(node.attributes.get("href") or _address_in(node), base) or turned(node, scripts, base)
        if target and urlsplit(url).hostname == urlsplit(target).hostname:
            (numbered if _is_like(url, target) else elsewhere).setdefault(int(name), target)
    numbered = numbered or (elsewhere if _is_series(elsewhere) else {})
    if len(numbered) < 1 or min(numbered) > 3:
        return None
    here = canonical_url(url)
    current = next((n for n, target in numbered.items() if canonical_url(target) == here), None)
    return numbered.get((current or _current(numbered, url)) + 1)


def _address_in(option: LexborNode) -> str:
    """What a choice of pages leads to, where it is an address and not a bare number."""
    value = option.attributes.get("value") or ""
    return value if re.search(r"[./?]", value) else ""


def _is_like(url: str, target: str) -> bool:
    return urlsplit(url).path.rpartition("/")[0] == urlsplit(target).path.rpartition("/")[0]


def _is_series(numbered: dict[int, str]) -> bool:
    """Whether numbers lead to addresses that differ by them alone, and are too few for the days of a calendar."""
    plain = {n: canonical_url(target) for n, target in numbered.items()}  # without the session
    pairs = [(n, target, plain[n + 1]) for n, target in plain.items() if n + 1 in plain]
    made = [re.sub(rf"(?<!\d){n}(?!\d)", str(n + 1), target) == after for n, target, after in pairs]
    return bool(made) and all(made) and len(numbered) <= MAX_SHOWN


def _current(numbered: dict[int, str], url: str) -> int:
    """The number of this page, from how the other pages' addresses follow their numbers; 1 where it bears none."""
    for n, target in numbered.items():
        ours, theirs = NUMBERS.findall(url), NUMBERS.findall(target)
        if len(ours) == len(theirs) and NUMBERS.sub("", url) == NUMBERS.sub("", target):
            different = [(int(a), int(b)) for a, b in zip(ours, theirs, strict=True) if a != b]
            if len(different) == 1:
                return different[0][0] - different[0][1] + n
    return 1


def _descends(url: str, target: str, text: str, pages: int | None) -> bool:
    """VSB: page 2 of 31 is 30.htm."""
    ours, theirs = re.search(r"/(\d+)\.\w+$", url), re.search(r"/(\d+)\.\w+$", target)
    if ours and theirs:
        return int(theirs[1]) < int(ours[1])
    return theirs is not None and (VSB.search(text) is not None or (int(theirs[1]) == (pages or 0) - 1 > 1))


def _further(tree: LexborHTMLParser, base: str, target: str) -> list[str]:
    """The other page numbers a page links to."""
    found = [absolute(node.attributes.get("href") or "", base) for node in tree.css("a[href]")
             if node.text(strip=True).strip("[]").isdecimal()]  # fmt: skip
    return list(
        dict.fromkeys(one for one in found if one and one != target and NUMBERS.sub("", one) == NUMBERS.sub("", target))
    )


def next_by_number(url: str) -> tuple[int, str] | None:
    """(number, address) of the page after this one, where the address carries its number: ?page=2, list_2.html."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    if (at := _page_at(pairs)) is not None:
        key, value = pairs[at]
        pairs[at] = (key, str(int(value) + 1))
        return int(value) + 1, urlunsplit(parts._replace(query=urlencode(pairs, safe="/:,[]")))
    found = re.search(r"(?<=[/_-])(\d{1,4})(\.\w{2,6})?$|(?<=list)(\d{1,4})(\.\w{2,6})$", parts.path)
    if not found:
        return None
    number = int(found[1] or found[3]) + 1
    return number, url.replace(parts.path, f"{parts.path[: found.start()]}{number}{found[2] or found[4] or ''}", 1)


def _posted(tree: LexborHTMLParser, url: str, scripts: Scripts, pages: int | None) -> dict[str, object] | None:
    """The request behind a "next" that posts the page's form: ASP.NET's __doPostBack, or a page field."""
    for node in _next_nodes(tree):
        script = f"{node.attributes.get('href') or ''} {node.attributes.get('onclick') or ''}"
        post, called = POSTBACK.search(script), CALLED.search(script)
        form = tree.css_first("form") if post else _form_of(node, tree)
        submits = not (post or called) and _submits(script, scripts)
        if form is None or not (post or called or submits):
            continue
        fields = {name: one.attributes.get("value") or "" for one in form.css("input[type=hidden], input[type=text]")
                  if (name := one.attributes.get("name"))}  # fmt: skip
        if post:
            fields |= {"__EVENTTARGET": post[1], "__EVENTARGUMENT": post[2]}
        else:
            field = next((name for name in fields if PAGE_FIELD.match(name)), None)
            shown = fields.get(field or "", "")
            number = called[1] if called else str(int(shown) + 1) if shown.isdecimal() else shown
            if field is None or number == shown or (submits and int(number) > (pages or int(number))):
                continue
            fields[field] = number
        return form_request(url, form, fields)
    return None


def _submits(script: str, scripts: Scripts) -> bool:
    """Whether a click calls a function that adds to the form's page and sends it: nextPage()."""
    names = (name for name in BARE_CALL.findall(script) if name in scripts.functions)
    return any(token.text == "submit" for name in names for token in scripts.function(name)[1])


def _form_of(node: LexborNode, tree: LexborHTMLParser) -> LexborNode | None:
    return next((form for form in tree.css("form") if any(PAGE_FIELD.match(one.attributes.get("name") or "")
                                                          for one in form.css("input"))), None)  # fmt: skip


def form_request(url: str, form: LexborNode, fields: dict[str, str]) -> dict[str, object]:
    action = urljoin(url, re.sub(r"\s+", "", form.attributes.get("action") or "") or url)
    if (form.attributes.get("method") or "get").lower() == "get":
        query = urlencode(fields)
        return {"url": f"{action.partition('?')[0]}?{query}", "method": "GET", "body": None, "headers": {}}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return {"url": action, "method": "POST", "body": urlencode(fields), "headers": headers}
