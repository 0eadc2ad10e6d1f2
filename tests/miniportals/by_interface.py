"""Platforms whose rows come from an interface, a data store or one file: Hanweb, UCAP, gkmlpt, gov.cn, RSS, sitemap."""

# ruff: noqa: E501 - rows of markup in Chinese, where every character counts double

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tests.miniportals.by_file import each
from tests.miniportals.items import Item
from tests.miniportals.server import SIZE, Answer, Asked, MiniPortal, Platform, article_page, frame

COLUMN = "/col/col2651/index.html"
PROXY = "/module/web/jpage/dataproxy.jsp"
JPAAS = "/api-gateway/jpaas-publish-server/front/page/build/unit"
CHANNEL = "ab" * 16


def answered(value: Any) -> Answer:
    return Answer(json.dumps(value, ensure_ascii=False), type="application/json")


def art(one: Item) -> str:
    """Hanweb's addresses have no leading zeros."""
    year, month, day = (int(part) for part in one.day.split("-"))
    return f"/art/{year}/{month}/{day}/art_2651_{one.id}.html"


def store(items: Sequence[Item], total: int, pages: int, group: str = "") -> str:
    records = "".join(f'<record><![CDATA[<li><a href="{art(one)}" title="{one.title}">{one.cut}</a>'
                      f'<b readlabel="{one.day}">{one.day}</b></li>]]></record>' for one in items)  # fmt: skip
    return (f"<datastore>{group}<totalrecord>{total}</totalrecord><totalpage>{pages}</totalpage>"
            f"<recordset>{records}</recordset></datastore>")  # fmt: skip


def window_lists(site: MiniPortal, asked: Asked) -> Answer | str | None:
    """Fifteen rows stand in the page, the others come in windows; bounds are inclusive, perpage is ignored."""
    if asked.path == COLUMN:  # ?uid=…&pageNum=… is ignored too
        script = ("var param_8377 = {col:1,webid:38,path:'/',columnid:2651,sourceContentType:1,unitid:'8377',"
                  f"webname:'发改委',permissiontype:0}};$('#8377').jpage({{totalRecord:{len(site.items)},groupSize:3,"
                  f"proxyUrl:'{PROXY}',perPage:5,ajaxParam:param_8377}});")  # fmt: skip
        inside = store(site.items[:15], len(site.items), -(-len(site.items) // 5))
        return frame(
            "工作动态", f"<div id='8377'><script type='text/xml'>{inside}</script></div><script>{script}</script>"
        )
    given = {**asked.query, **asked.form}
    if asked.path != PROXY or given.get("columnid") != "2651":
        return None
    first, last = int(given["startrecord"]), int(given["endrecord"])
    return Answer(store(site.items[first - 1 : last], len(site.items), -(-len(site.items) // 5)), type="text/xml")


def group_lists(site: MiniPortal, asked: Asked) -> Answer | str | None:
    """The address of the next window is given, its parameters encrypted: to be used as it is."""
    page = int(asked.query.get("page", "0"))
    if asked.path != (PROXY if page else COLUMN) or (page and asked.query.get("p") != f"/x+q{page}"):
        return None
    more = (page + 1) * 15 < len(site.items)
    link = f"{PROXY}?page={page + 1}&amp;p=%2Fx%2Bq{page + 1}&amp;unitid=8377"
    group = f'<nextgroup><![CDATA[<a href="{link}"></a>]]></nextgroup>' if more else ""
    inside = store(site.items[page * 15 : page * 15 + 15], len(site.items), -(-len(site.items) // 5), group)
    return Answer(inside, type="text/xml") if page else frame("动态", f"<script type='text/xml'>{inside}</script>")


def jpaas_lists(site: MiniPortal, asked: Asked) -> Answer | str | None:
    """HTML in JSON; without a Referer 403."""
    row = '<li><a href="/art/{y}/art_{hex}.html" title="{title}">{cut}</a><span>{day}</span></li>'
    bar = f'<div class="pagination" rows="{SIZE}" count="{len(site.items)}" pageNo="{{}}" unitid="x"></div>'
    if asked.path == COLUMN:
        data = "{'webId':'29e9','pageId':'bf39','parseType':'bulidstatic','tagId':'内容','tplSetId':'5c30'}"
        script = f'<script parseType="bulidstatic" queryData="{data}" url="{JPAAS}"></script>'
        return frame("政策", f"<ul>{each(row, site.page(1))}</ul>{bar.format(1)}{script}")
    if asked.path != JPAAS:
        return None
    if not asked.referer:
        return Answer("forbidden", status=403)
    page = json.loads(asked.query["paramJson"])["pageNo"]
    if asked.query.get("tagId") != "内容" or page > site.pages:
        return answered({"success": True, "code": "200", "data": {"html": ""}})
    return answered({"success": True, "code": "200",
                     "data": {"html": f"<ul>{each(row, site.page(page))}</ul>{bar.format(page)}"}})  # fmt: skip


def query_lists(site: MiniPortal, asked: Asked) -> Answer | str | None:
    """Jiangxi departments: <base> is another folder, the first rows stand in the page, the rest is posted for."""
    if asked.path == "/qhsthj/col/col42150/index.html":
        row = '<li><a href="col/col42150/art/{y}/art_{hex}.html">{title}</a><span>{day}</span></li>'
        script = "var codeName = 'col42150', websiteCode = 'qhsthj'; $.post('/queryList', {})"
        base = '<base href="/qhsthj/">'
        return frame("法规", f"<ul>{each(row, site.page(1))}</ul><script>{script}</script>", base)
    if asked.path != "/queryList" or asked.method != "POST" or asked.form.get("channelCode[]") != "col42150":
        return None
    page, size = int(asked.form["current"]), int(asked.form["perPage"])
    rows = [{"source": {"title": one.title, "pubDate": f"{one.day} 10:00:00", "urls": json.dumps({"pc": query_art(one)})}}
            for one in site.items[(page - 1) * size : page * size]]  # fmt: skip
    return answered({"code": 200, "data": {"total": len(site.items), "results": rows}})


def query_art(one: Item) -> str:
    return f"/qhsthj/col/col42150/art/{one.day[:4]}/art_{one.hex}.html"


def ucap_lists(site: MiniPortal, asked: Asked) -> Answer | str | None:
    """An empty list page, the rows by /common/search; addresses begin with //."""
    if asked.path == "/qh/c110634/list.shtml":
        return frame("政务公开", '<div id="list"></div>', f'<meta name="channelId" content="{CHANNEL}">')
    if asked.path != f"/common/search/{CHANNEL}":
        return None
    page, size = int(asked.query["page"]), int(asked.query["_pageSize"])
    host = site.url.removeprefix("http:")
    rows = [{"title": one.title, "url": host + site.platform.address(one), "publishedTimeStr": f"{one.day} {one.clock}:00",
             "manuscriptId": one.id} for one in site.items[(page - 1) * size : page * size]]  # fmt: skip
    return answered({"data": {"page": page, "rows": size, "total": len(site.items), "results": rows}})


def gkmlpt_lists(site: MiniPortal, asked: Asked) -> Answer | str | None:
    """Ten rows a page (a hundred on the real ones); rows of type url lead elsewhere; past the end 404."""
    if asked.path == "/czj/gkmlpt/index":
        return frame("公开", "<script>window._CONFIG = {SID: '755001', TREE: []}</script><div id='app'></div>")
    page = int(asked.query.get("page", "1"))
    if asked.path != "/czj/gkmlpt/api/all/0" or asked.query.get("sid") != "755001" or page > site.pages:
        return None
    rows = [{"id": one.id, "title": one.title, "url": site.url + site.platform.address(one), "type": "content",
             "create_time": 1262275200, "display_publish_time": seconds(one)} for one in site.page(page)]  # fmt: skip
    away = [
        {"id": 9, "title": "转发省政府文件", "url": "https://www.gd.gov.cn/zwgk/content/post_77.html", "type": "url"}
    ]
    return answered(
        {"articles": rows + (away if page == 1 else []), "classify": {"post_count": 3}, "total": len(site.items)}
    )


def govcn_lists(site: MiniPortal, asked: Asked) -> Answer | None:
    """One file with every row."""
    if asked.path != "/yaowen/liebiao/YAOWENLIEBIAO.json":
        return None
    return answered([{"TITLE": one.title, "SUB_TITLE": "", "URL": site.url + site.platform.address(one),
                      "DOCRELPUBTIME": one.day} for one in site.items])  # fmt: skip


def rss_lists(site: MiniPortal, asked: Asked) -> Answer | None:
    if asked.path != "/rss/yw.xml":
        return None
    entries = "".join(f"<item><title><![CDATA[{one.title}]]></title><link>{site.url}/{one.id}.html</link>"
                      f"<pubDate>{one.day}T10:00:00+08:00</pubDate></item>" for one in site.items)  # fmt: skip
    text = f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>要闻</title>{entries}</channel></rss>'
    return Answer(text, type="application/rss+xml")


def sitemap(site: MiniPortal, items: Sequence[Item]) -> str:
    entries = "".join(f"<url><loc>{site.url}/xw/{one.id}.html</loc><lastmod>{one.day}</lastmod></url>" for one in items)
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'


def sitemap_lists(site: MiniPortal, asked: Asked) -> Answer | None:
    """Gzip, no headlines."""
    if asked.path != "/sitemap.xml.gz":
        return None
    return Answer(gzip.compress(sitemap(site, site.items).encode()), type="application/x-gzip")


def index_lists(site: MiniPortal, asked: Asked) -> Answer | None:
    """A file for each tail of the article's number, oldest first, gzip or not; one is empty, one is not there."""
    files = ["/map0.xml", "/map1.xml.gz", "/empty.xml", "/missing.xml", "/map2.xml.gz"]
    if asked.path == "/sitemap_index.xml":
        entries = "".join(f"<sitemap><loc>{site.url}{file}</loc></sitemap>" for file in files)
        return Answer(f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</sitemapindex>',
                      type="text/xml")  # fmt: skip
    if asked.path == "/empty.xml":
        return Answer(sitemap(site, []), type="text/xml")
    if asked.path not in files or asked.path == "/missing.xml":
        return None
    listed = sitemap(site, [one for one in reversed(site.items) if one.number % 3 == int(asked.path[4])])
    packed = asked.path.endswith(".gz")
    return Answer(gzip.compress(listed.encode()) if packed else listed, type="application/octet-stream")


def script_lists(site: MiniPortal, asked: Asked) -> str | None:
    """Every row as three arrays of a script."""
    if asked.path != "/zwdt/":
        return None
    lines = "".join(f"urls[{n}]='/zwdt/{one.id}.html';headers[{n}]='{one.title}';times[{n}]='{one.day}';"
                    for n, one in enumerate(site.items))  # fmt: skip
    return frame("动态", f"<div id='list'></div><script>var urls=[],headers=[],times=[];{lines}</script>")


def seconds(one: Item) -> int:
    return int(datetime.fromisoformat(f"{one.day}T{one.clock}:00+08:00").timestamp())


ZOOM = '<div id="zoom"><!--ZJEG_RSS.content.begin-->{}<!--ZJEG_RSS.content.end--></div>'
PLATFORMS = (
    Platform("hanweb_window", COLUMN, art, window_lists, lambda one: article_page(one, ZOOM), "hanweb", pager="embedded"),
    Platform("hanweb_group", COLUMN, art, group_lists, lambda one: article_page(one, ZOOM), "hanweb", pager="embedded"),
    Platform("jpaas", COLUMN, lambda one: f"/art/{one.day[:4]}/art_{one.hex}.html", jpaas_lists,
             lambda one: article_page(one, '<div class="art-con">{}</div>'), "jpaas", pager="json_page"),
    Platform("querylist", "/qhsthj/col/col42150/index.html", query_art, query_lists, preset="querylist", pager="json_page"),
    Platform("ucap_json", "/qh/c110634/list.shtml", lambda one: f"/qh/c110634/{one.day[:7].replace('-', '')}/{one.id}.shtml",
             ucap_lists, lambda one: article_page(one, '<div id="zoomcon">{}</div>'), "ucap", pager="json_page"),
    Platform("gkmlpt", "/czj/gkmlpt/index", lambda one: f"/czj/gkmlpt/content/8/8123/post_{one.id}.html", gkmlpt_lists,
             preset="gkmlpt", pager="json_page"),
    Platform("gov_cn", "/yaowen/liebiao/YAOWENLIEBIAO.json",
             lambda one: f"/yaowen/liebiao/{one.day[:7].replace('-', '')}/content_{one.id}.htm", govcn_lists,
             lambda one: article_page(one, '<div id="UCAP-CONTENT">{}</div>'), "gov_cn", pager="file_list"),
    Platform("rss", "/rss/yw.xml", lambda one: f"/{one.id}.html", rss_lists, pager="file_list"),
    Platform("sitemap", "/sitemap.xml.gz", lambda one: f"/xw/{one.id}.html", sitemap_lists, pager="file_list"),
    Platform("sitemap_index", "/sitemap_index.xml", lambda one: f"/xw/{one.id}.html", index_lists, pager="file_list"),
    Platform("script", "/zwdt/", lambda one: f"/zwdt/{one.id}.html", script_lists, pager="single"),
)  # fmt: skip
