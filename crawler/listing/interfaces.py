"""Lists asked from a JSON interface: the next request from the answered one, the first from the column page."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote, urlencode, urljoin, urlsplit

from archive.records import Pager
from crawler.listing.literals import loose_value
from crawler.listing.values import Found

PAGE = r"(?:page|page_?no|page_?index|page_?num(?:ber)?|curr?(?:ent)?_?page(?:no)?|currpage|current|pn|p)"
# The page number in a query or form, in JSON (plain or percent-encoded), in a file name of static copies.
NUMBER_AT = (
    re.compile(rf"(?<![\w%])(?:_?{PAGE})=(\d+)(?![\w%])", re.IGNORECASE),
    re.compile(
        rf"(?:[\"']|%22|%27){PAGE}(?:[\"']|%22|%27)\s*(?::|%3A)(?:\s|%20|\+)*(?:[\"']|%22|%27)?(\d+)", re.IGNORECASE
    ),
    re.compile(r"(?<![\w%])pageid=(\d+)(?![\w%])", re.IGNORECASE),  # of a page in some systems, of a column in others
)
SIZE_AT = re.compile(
    r"(?:_?pagesize|per_?page|page_?rows|limit|size)(?:=|[\"'%27]{1,3}\s*(?::|%3A)(?:\s|%20|\+)*)(\d+)", re.IGNORECASE
)
JPAAS_COUNT = re.compile(r"\bcount=[\"'](\d+)[\"']")
JPAAS_ROWS = re.compile(r"\brows=[\"'](\d+)[\"']")
JPAAS = "/api-gateway/jpaas-publish-server/front/page/build/unit"
QUERY_DATA = re.compile(r"\bqueryData\s*=\s*(?:\"([^\"]{2,3000})\"|'([^']{2,3000})')", re.IGNORECASE)
CHANNEL = re.compile(
    r"<meta\s[^>]{0,200}?name=[\"']channel_?id[\"'][^>]{0,60}?content=[\"']([0-9a-f]{32})[\"']", re.IGNORECASE
)
SEARCH_PATH = re.compile(r"[\"'(]([^\"'()\s]{0,80}/(?:common/search|searchList)/[0-9a-f]{32}[^\"'()\s]{0,200})")
GKMLPT_SID = re.compile(r"\bSID[\"']?\s*[:=]\s*[\"']?(\d+)")
QUERY_LIST = re.compile(r"\bcodeName\s*=\s*[\"'](\w+)[\"']")
SITE_CODE = re.compile(r"\bwebsiteCode\s*=\s*[\"'](\w+)[\"']")
SCRIPT = re.compile(r"<script\b[^<>]{0,500}>(.*?)</script>", re.DOTALL | re.IGNORECASE)
NO_LIST = r"(?![^\"'\s]{0,200}(?:manifest|config|package|locale|lang)[\w.-]{0,40}\.json)"
JSON_FILE = re.compile(rf"[\"']{NO_LIST}([^\"'\s<>]{{1,200}}\.json)(?:\?[^\"'\s]{{0,80}})?[\"']", re.IGNORECASE)
PAGED_ADDRESS = re.compile(
    rf"[\"']([^\"'\s<>]{{4,300}}[?&](?:_?{PAGE})=\d{{0,4}}[^\"'\s<>]{{0,200}})[\"']", re.IGNORECASE
)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def json_pager(found: Found, url: str, request: Mapping[str, Any] | None, markup: str = "") -> Pager:
    """The pager of a JSON answer: its request with the page number one higher, while there is more."""
    records, pages, size, number = found.total_records, found.total_pages, found.size, found.number
    if markup and (count := JPAAS_COUNT.search(markup)):
        records, rows = int(count[1]), JPAAS_ROWS.search(markup)
        size = int(rows[1]) if rows else size
    asked = {"url": url, "method": "GET", "body": None, **(request or {})}
    size = min(filter(None, (_size(asked), size)), default=None)  # servers cut what is asked for
    place = _place(asked)
    if pages is None and records is not None and size:
        pages = -(-records // size)
    if place is None:
        return Pager("file_list" if number is None and not records else "json_page", None, (), None, pages, records)
    current = place[1]
    if not found.rows or _is_last(current, len(found.rows), size, pages, records):
        return Pager("json_page", None, (), None, pages, records)
    return _turned(asked, place, pages, records)


def _is_last(current: int, rows: int, size: int | None, pages: int | None, records: int | None) -> bool:
    """Whether all is read; numbers may count from 0, so a page that states 0 is the first of them."""
    read = current + (current == 0)
    if records is not None:
        size = size or rows
        return read * size >= records and rows <= records - (read - 1) * size  # more than should be left: smaller pages
    return pages is not None and read >= pages


def _turned(
    asked: Mapping[str, Any], place: tuple[str, int, re.Match[str]], pages: int | None, records: int | None
) -> Pager:
    """The same request for the following page, or pages."""
    field, current, found = place

    def page(n: int) -> str:
        text = str(asked[field])
        return f"{text[: found.start(1)]}{n}{text[found.end(1) :]}"

    if field == "url" and str(asked["method"]).upper() == "GET" and not asked.get("headers"):
        last = min(pages or current + 1, current + 500)
        urls = tuple(page(n) for n in range(current + 1, max(last, current + 1) + 1))
        return Pager("json_page", urls[0], urls, None, pages, records)
    return Pager("json_page", None, (), {**asked, field: page(current + 1)}, pages, records)


def _place(asked: Mapping[str, Any]) -> tuple[str, int, re.Match[str]] | None:
    """(field, number, match) of the page number in a request."""
    for field in ("body", "url"):
        text = asked.get(field) or ""
        for pattern in NUMBER_AT if isinstance(text, str) else ():
            found = pattern.search(text, text.find("?") + 1 if field == "url" and "?" in text else 0)
            if found:
                return field, int(found[1]), found
    return None


def _size(asked: Mapping[str, Any]) -> int | None:
    found = SIZE_AT.search(f"{asked.get('body') or ''} {asked['url']}")
    return int(found[1]) if found and int(found[1]) else None


def discovered(text: str, url: str, rows: int) -> Pager | None:
    """The interface a column page asks: for page 1 where the page itself holds no rows, else for page 2."""
    for read in (_jpaas, _query_list, _gkmlpt, _ucap, _quoted):
        request = read(text, url, rows)
        if request is not None:
            plain = request["method"] == "GET" and not request["headers"]
            address = str(request["url"])
            return Pager(
                "json_page", address if plain else None, (address,) if plain else (), None if plain else request
            )
    return None


def _get(url: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    return {"url": url, "method": "GET", "body": None, "headers": dict(headers or {})}


def _jpaas(text: str, url: str, rows: int) -> dict[str, Any] | None:
    """Every parameter stands in queryData; some hosts answer only with a Referer."""
    found = QUERY_DATA.search(text)
    literal = html.unescape(found[1] or found[2]) if found else ""
    parameters, _ = loose_value(literal, max(literal.find("{"), 0)) if literal else (None, 0)
    if not isinstance(parameters, dict) or JPAAS.rpartition("/")[0] not in text:
        return None
    size = JPAAS_ROWS.search(text)
    per_page = int(size[1]) if size else rows or 15
    count = JPAAS_COUNT.search(text)
    if rows and count and int(count[1]) <= rows:
        return None
    parameters["paramJson"] = json.dumps({"pageNo": 2 if rows else 1, "pageSize": per_page}, separators=(",", ":"))
    return _get(urljoin(url, JPAAS) + "?" + urlencode(parameters, quote_via=quote), {"Referer": url})


def _query_list(text: str, url: str, rows: int) -> dict[str, Any] | None:
    """Jiangxi: the page holds the first rows as data, the rest is posted for in pages as long."""
    column, site = QUERY_LIST.search(text), SITE_CODE.search(text)
    if not column or not site:
        return None
    form = {"current": 2 if rows else 1, "perPage": rows or 15, "webSiteCode[]": site[1], "channelCode[]": column[1]}
    return {
        "url": urljoin(url, "/queryList"),
        "method": "POST",
        "body": urlencode(form),
        "headers": {**FORM, "Referer": url},
    }


def _gkmlpt(text: str, url: str, rows: int) -> dict[str, Any] | None:
    """Guangdong: category 0 is everything; a column address carries its category behind #."""
    sid, parts = GKMLPT_SID.search(text), urlsplit(url)
    prefix, found, _ = parts.path.partition("/gkmlpt/")
    if not sid or not found or rows:
        return None
    category = re.search(r"\d+", parts.fragment)
    return _get(urljoin(url, f"{prefix}/gkmlpt/api/all/{category[0] if category else 0}?page=1&sid={sid[1]}"))


def _ucap(text: str, url: str, rows: int) -> dict[str, Any] | None:
    path, channel = SEARCH_PATH.search(text), CHANNEL.search(text)
    if rows or not (path or channel):
        return None
    address = path[1].partition("?")[0] if path else f"/common/search/{channel[1] if channel else ''}"
    return _get(urljoin(url, address) + "?_isAgg=true&_isJson=true&_pageSize=15&_template=index&page=1")


def _quoted(text: str, url: str, rows: int) -> dict[str, Any] | None:
    """A shell that names the file or the paged address its script loads."""
    if rows:
        return None
    scripts = "\n".join(SCRIPT.findall(text))
    file, paged = JSON_FILE.search(scripts), PAGED_ADDRESS.search(scripts)
    if paged:
        address = re.sub(
            rf"((?:_?{PAGE})=)\d*", r"\g<1>1", html.unescape(unquote(paged[1])), count=1, flags=re.IGNORECASE
        )
        return _get(urljoin(url, address))
    return _get(urljoin(url, file[1])) if file else None
