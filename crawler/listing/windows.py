"""Hanweb's lists come in windows of records: a store in the page, then dataproxy.jsp?startrecord=…&endrecord=….

Bounds are inclusive, a window is answered whole whatever perpage says: the next one begins where this one ended.
Parameters may be sent in the query; an address given as `nextgroup` (perhaps encrypted) is used as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from archive.records import Pager
from crawler.listing.literals import loose_value

GROUP = re.compile(r"<nextgroup>\s*(?:<!\[CDATA\[)?(.{0,8000}?)(?:\]\]>)?\s*</nextgroup>", re.DOTALL | re.IGNORECASE)
HREF = re.compile(r"href\s*=\s*[\"']([^\"']+)[\"']", re.IGNORECASE)
TOTAL_RECORD = re.compile(r"<totalrecord>\s*(\d+)", re.IGNORECASE)
TOTAL_PAGE = re.compile(r"<totalpage>\s*(\d+)", re.IGNORECASE)
IN_SCRIPT = {name: re.compile(rf"\b{name}\s*:\s*[\"']?(\d+)") for name in ("totalRecord", "perPage", "groupSize")}
PROXY = re.compile(r"\bproxyUrl\s*:\s*[\"']([^\"']+)[\"']")
PARAMETERS = re.compile(r"(?:\bparam_?\w*\s*=|\bajaxParam\s*:)\s*(?=\{)")
DEFAULT_SIZE = 45


def store_pager(text: str, url: str, rows: int, request: Mapping[str, Any] | None) -> Pager:
    """The pager of a dataproxy answer."""
    records, pages = _number(TOTAL_RECORD, text), _number(TOTAL_PAGE, text)
    given = _given(text, url) if rows else None
    if given:
        return Pager("offset", given, (given,), None, pages, records)
    start, end = _window(url, request)
    size = end - start + 1
    if not rows or not start or size < 1 or (end >= records if records is not None else rows < size):
        return Pager("offset", None, (), None, pages, records)
    following = window_address(url, end + 1, end + size)
    urls = [
        window_address(url, at, at + size - 1)
        for at in range(end + 1, min(records or end + 1, end + 500 * size) + 1, size)
    ]
    asked = dict(request) if request else {}
    if asked.get("method", "GET").upper() != "GET":
        body = _moved(str(asked.get("body") or ""), end + 1, end + size)
        return Pager("offset", None, (), {**asked, "url": following, "body": body}, pages, records)
    return Pager("offset", following, tuple(urls), None, pages, records)


def embedded_pager(text: str, url: str, rows: int) -> Pager | None:
    """The pager of a column page with a data store or the script that asks dataproxy.jsp; None on other pages."""
    proxy = PROXY.search(text)
    if not proxy and "<nextgroup" not in text.lower():
        return None
    records, per_page = _last("totalRecord", text), _last("perPage", text)
    records = _number(TOTAL_RECORD, text) if records is None else records
    pages = -(-records // per_page) if records is not None and per_page else _number(TOTAL_PAGE, text)
    if rows and records is not None and rows >= records:
        return Pager("embedded", None, (), None, pages, records)
    target = _given(text, url) or (_first_window(text, url, proxy[1], rows, per_page) if proxy else None)
    return Pager("embedded", target, (target,) if target else (), None, pages, records)


def window_address(url: str, start: int, end: int) -> str:
    """A dataproxy address for another window."""
    return urlunsplit(urlsplit(url)._replace(query=_moved(urlsplit(url).query, start, end)))


def _moved(query: str, start: int, end: int) -> str:
    moved = re.sub(r"\bstartrecord=\d*", f"startrecord={start}", query)
    return re.sub(r"\bendrecord=\d*", f"endrecord={end}", moved)


def _given(text: str, url: str) -> str | None:
    group = GROUP.search(text) if "</nextgroup>" in text.lower() else None
    link = HREF.search(group[1]) if group else None
    return urljoin(url, link[1].replace("&amp;", "&").strip()) if link else None


def _window(url: str, request: Mapping[str, Any] | None) -> tuple[int, int]:
    body = request.get("body") if request else None
    pairs = dict(parse_qsl(f"{urlsplit(url).query}&{body if isinstance(body, str) else ''}"))
    start, end = pairs.get("startrecord", ""), pairs.get("endrecord", "")
    return (int(start), int(end)) if start.isdigit() and end.isdigit() else (0, 0)


def _first_window(text: str, url: str, proxy: str, rows: int, per_page: int | None) -> str | None:
    """The first window after the rows that stand in the page, with the parameters its script sends."""
    found = PARAMETERS.search(text)
    parameters, _ = loose_value(text, found.end()) if found else (None, 0)
    if not isinstance(parameters, dict):
        return None
    size = (per_page or DEFAULT_SIZE // 3) * (_last("groupSize", text) or 3)
    window = {"startrecord": rows + 1, "endrecord": rows + size, "perpage": per_page or DEFAULT_SIZE // 3}
    joint = "&" if "?" in proxy else "?"
    return urljoin(url, f"{proxy}{joint}{urlencode({**window, **parameters}, safe='/')}")


def _number(pattern: re.Pattern[str], text: str) -> int | None:
    found = pattern.search(text)
    return int(found[1]) if found else None


def _last(name: str, text: str) -> int | None:
    """The last value of a setting: the first call in the page sets defaults."""
    values = IN_SCRIPT[name].findall(text)
    return int(values[-1]) if values else None
