"""Every kind of pager over whole walks: the listing of page k yields page k + 1, the last one ends the walk."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler.listing import list_page
from crawler.portal import ListRules, PagerRules, Portal
from tests.list_servers import (
    ITEMS,
    PAGES,
    SIZE,
    Server,
    html,
    ids,
    markup,
    page_of,
    records,
    store,
    title,
    walked,
    window,
)


def by_file(first: str, name: str, pager: Callable[[int], str]) -> Server:
    """Pages by file name; `name` with {} for page 2 and later."""
    names = {first: 1} | {name.format(n): n for n in range(2, PAGES + 1)}
    return lambda url, request: html(
        names[urlsplit(url).path.rpartition("/")[2]], pager(names[urlsplit(url).path.rpartition("/")[2]])
    )


def trs(url: str, request: dict[str, Any]) -> str:
    page = page_of(url, shift=1)
    return html(page, f'<script>createPageHTML({PAGES}, {page - 1}, "index", "html");</script>')


def tianjin(url: str, request: dict[str, Any]) -> str:
    page = page_of(url, shift=1)
    script = f"pager_options = {{ currentPage: parseInt('{page - 1}')+1, countPage: parseInt('{PAGES}}}'),"
    return html(page, f"<script>{script} PAGE_NAME: 'index', PAGE_EXT: 'html' }}</script>")


def vsb(url: str, request: dict[str, Any]) -> str:
    """Files are numbered from the oldest: page 2 of 6 is 5.htm."""
    name = urlsplit(url).path.rpartition("/")[2]
    page = 1 if name == "zwyw.htm" else PAGES + 1 - int(name.removesuffix(".htm"))
    folder = "zwyw/" if page == 1 else ""
    following = (
        f'<span class="p_next p_fun"><a href="{folder}{PAGES - page}.htm">下页</a></span>'
        if page < PAGES
        else ('<span class="p_next_d p_fun_d">下页</span>')
    )
    script = f"<script>_simple_list_gotopage_fun({PAGES},'u8',2)</script>"
    return html(page, f"共{ITEMS}条 {page}/{PAGES} {following}{script}", "/info/1034/{}.htm")


def ccontent(url: str, request: dict[str, Any]) -> str:
    """Inner pages are fragments without a pager, numbered from the oldest."""
    name = urlsplit(url).path.rpartition("/")[2]
    link = "../../../n1/n2/n3/c{}/content.html"
    if name == "index.html":
        hidden = "".join(f"<a href='../../../n1/n2/n3/index_2603340_{k}.html'></a>" for k in range(1, PAGES))
        return html(
            1, f"<script>var maxPageNum=0; maxPageNum = {PAGES};</script><div style='display:none'>{hidden}</div>", link
        )
    return markup(PAGES + 1 - int(name.removeprefix("index_2603340_").removesuffix(".html")), link)


def next_link(url: str, request: dict[str, Any]) -> str:
    page = int((parse_qs(urlsplit(url).query).get("PageNo") or ["1"])[0])
    more = f'<a href="?tid=3&PageNo={page + 1}">下一页</a>' if page < PAGES else '<a href="#">下一页</a>'
    return html(
        page, f'<a href="?tid=3&PageNo=1">首页</a>{more}<a href="?tid=3&PageNo={PAGES}">末页</a>', "view.php?aid={}"
    )


def on_click(url: str, request: dict[str, Any]) -> str:
    page = page_of(url)
    target = page + 1 if page < PAGES else page
    link = f"<a href='javascript:void(0)' onclick=\"location.href='index_{target}.jhtml'\">下一页</a>"
    return html(page, f"{page}/{PAGES}页 {link}", "/zwyw/958{}.jhtml")


def numbers_only(url: str, request: dict[str, Any]) -> str:
    page = int(urlsplit(url).path.rpartition("/")[2].removeprefix("list_").removesuffix(".html"))
    links = "".join(f"<b>{n}</b> " if n == page else f"<a href='list_{n}.html'>{n}</a> " for n in range(1, PAGES + 1))
    return html(page, links, "/a/20260409/{}.html")


def total_only(url: str, request: dict[str, Any]) -> str:
    page = int(urlsplit(url).path.rpartition("/")[2].removesuffix(".html"))
    return html(page, f"共<b>{PAGES}</b>页 <a href='javascript:;'>下一页</a>", "/xw/2026/0409/{}.html")


def longxun(url: str, request: dict[str, Any]) -> str:
    page = int((parse_qs(urlsplit(url).query).get("pageIndex") or ["1"])[0])
    return html(
        page, f"<script>Ls.pagination('#page', {{currPage:{page}, pageCount:{PAGES}}})</script>", "/tzgg/15068{}.html"
    )


def hanweb(url: str, request: dict[str, Any]) -> str:
    """Fifteen rows stand in the page, the others are asked for in windows of fifteen."""
    if "dataproxy" in url:
        return window(url, request)
    script = (
        "var param_8377 = {col:1,webid:38,path:'/',columnid:2651,unitid:'8377',webname:'发改委',permissiontype:0};"
        f"$('#8377').jpage({{totalRecord:{ITEMS},groupSize:3,proxyUrl:'/module/web/jpage/dataproxy.jsp',perPage:5,"
        "ajaxParam:param_8377});"
    )
    inside = f"<div id='8377'><script type='text/xml'>{store(range(15))}</script></div>"
    return f"<html><body>{inside}<script>{script}</script></body></html>"


def hanweb_groups(url: str, request: dict[str, Any]) -> str:
    """The address of the next group is given, and may be encrypted."""
    at = int((parse_qs(urlsplit(url).query).get("page") or ["0"])[0])
    last = min((at + 1) * 15, ITEMS)
    link = f"/module/web/jpage/dataproxy.jsp?page={at + 1}&p=%2Fx%2Bq&amp;unitid=8377"
    group = f'<nextgroup><![CDATA[<a href="{link}"></a>]]></nextgroup>' if last < ITEMS else ""
    answer = store(range(at * 15, last), group)
    return answer if at else f"<html><body><script type='text/xml'>{answer}</script></body></html>"


def ucap(url: str, request: dict[str, Any]) -> str:
    if "/common/search/" not in url:
        return (
            f'<html><head><meta name="channelId" content="{"ab" * 16}"></head><body><div id="list"></div></body></html>'
        )
    page = int(parse_qs(urlsplit(url).query)["page"][0])
    rows = records(page, ("url", "title", "publishedTimeStr"), "//www.a.gov.cn/a/c110634/202604/{}.shtml")
    return json.dumps({"data": {"page": page, "rows": SIZE, "total": ITEMS, "results": rows}})


def jpaas(url: str, request: dict[str, Any]) -> str:
    if "api-gateway" not in url:
        data = "{'webId':'29e9','pageId':'bf39','parseType':'bulidstatic','tagId':'内容','tplSetId':'5c30'}"
        path = "/api-gateway/jpaas-publish-server/front/page/build/unit"
        script = f'<script parseType="bulidstatic" queryData="{data}" url="{path}"></script>'
        pager = f'<div class="pagination" rows="{SIZE}" count="{ITEMS}" pageNo="1" unitid="x"></div>'
        return f"<html><body>{markup(1, '/art/2026/art_{:032}.html')}{script}{pager}</body></html>"
    query = parse_qs(urlsplit(url).query)
    assert query["parseType"] == ["bulidstatic"] and query["tagId"] == ["内容"], "parameters are copied as they are"
    assert request["headers"]["Referer"], "some hosts answer 403 without it"
    page = json.loads(query["paramJson"][0])["pageNo"]
    inner = markup(page, "/art/2026/art_{:032}.html") + f'<div rows="{SIZE}" count="{ITEMS}" pageNo="{page}"></div>'
    return json.dumps({"success": True, "code": "200", "data": {"html": inner}})


def gkmlpt(url: str, request: dict[str, Any]) -> str:
    if "/api/" not in url:
        return (
            "<html><body><script>window._CONFIG = {SID: '755001', TREE: []}</script><div id='app'></div></body></html>"
        )
    query = parse_qs(urlsplit(url).query)
    assert query["sid"] == ["755001"]
    rows = [{"title": title(n), "url": f"http://www.a.gov.cn/gkmlpt/content/11/1/post_{1000 + n}.html",
             "create_time": 1775700000, "type": "content"} for n in ids(int(query["page"][0]))]  # fmt: skip
    return json.dumps({"articles": rows, "classify": {"post_count": 99}, "total": ITEMS})


def nfra_file(url: str, request: dict[str, Any]) -> str:
    page = int(url.partition("pageIndex=")[2].partition(",")[0])
    rows = [
        {"docId": 1000 + n, "itemId": 9, "docSubtitle": title(n), "publishDate": "2026-04-09 10:00:00"}
        for n in ids(page)
    ]
    return json.dumps({"rptCode": 200, "data": {"total": ITEMS, "rows": rows}})


def cac(url: str, request: dict[str, Any]) -> str:
    page = int(parse_qs(request["body"])["pageno"][0])
    assert request["method"] == "POST" and parse_qs(request["body"])["channelCode"] == ["A0937"]
    rows = records(page, ("infourl", "title", "pubtime"), "//www.a.gov.cn/2026-04/09/c_{}.htm")
    return json.dumps({"totalRec": ITEMS, "list": rows})


def postback(url: str, request: dict[str, Any]) -> str:
    page = 1
    if request["method"] == "POST":
        fields = parse_qs(request["body"], keep_blank_values=True)
        assert fields["__EVENTTARGET"] == ["AspNetPager1"]
        page = int(fields["__EVENTARGUMENT"][0])
        assert fields["__VIEWSTATE"] == [f"state{page - 1}=="], "the state comes from the page just read"
    link = (
        f"<a href=\"javascript:__doPostBack('AspNetPager1','{page + 1}')\">下一页</a>"
        if page < PAGES
        else "<a disabled>下一页</a>"
    )
    form = (f"<form method='post' action='list.aspx'><input type='hidden' name='__VIEWSTATE' value='state{page}=='>"
            "<input type='hidden' name='__EVENTTARGET' value=''>")  # fmt: skip
    return f"<html><body>{form}{markup(page, 'show.aspx?id={}')}{link}</form></body></html>"


def zero_based(pager: str) -> Server:
    """index.html, index_1.html …, with the same pager on each."""
    return lambda url, request: html(page_of(url, shift=1), pager)


QUOTED = "<!-- <script>createPageHTML('page_div',{p}, {n},'zwgklist','shtml',{i});</script> -->"
CCGP = f"<script>Pager({{size:{PAGES}, current:0, prefix:'index',suffix:'htm'}});</script>"
SHANGHAI = f"<script>$('.pagination').pagination({{totalPage:{PAGES}}})</script>"
SERVERS: dict[str, tuple[str, Server, str]] = {
    "trs": ("http://www.a.gov.cn/xw/yw/", trs, "numbered"),
    "trs, pager_options": ("http://www.a.gov.cn/xw/yw/", tianjin, "numbered"),
    "ucap": (
        "http://www.a.gov.cn/a/c1/zwgklist.shtml",
        by_file("zwgklist.shtml", "zwgklist_{}.shtml", lambda n: QUOTED.format(p=PAGES, n=n, i=ITEMS)),
        "numbered",
    ),
    "ccgp": ("http://www.a.gov.cn/cggg/index.htm", zero_based(CCGP), "numbered"),
    "sitesources": (
        "http://www.a.gov.cn/sitesources/x/page_pc/zw/list1.html",
        by_file("list1.html", "list{}.html", lambda n: f"<div id='articleListTable' num='{PAGES}'></div>"),
        "numbered",
    ),
    "shanghai": (
        "http://www.a.gov.cn/nw1/index.html",
        by_file("index.html", "index_{}.html", lambda n: SHANGHAI),
        "numbered",
    ),
    "henan": (
        "http://www.a.gov.cn/zw/index.html",
        zero_based(f'<div id="pageDec" pagesize="{SIZE}" pagecount="{PAGES}"></div>'),
        "numbered",
    ),
    "longxun": ("http://www.a.gov.cn/content/column/6807441", longxun, "numbered"),
    "total only": ("http://www.a.gov.cn/xw/xayw/1.html", total_only, "numbered"),
    "vsb": ("http://www.a.gov.cn/xwzx/zwyw.htm", vsb, "descending"),
    "ccontent": ("http://www.a.gov.cn/n1/n2/n3/index.html", ccontent, "descending"),
    "next link": ("http://www.a.gov.cn/plus/list.php?tid=3", next_link, "next_link"),
    "on click": ("http://www.a.gov.cn/zwyw/index.jhtml", on_click, "next_link"),
    "numbers only": ("http://www.a.gov.cn/a/list_1.html", numbers_only, "next_link"),
    "hanweb": ("http://www.a.gov.cn/col/col2651/index.html", hanweb, "embedded"),
    "hanweb, next group": ("http://www.a.gov.cn/col/col2651/index.html", hanweb_groups, "embedded"),
    "ucap, JSON": ("http://www.a.gov.cn/a/c1/list.shtml", ucap, "json_page"),
    "jpaas": ("http://www.a.gov.cn/col/col1/index.html", jpaas, "json_page"),
    "gkmlpt": ("http://www.a.gov.cn/gkmlpt/index", gkmlpt, "json_page"),
    "nfra": ("http://www.a.gov.cn/cbircweb/data_itemId=861,pageIndex=1,pageSize=10.json", nfra_file, "json_page"),
    "postback": ("http://www.a.gov.cn/list.aspx", postback, "postback"),
}


@pytest.mark.parametrize("name", SERVERS)
def test_a_whole_walk_meets_every_item_once(name: str) -> None:
    url, server, kind = SERVERS[name]
    found, told = walked(url, server)
    assert len(found) == len(set(found)) == ITEMS
    assert told == kind


def test_a_posted_interface_goes_on_with_its_own_body() -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    request = {
        "url": "http://www.a.gov.cn/cms/JsonList",
        "method": "POST",
        "body": "channelCode=A0937&perPage=10&pageno=1",
        "headers": form,
    }
    found, kind = walked(request["url"], cac, request)  # type: ignore[arg-type]
    assert len(set(found)) == ITEMS
    assert kind == "json_page"


@pytest.mark.parametrize(
    "rules",
    [
        PagerRules(kind="numbered", template="index_{n}.html", first=1, total=r"countOf=(\d+)"),
        PagerRules(
            kind="numbered",
            template="index_{n}.html",
            first=1,
            total=r"items=(\d+)",
            total_unit="records",
            page_size=SIZE,
        ),
        PagerRules(selector="a.weiter"),
    ],
)
def test_a_definition_states_the_pager(rules: PagerRules) -> None:
    def serve(url: str, request: dict[str, Any]) -> str:
        page = page_of(url, shift=1)
        more = f"<a class='weiter' href='index_{page}.html'>→</a>" if page < PAGES else ""
        return html(page, f"<script>countOf={PAGES}; items={ITEMS}</script>{more}")

    portal = Portal(id="a", name="a", url="http://www.a.gov.cn/", list=ListRules(pager=rules))
    found, _ = walked("http://www.a.gov.cn/xw/", serve, portal=portal)
    assert len(set(found)) == ITEMS


@pytest.mark.parametrize("name", ["trs", "ucap", "sitesources"])
def test_the_other_pages_are_told_next_first(name: str) -> None:
    url, server, _ = SERVERS[name]
    listing = list_page(server(url, {}), url)
    assert listing.pager.urls[0] == listing.pager.next_url
    assert len(listing.pager.urls) == PAGES - 1
    assert listing.pager.total_pages == PAGES


@pytest.mark.parametrize(
    "pager",
    [
        "<a class='next' href='/xw/yw/202604/t20260409_1404570.html'></a>",
        "<a href='/xw/yw/202604/t20260409_1404571.html'>下一篇</a>",
        "<a href='http://other.gov.cn/xw/yw/index_1.html'>下一页</a>",
        "<a href='#'>下一页</a>",
        "<a href=''>下一页</a>",
        "",
    ],
)
def test_what_is_no_pager_leads_nowhere(pager: str) -> None:
    listing = list_page(html(1, pager), "http://www.a.gov.cn/xw/yw/index.html")
    assert listing.pager.next_url is None
    assert listing.pager.next_request is None


@pytest.mark.parametrize(
    ("call", "following", "total"),
    [
        ('createPageHTML(9, 0, "index", "html");', "index_1.html", 9),
        ("createPageHTML(9,0,'index','html',178)", "index_1.html", 9),
        ("createPageHTML('page_div',10, 1,'zwgklist','shtml',200);", "zwgklist_2.shtml", 10),
        ("createPageHTML('paging', 12, 1, 'index', 'html')", "index_2.html", 12),
        ("createPage(3, 0, 'wjlist', 'htm')", "wjlist_1.htm", 3),
        ("createPageHTML(1, 0, 'index', 'html')", None, 1),
        ("var countPage = 4; var currentPage = 0;", "index_1.html", 4),
    ],
)
def test_calls_of_pagers(call: str, following: str | None, total: int) -> None:
    folder = "http://www.a.gov.cn/xw/yw/"
    pager = list_page(html(1, f"<script>{call}</script>"), folder).pager
    assert pager.next_url == (folder + following if following else None)
    assert pager.total_pages == total
