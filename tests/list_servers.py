"""Columns of 53 items in six pages, served by a function: what the tests of pagers walk over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from crawler.listing import list_page
from crawler.listing.walk import request_of
from crawler.portal import Portal

ITEMS = 53
SIZE = 10
PAGES = 6
Server = Callable[[str, dict[str, Any]], str]


def ids(page: int) -> list[int]:
    return list(range((page - 1) * SIZE, min(page * SIZE, ITEMS)))


def title(n: int) -> str:
    return f"关于做好第{n}项重点工作的通知"


def page_of(url: str, stem: str = "index", shift: int = 0) -> int:
    """The page a file name stands for: index.html is 1, index_3.html is 3 + shift."""
    name = urlsplit(url).path.rpartition("/")[2].partition(".")[0]
    return int(name.removeprefix(f"{stem}_")) + shift if name.startswith(f"{stem}_") else 1


def markup(page: int, link: str = "/xw/yw/202604/t20260409_{}.html") -> str:
    """Rows of one page, in the shape most portals print."""
    rows = "".join(
        f'<li><a href="{link.format(1000 + n)}" title="{title(n)}">{title(n)[:9]}…</a>'
        f"<span>2026-04-{n % 28 + 1:02}</span></li>"
        for n in ids(page)
    )
    return f'<ul class="list">{rows}</ul>'


def html(page: int, pager: str, link: str = "/xw/yw/202604/t20260409_{}.html") -> str:
    menu = "".join(f'<li><a href="/{name}/">{name}</a></li>' for name in ("首页", "新闻", "公开", "服务", "互动"))
    return f"<html><body><ul>{menu}</ul>{markup(page, link)}<div class='page'>{pager}</div></body></html>"


def window(url: str, request: dict[str, Any]) -> str:
    query = parse_qs(urlsplit(url).query)
    assert query["columnid"] == ["2651"], "the column's parameters go along"
    first, last = int(query["startrecord"][0]), min(int(query["endrecord"][0]), ITEMS)
    return store(range(first - 1, last))


def store(items: range, group: str = "") -> str:
    records = "".join(f"<record><![CDATA[<li><a href='/art/2026/4/9/art_2651_{1000 + n}.html'>{title(n)}</a>"
                      "<b>2026-04-09</b></li>]]></record>" for n in items)  # fmt: skip
    return (f"<datastore>{group}<totalrecord>{ITEMS}</totalrecord><totalpage>{PAGES}</totalpage>"
            f"<recordset>{records}</recordset></datastore>")  # fmt: skip


def records(page: int, names: tuple[str, str, str], link: str) -> list[dict[str, Any]]:
    address, name, date = names
    return [
        {
            "id": n,
            name: title(n).replace("重点", "<em>重点</em>"),
            address: link.format(1000 + n),
            date: "2026-04-09 10:00",
        }
        for n in ids(page)
    ]


def walked(
    url: str, server: Server, request: dict[str, Any] | None = None, portal: Portal | None = None
) -> tuple[list[str], str]:
    """Every row of a whole walk, and the kind of the first page's pager."""
    asked = request or {"url": url, "method": "GET", "body": None, "headers": {}}
    found: list[str] = []
    kind = ""
    for _ in range(PAGES + 3):
        page = server(asked["url"], asked)
        listing = list_page(page.encode(), asked["url"], portal=portal, request=asked)
        kind = kind or listing.pager.kind
        found += [row.url for row in listing.rows]
        following = request_of(listing.pager)
        if following is None:
            return found, kind
        asked = following
    raise AssertionError(f"the walk does not end: {asked}")
