"""Platforms with the page in the query or in a form: Longxun, DedeCMS, PHPCMS, classic ASP, ASP.NET, channel/list."""

# ruff: noqa: E501 - rows of markup in Chinese, where every character counts double

from __future__ import annotations

from dataclasses import replace

from tests.miniportals.by_file import each
from tests.miniportals.items import Item
from tests.miniportals.server import Asked, MiniPortal, Platform, article_page, frame


def _number(asked: Asked, name: str) -> int:
    value = asked.query.get(name, "1")
    return int(value) if value.isdigit() else 0


def longxun_lists(site: MiniPortal, asked: Asked) -> str | None:
    page = _number(asked, "pageIndex")
    if asked.path != "/content/column/6807441" or not 1 <= page <= site.pages:
        return None
    rows = each('<li><a href="/tzgg/{id}00.html" title="{title}">{cut}</a><span class="right date">{day}</span></li>',
                site.page(page))  # fmt: skip
    script = f"<script>Ls.pagination('#page', {{currPage:{page}, pageCount:{site.pages}, link:'?pageIndex='}})</script>"
    return frame("通知公告", f'<div class="ls-position">当前位置</div><ul class="doc_list">{rows}</ul>{script}')


def dede_lists(site: MiniPortal, asked: Asked) -> str | None:
    """GBK; `TotalResult` is a cache of the count."""
    page = _number(asked, "PageNo")
    if asked.path != "/plus/list.php" or asked.query.get("tid") != "3" or not 1 <= page <= site.pages:
        return None
    rows = each('<li><span>{day}</span><a href="/a/xw/{ymd}/{id}.html">{title}</a></li>', site.page(page))
    link = f"list.php?tid=3&TotalResult={len(site.items)}&PageNo="
    more = (
        f"<a href='{link}{page + 1}'>下一页</a><a href='{link}{site.pages}'>末页</a>" if page < site.pages else "下一页"
    )
    return frame("新闻", f"<ul class='e2'>{rows}</ul><div class='dede_pages'>{more}</div>", charset="gbk")


def phpcms_lists(site: MiniPortal, asked: Asked) -> str | None:
    page = _number(asked, "page")
    if asked.query.get("a") != "lists" or not 1 <= page <= site.pages:
        return None
    rows = each('<li><a href="/index.php?m=content&c=index&a=show&catid=17&id={id}">{title}</a><i>{day}</i></li>',
                site.page(page))  # fmt: skip
    link = "/index.php?m=content&c=index&a=lists&catid=17&page="
    numbers = "".join(f'<a href="{link}{n}">{n}</a>' for n in range(1, site.pages + 1))
    following = f'<a href="{link}{min(page + 1, site.pages)}">下一页</a>'  # on the last page it leads to itself
    return frame("新闻", f"<ul>{rows}</ul><div id='pages'>{len(site.items)}条 {numbers}{following}</div>")


def asp_lists(site: MiniPortal, asked: Asked) -> str | None:
    """GBK, one table; a page past the end answers with the last one."""
    page = min(_number(asked, "page"), site.pages)
    if asked.path != "/list.asp" or not page:
        return None
    rows = each('<tr><td>·<a href="view.asp?id={id}">{title}</a></td><td>{y}/{m}/{d}</td></tr>', site.page(page))
    link = f'<a href="list.asp?s=17&page={page + 1}">下一页</a>' if page < site.pages else "下一页"
    return frame("新闻", f"<table>{rows}</table><p>共{site.pages}页 {link}</p>", charset="gb2312")


def aspnet_lists(site: MiniPortal, asked: Asked) -> str | None:
    """The next page needs the hidden fields of the page just read; any other state answers with page 1."""
    if asked.path != "/NewsList.aspx":
        return None
    state = asked.form.get("__VIEWSTATE", "")
    argument = asked.form.get("__EVENTARGUMENT", "")
    wanted = int(argument) if asked.form.get("__EVENTTARGET") == "AspNetPager1" and argument.isdigit() else 1
    page = wanted if wanted <= site.pages and state == f"/wEPDwUK{wanted - 1}==" else 1
    link = (f"<a href=\"javascript:__doPostBack('AspNetPager1','{page + 1}')\">下一页</a>" if page < site.pages
            else "<a disabled='disabled'>下一页</a>")  # fmt: skip
    rows = each('<tr><td><a href="NewsView.aspx?NewsID={id}">{title}</a></td><td>{day}</td></tr>', site.page(page))
    hidden = (f"<input type='hidden' name='__VIEWSTATE' value='/wEPDwUK{page}=='>"
              "<input type='hidden' name='__EVENTTARGET' value=''><input type='hidden' name='__EVENTARGUMENT' value=''>"
              "<input type='hidden' name='__VIEWSTATEGENERATOR' value='CA0B0334'>")  # fmt: skip
    return frame("新闻", f"<form method='post' action='NewsList.aspx'>{hidden}<table>{rows}</table>{link}</form>")


def channel_lists(site: MiniPortal, asked: Asked) -> str | None:
    page = _number(asked, "page")
    if asked.path != "/channel/list/12897.html" or not 1 <= page <= site.pages:
        return None
    rows = each('<li><a href="/content/{y}/{id}.html">{title}</a><span>{day}</span></li>', site.page(page))
    items = "".join(f'<li><a href="/channel/list/12897.html?page={n}">{n}</a></li>' for n in range(1, site.pages + 1))
    following = f'<li><a href="/channel/list/12897.html?page={page + 1}">»</a></li>' if page < site.pages else ""
    return frame(
        "新闻", f"<ul class='news'>{rows}</ul>共 {len(site.items)} 条<ul class='pagination'>{items}{following}</ul>"
    )


def shown(one: Item) -> str:
    return article_page(one, ZOOM)


def part_of(one: Item, part: int, addresses: list[str], box: str, charset: str = "utf-8") -> str:
    """One of the pages that a body goes over, its links below the text as these platforms print them."""
    texts = one.paragraphs[2:] if part else one.paragraphs[:2]
    links = "".join(f'<li><a href="{address}">{number}</a></li>' for number, address in enumerate(addresses, 1))
    pager = f'<div id="pages"><ul class="pagelist"><li>共2页</li>{links}<li><a href="{addresses[1]}">下一页</a></li></ul></div>'
    return article_page(replace(one, paragraphs=texts), box + pager, charset=charset)


def dede_address(one: Item) -> str:
    return f"/a/xw/{one.day.replace('-', '')}/{one.id}.html"


def dede_pages(one: Item) -> list[str]:
    return [dede_address(one), dede_address(one).replace(".html", "_2.html")]


def dede_article(one: Item) -> str:
    box = '<div class="article-content">{}</div>'
    return part_of(one, 0, dede_pages(one), box, "gbk") if one.number % 7 == 0 else article_page(one, charset="gbk")


def dede_parts(one: Item) -> dict[str, str]:
    box = '<div class="article-content">{}</div>'
    return {dede_pages(one)[1]: part_of(one, 1, dede_pages(one), box, "gbk")} if one.number % 7 == 0 else {}


def php_address(one: Item) -> str:
    return f"/index.php?m=content&c=index&a=show&catid=17&id={one.id}"


def php_pages(one: Item) -> list[str]:
    return [php_address(one), f"{php_address(one)}&page=2"]


def php_article(one: Item) -> str:
    return part_of(one, 0, php_pages(one), ZOOM) if one.number % 7 == 0 else shown(one)


def php_parts(one: Item) -> dict[str, str]:
    return {php_pages(one)[1]: part_of(one, 1, php_pages(one), ZOOM)} if one.number % 7 == 0 else {}


ZOOM = '<div id="zoom"><table><tr><td>{}</td></tr></table></div>'
PLATFORMS = (
    Platform("longxun", "/content/column/6807441", lambda one: f"/tzgg/{one.id}00.html", longxun_lists,
             lambda one: article_page(one, '<div class="j-fontContent">{}</div>'), "longxun"),
    Platform("dedecms", "/plus/list.php?tid=3", dede_address, dede_lists, dede_article, "dedecms", charset="gbk",
             pager="next_link", parts=dede_parts),
    Platform("phpcms", "/index.php?m=content&c=index&a=lists&catid=17",
             php_address, phpcms_lists, php_article, "phpcms", pager="next_link", parts=php_parts),
    Platform("asp", "/list.asp?s=17", lambda one: f"/view.asp?id={one.id}", asp_lists,
             lambda one: article_page(one, charset="gb2312"), "asp", charset="gb18030", pager="next_link"),
    Platform("aspnet", "/NewsList.aspx", lambda one: f"/NewsView.aspx?NewsID={one.id}", aspnet_lists, shown, "aspnet",
             pager="postback"),
    Platform("channel_list", "/channel/list/12897.html", lambda one: f"/content/{one.day[:4]}/{one.id}.html",
             channel_lists, lambda one: article_page(one, '<div class="Detailcontent_inner">{}</div>'),
             pager="next_link"),
)  # fmt: skip
