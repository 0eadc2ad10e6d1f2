"""Platforms that number their page files from the oldest: VSB, ccontent. Page 2 on screen is file total - 1."""

# ruff: noqa: E501 - rows of markup in Chinese, where every character counts double

from __future__ import annotations

import re
from collections.abc import Sequence

from tests.miniportals.by_file import each
from tests.miniportals.items import Item
from tests.miniportals.server import Answer, Asked, MiniPortal, Platform, article_page, frame


def _place(site: MiniPortal, number: int) -> int:
    """The page on screen whose file has this number, 0 for none."""
    page = site.pages - number + 1
    return page if 1 < page <= site.pages else 0


def vsb_lists(site: MiniPortal, asked: Asked) -> str | None:
    found = re.fullmatch(r"/xwzx/zwyw/(\d+)\.htm", asked.path)
    page = 1 if asked.path == "/xwzx/zwyw.htm" else _place(site, int(found[1])) if found else 0
    if not page:
        return None
    up = "../" if page == 1 else "../../"
    rows = each(f'<li id="line_u8_0"><a href="{up}info/1034/{{id}}.htm" title="{{title}}">{{cut}}</a><span>{{day}}</span></li>',
                site.page(page))  # fmt: skip
    folder = "zwyw/" if page == 1 else ""
    following = (f'<span class="p_next p_fun"><a href="{folder}{site.pages - page}.htm">下页</a></span>'
                 if page < site.pages else '<span class="p_next_d p_fun_d">下页</span>')  # fmt: skip
    script = f"<script src='/system/resource/js/gotopage.js'></script><script>_simple_list_gotopage_fun({site.pages},'u8',2)</script>"
    return frame("政务要闻", f"<ul>{rows}</ul>共{len(site.items)}条 {page}/{site.pages} {following}{script}")


def vsb_article(one: Item) -> str:
    box = '<form name="_newscontent_fromname"><div id="vsb_content_2"><div class="v_news_content">{}</div></div></form>'
    return article_page(one, box)


def ccontent_rows(items: Sequence[Item]) -> str:
    row = '<li><a href="../../../n1/n2/n3/c{id}/content.html">{title}</a><span>[{day}]</span></li>'
    return f"<ul>{each(row, items)}<li style='height:1px'></li></ul>"


def ccontent_lists(site: MiniPortal, asked: Asked) -> Answer | str | None:
    """Inner pages are fragments without html, head or charset; the first page lists them all as hidden links."""
    if asked.path == "/n1/n2/n3/index.html":
        hidden = "".join(f"<a href='../../../n1/n2/n3/index_2603340_{k}.html'></a>" for k in range(1, site.pages))
        script = f"<script>var maxPageNum = {site.pages};</script><div style='display:none'>{hidden}</div>"
        return frame("新闻", ccontent_rows(site.page(1)) + script)
    found = re.fullmatch(r"/n1/n2/n3/index_2603340_(\d+)\.html", asked.path)
    page = _place(site, int(found[1])) if found else 0
    return Answer(ccontent_rows(site.page(page)), type="text/html; charset=iso-8859-1") if page else None


PLATFORMS = (
    Platform("vsb", "/xwzx/zwyw.htm", lambda one: f"/info/1034/{one.id}.htm", vsb_lists, vsb_article, "vsb",
             pager="descending"),
    Platform("ccontent", "/n1/n2/n3/index.html", lambda one: f"/n1/n2/n3/c{one.id}/content.html", ccontent_lists,
             preset="ccontent", pager="descending"),
)  # fmt: skip
