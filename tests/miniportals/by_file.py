"""Platforms whose list pages are numbered files: TRS, UCAP, JEECMS, Henan, sitesources, Shanghai, NFCMS, Founder …"""

# ruff: noqa: E501 - rows of markup in Chinese, where every character counts double

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from tests.miniportals.items import Item
from tests.miniportals.server import Answer, Asked, MiniPortal, Platform, article_page, frame

Lists = Callable[[MiniPortal, Asked], str | None]
Rows = Callable[[Sequence[Item]], str]


def numbered(first: str, later: str, rows: Rows, pager: Callable[[int, MiniPortal], str], shift: int = 0) -> Lists:
    """Page 1 at `first`; page n at `later` with n - shift in it. `pager` gets the page's number, from 1."""
    pattern = re.compile(re.escape(later).replace(r"\{\}", r"(\d+)") + "$")

    def lists(site: MiniPortal, asked: Asked) -> str | None:
        found = pattern.match(asked.path)
        number = 1 if asked.path == first else int(found[1]) + shift if found else 0
        if not 1 <= number <= site.pages or (found and number == 1 and first != asked.path):
            return None
        return frame("要闻", rows(site.page(number)) + pager(number, site))

    return lists


def each(template: str, items: Sequence[Item]) -> str:
    """The template for every item: {id} {hex} {title} {cut} {day} {y} {m} {d} {ym} {ymd}."""
    return "\n".join(
        template.format(id=one.id, hex=one.hex, title=one.title, cut=one.cut, day=one.day, y=one.day[:4],
                        m=one.day[5:7], d=one.day[8:], ym=one.day[:7].replace("-", ""), ymd=one.day.replace("-", ""))
        for one in items
    )  # fmt: skip


# TRS: relative links, cut titles, two dates a row, the pager call inside a comment, a file and a foreign row
def trs_rows(items: Sequence[Item]) -> str:
    rows = each('<li><a href="./{ym}/t{ymd}_{id}.html" title="{title}">{cut}</a>'
                '<span class="mhide">{day}</span><span class="pchide">{m}-{d}</span></li>', items)  # fmt: skip
    strange = (
        '<li><a href="./202604/P020260409370000000000.pdf">清和县预算公开表附件</a><span>2026-04-09</span></li>'
        '<li><a href="https://mp.weixin.qq.com/s/AbCdEf">一图读懂清和县政府工作报告</a><span>2026-04-08</span></li>'
    )
    return f'<ul class="u-list">{rows}{strange}</ul>'


def trs_pager(page: int, site: MiniPortal) -> str:
    return f'<!-- <script>createPageHTML({site.pages}, {page - 1}, "index", "html");</script> -->'


def trs_address(one: Item) -> str:
    return f"/xw/yw/{one.day[:7].replace('-', '')}/t{one.day.replace('-', '')}_{one.id}.html"


def trs_article(one: Item) -> str:
    """The body of every seventh article goes over two pages."""
    return trs_page(one, 0) if one.number % 7 == 0 else trs_page(one)


def trs_parts(one: Item) -> dict[str, str]:
    return {trs_address(one).replace(".html", "_1.html"): trs_page(one, 1)} if one.number % 7 == 0 else {}


def trs_page(one: Item, part: int | None = None) -> str:
    head = f'<meta name="ArticleTitle"content="{one.title}"><meta name="PubDate" content="{one.day} {one.clock}">'
    box = '<div class="view TRS_UEDITOR trs_paper_default"><div class="TRS_Editor">{}</div></div>'
    if part is None:
        return article_page(one, box, head=head)
    stem = trs_address(one).rpartition("/")[2].partition(".")[0]
    shown = replace(one, paragraphs=one.paragraphs[2:] if part else one.paragraphs[:2])
    return article_page(shown, box + f'<script>createPageHTML(2, {part}, "{stem}", "html");</script>', head=head)


# UCAP: rows and pager inside comments, line breaks in addresses, PubDate the generation time of the page
def ucap_rows(items: Sequence[Item]) -> str:
    rows = each('<li><a target="_blank" href="/qh/c100/{ym}/{hex}.shtml\n" title="{title}">{cut}</a><span>{day}</span></li>',
                items)  # fmt: skip
    return f"<div class='list'><!-- <ul>{rows}</ul> --></div><div id='page_div'></div>"


def ucap_pager(page: int, site: MiniPortal) -> str:
    return (f"<!-- <script>createPageHTML('page_div',{site.pages}, {page},'list','shtml',{len(site.items)});"
            "</script> -->")  # fmt: skip


def ucap_article(one: Item) -> str:
    head = ('<meta name="PubDate" content="2026-05-01 03:00:00">'
            '<meta name="others" content="页面生成时间 2026-05-01 03:00:00">')  # fmt: skip
    return article_page(one, "<UCAPCONTENT>{}</UCAPCONTENT>", head=head)


def pc_rows(items: Sequence[Item]) -> str:
    rows = each('<li><a href="/qh/zwyw/{ym}/{hex}.shtml">{title}</a><span>[{day}]</span></li>', items)
    return f'<meta name="channelid" content="{"ab" * 16}"><ul class="list">{rows}</ul>'


# JEECMS: the link goes around headline and date
def jeecms_rows(items: Sequence[Item]) -> str:
    return (
        f'<div class="news-list date-right">{each("<a href=/zwyw/{id}.jhtml>{title}<em>{day}</em></a>", items)}</div>'
    )


def jeecms_pager(page: int, site: MiniPortal) -> str:
    links = "".join(f'<a href="/zwyw/index_{n}.jhtml">{n}</a>' for n in range(2, site.pages + 1))
    following = f'<a href="/zwyw/index_{page + 1}.jhtml">下一页</a>' if page < site.pages else "<a>下一页</a>"
    return f'<div class="page-tile"><a href="/zwyw/index.jhtml">1</a>{links}{following}</div>'


# Henan: size and count as attributes
def henan_rows(items: Sequence[Item]) -> str:
    return f'<div class="con-box"><ul>{each("<li><a href=/{y}/{m}-{d}/{id}.html>{title}</a><b>{day}</b></li>", items)}</ul></div>'


def henan_pager(page: int, site: MiniPortal) -> str:
    return f'<div id="pageDec" pagesize="10" pagecount="{site.pages}" pageno="{page}"></div>'


# sitesources: joined addresses with a doubled slash, the total in an attribute
def sitesources_rows(items: Sequence[Item]) -> str:
    rows = each(
        '<li><h5><a href="/sitesources/qh/page_pc//xw/yw/article{hex}.html">{title}</a></h5><span>{day}</span></li>',
        items,
    )
    return f"<ul>{rows}</ul>"


# Shanghai: every row once more inside a comment
def shanghai_rows(items: Sequence[Item]) -> str:
    row = '<li><a href="/nw1/{ymd}/{hex}.html" title="{title}">{cut}</a><span class="time">{day}</span></li>'
    return f'<ul class="tadaty-list">{each(row + "<!-- " + row + " -->", items)}</ul>'


# NFCMS: rows nested in rows, a mobile twin beside each, the next page by a.next
def nfcms_rows(items: Sequence[Item]) -> str:
    row = (
        '<li><a href="/xw/content/post_{id}.html">{title}</a><a class="m" href="/xw/content/mpost_{id}.html">{title}</a>'
        '<span>{day}</span><span class="m">{m}-{d}</span></li>'
    )
    return f'<script>window.NFCMS_SITE_ID="755001"</script><ul class="news_list">{each(row, items)}</ul>'


def next_pager(name: str) -> Callable[[int, MiniPortal], str]:
    """A pager that names only the next page, "next" without address on the last."""

    def pager(page: int, site: MiniPortal) -> str:
        following = f'<a class="next" href="{name.format(page + 1)}">下一页</a>' if page < site.pages else ""
        return f'<div class="page">第{page}页 {following}</div>'

    return pager


def total_pager(page: int, site: MiniPortal) -> str:
    return f"<div class='page'>共<b>{site.pages}</b>页 当前第{page}页 <a href='javascript:;'>下一页</a></div>"


def stubs(lists: Lists) -> Callable[[MiniPortal, Asked], Answer | str | None]:
    """Declared pages that are not there answer 200 with 300 bytes of nothing."""
    return lambda site, asked: (
        lists(site, asked)
        or (
            Answer("<html><head></head><body></body></html>".ljust(300))
            if asked.path.startswith("/xw/yw/index_")
            else None
        )
    )


def ring_pager(page: int, site: MiniPortal) -> str:
    """ "Next" on the last page leads to the first."""
    target = f"index_{page + 1}.html" if page < site.pages else "index.html"
    return f'<div class="page"><a href="{target}">下一页</a></div>'


# Founder: the block of properties is the best metadata on the page
def founder_article(one: Item) -> str:
    head = f"<!--enpproperty <articleid>{one.id}</articleid><title>{one.title}</title><date>{one.day} {one.clock}:00:000</date>/enpproperty-->"
    return article_page(one, "<founder-content><!--enpcontent-->{}<!--/enpcontent--></founder-content>", head=head)


def uuid(one: Item) -> str:
    h = one.hex
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"


def epoint_rows(items: Sequence[Item]) -> str:
    rows = "".join(f'<li><a href="/001/001001/{one.day.replace("-", "")}/{uuid(one)}.html">{one.title}</a>'
                   f"<span>{one.day}</span></li>" for one in items)  # fmt: skip
    return f'<a href="/001/001002/secondPage.html">部门动态</a><ul class="ewb-list">{rows}</ul>'


def plain(template: str) -> Rows:
    return lambda items: f'<ul class="list">{each(template, items)}</ul>'


PLATFORMS = (
    Platform("trs", "/xw/yw/", trs_address, numbered("/xw/yw/", "/xw/yw/index_{}.html", trs_rows, trs_pager, 1),
             trs_article, "trs", parts=trs_parts),
    Platform("trs_stubs", "/xw/yw/", trs_address,
             stubs(numbered("/xw/yw/", "/xw/yw/index_{}.html", trs_rows,
                            lambda n, s: f"<script>var countPage = {s.pages + 3}; var currentPage = {n - 1};</script>", 1)),
             trs_page, "trs"),
    Platform("ring", "/dt/index.html", lambda one: f"/dt/{one.id}.html",
             numbered("/dt/index.html", "/dt/index_{}.html", plain("<li><a href={id}.html>{title}</a><em>{day}</em></li>"), ring_pager),
             pager="next_link"),
    Platform("ucap", "/qh/c100/list.shtml", lambda one: f"/qh/c100/{one.day[:7].replace('-', '')}/{one.hex}.shtml",
             numbered("/qh/c100/list.shtml", "/qh/c100/list_{}.shtml", ucap_rows, ucap_pager), ucap_article, "ucap"),
    Platform("ucap_pc", "/qh/zwyw/pc/list.html", lambda one: f"/qh/zwyw/{one.day[:7].replace('-', '')}/{one.hex}.shtml",
             numbered("/qh/zwyw/pc/list.html", "/qh/zwyw/pc/list_{}.html", pc_rows,
                      lambda n, s: f"<script>createPageHTML('p',{s.pages},{n},'list','html',{len(s.items)})</script>"),
             ucap_article, "ucap"),
    Platform("jeecms", "/zwyw/index.jhtml", lambda one: f"/zwyw/{one.id}.jhtml",
             numbered("/zwyw/index.jhtml", "/zwyw/index_{}.jhtml", jeecms_rows, jeecms_pager),
             lambda one: article_page(one, '<div class="news_content_content">{}</div>'), "jeecms", pager="next_link"),
    Platform("henan", "/zw/yw/", lambda one: f"/{one.day[:4]}/{one.day[5:]}/{one.id}.html",
             numbered("/zw/yw/", "/zw/yw/index_{}.html", henan_rows, henan_pager, 1), preset="henan"),
    Platform("sitesources", "/sitesources/qh/page_pc/xw/yw/list1.html",
             lambda one: f"/sitesources/qh/page_pc/xw/yw/article{one.hex}.html",
             numbered("/sitesources/qh/page_pc/xw/yw/list1.html", "/sitesources/qh/page_pc/xw/yw/list{}.html", sitesources_rows,
                      lambda n, s: f'<div id="articleListTable" num="{s.pages}"></div>'),
             lambda one: article_page(one, '<div class="article-detail">{}</div>'), "sitesources"),
    Platform("shanghai", "/nw1/index.html", lambda one: f"/nw1/{one.day.replace('-', '')}/{one.hex}.html",
             numbered("/nw1/index.html", "/nw1/index_{}.html", shanghai_rows,
                      lambda n, s: f"<script>$('.pagination').pagination({{totalPage:{s.pages},pageNumber:{n}}})</script>"),
             lambda one: article_page(one, '<div id="ivs_content">{}</div>'), "shanghai"),
    Platform("nfcms", "/xw/index.html", lambda one: f"/xw/content/post_{one.id}.html",
             numbered("/xw/index.html", "/xw/index_{}.html", nfcms_rows, next_pager("/xw/index_{}.html")),
             lambda one: article_page(one, '<div id="zoomcon">{}</div>'), "nfcms", pager="next_link"),
    Platform("founder", "/node_7.htm", lambda one: f"/html/{one.day[:7]}/{one.day[8:]}/content_{one.id}.htm",
             numbered("/node_7.htm", "/node_7_{}.htm", plain("<li><a href=/html/{y}-{m}/{d}/content_{id}.htm>{title}</a> <i>{day}</i></li>"),
                      next_pager("node_7_{}.htm")), founder_article, "founder", pager="next_link"),
    Platform("epoint", "/001/001001/subPage.html", lambda one: f"/001/001001/{one.day.replace('-', '')}/{uuid(one)}.html",
             numbered("/001/001001/subPage.html", "/001/001001/{}.html", epoint_rows, next_pager("/001/001001/{}.html")),
             preset="epoint", pager="next_link"),
    Platform("powereasy", "/Category_12/Index.aspx", lambda one: f"/Item/{one.id}.aspx",
             numbered("/Category_12/Index.aspx", "/Category_12/Index_{}.aspx", plain("<li><a href=/Item/{id}.aspx>{title}</a>[{day}]</li>"),
                      next_pager("/Category_12/Index_{}.aspx")), preset="powereasy", pager="next_link"),
    Platform("shaanxi", "/xw/xayw/1.html", lambda one: f"/xw/{one.day[:4]}/{one.day[5:].replace('-', '')}/{one.id}.html",
             numbered("/xw/xayw/1.html", "/xw/xayw/{}.html", plain("<li><a href=/xw/{y}/{m}{d}/{id}.html>{title}</a><span>{day}</span></li>"),
                      total_pager)),
    Platform("node", "/Node-1466.html", lambda one: f"/Content-{one.id}.html",
             numbered("/Node-1466.html", "/Node-1466_{}.html", plain("<li><a href=/Content-{id}.html>{title}</a><span>{day}</span></li>"),
                      next_pager("Node-1466_{}.html")), lambda one: article_page(one, '<div id="fontzoom">{}</div>'), pager="next_link"),
)  # fmt: skip
