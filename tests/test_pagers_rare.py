"""Pagers that fewer portals have: posted windows and searches, forms, choices, shells that name their data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler.definitions import read_definition
from tests.list_servers import ITEMS, PAGES, SIZE, Server, html, ids, page_of, records, store, title, walked, window
from tests.test_pagers import SERVERS as COMMON

HOST = "http://www.a.gov.cn"
PROXY = f"{HOST}/module/web/jpage/dataproxy.jsp?startrecord=1&endrecord=15&perpage=5"
HASH = "ab" * 16


def number(url: str, name: str) -> int:
    return int((parse_qs(urlsplit(url).query).get(name) or ["1"])[0])


def in_name(url: str) -> int:
    """The page of zwyw_3.jhtml; 1 without a number."""
    stem, _, page = urlsplit(url).path.rpartition("/")[2].partition(".")[0].rpartition("_")
    return int(page) if stem else 1


def posted_window(url: str, request: Mapping[str, Any]) -> str:
    fields = parse_qs(f"{urlsplit(url).query}&{request['body']}")
    assert fields["columnid"] == ["2651"] and request["method"] == "POST"
    return store(range(int(fields["startrecord"][0]) - 1, min(int(fields["endrecord"][0]), ITEMS)))


def igs(url: str, request: Mapping[str, Any]) -> str:
    rows = records(number(url, "pageNumber"), ("DOCPUBURL", "DOCTITLE", "PUBDATE"), "/xw/202604/t20260409_{}.html")
    return json.dumps({"rows": rows, "total": ITEMS})


def query_list(url: str, request: Mapping[str, Any]) -> str:
    """Jiangxi: the page holds the first rows as data, the rest is posted for."""
    page = 1
    if url.endswith("/queryList"):
        fields = parse_qs(request["body"])
        page = int(fields["current"][0])
        assert fields["perPage"] == [str(SIZE)] and fields["channelCode[]"] == ["col42150"]
    places = {n: json.dumps({"pc": f"/jx/art/2026/4/9/art_42150_{1000 + n}.html"}) for n in ids(page)}
    rows = [{"source": {"title": title(n), "pubDate": "2026-04-09 10:00", "urls": places[n]}} for n in places]
    answer = json.dumps({"data": {"total": ITEMS, "results": rows}})
    script = f"var codeName='col42150'; var websiteCode='jx'; var initData={answer};"
    return answer if request["method"] == "POST" else f"<html><base href='/jx/'><script>{script}</script></html>"


def pudong(url: str, request: Mapping[str, Any]) -> str:
    asked = json.loads(request["body"])
    assert asked["channelList"] == ["9"]
    rows = records(asked["pageNo"], ("url", "title", "publishTime"), "/x/20260409/{}.html")
    return json.dumps({"code": 0, "data": {"totalCount": ITEMS, "list": rows}})


def csrc(url: str, request: Mapping[str, Any]) -> str:
    """A page of menus whose script names the search."""
    if "/searchList/" not in url:
        script = f"var url='/searchList/{HASH}?_isAgg=true&_isJson=true&_pageSize=18&_template=index&page=1'"
        return f"<html><ul><li><a href='/csrc/c1/list.shtml'>法律</a></li></ul><script>{script}</script></html>"
    link = "//www.a.gov.cn/csrc/c106256/c{}/content.shtml"
    rows = records(number(url, "page"), ("url", "title", "publishedTimeStr"), link)
    return json.dumps({"data": {"page": number(url, "page"), "rows": SIZE, "total": ITEMS, "results": rows}})


def gov_cn(url: str, request: Mapping[str, Any]) -> str:
    """An empty shell that names the one file with everything."""
    if not url.endswith(".json"):
        return "<html><a href='/'>首页</a><script>$.getJSON('./ZUIXINZHENGCE.json', show)</script></html>"
    link = "https://www.a.gov.cn/zhengce/202604/content_{}.htm"
    return json.dumps([{"TITLE": title(n), "URL": link.format(7_000_000 + n), "DOCRELPUBTIME": "2026-04-09"}
                       for n in range(ITEMS)])  # fmt: skip


def form(url: str, request: Mapping[str, Any]) -> str:
    page = number(url, "page")
    more = f"<a href='javascript:goPage({page + 1})'>下一页</a>" if page < PAGES else "<a>下一页</a>"
    fields = f"<input type=hidden name=cat_id value=15><input type=hidden name=page value={page}>"
    return html(page, f"<form action='list.jsp' method=get>{fields}{more}</form>共{PAGES}页", "/info/{}.html")


def choice(url: str, request: Mapping[str, Any]) -> str:
    page = number(url, "page")
    options = "".join(f"<option value='/list.php?c=7&page={n}'>第{n}页</option>" for n in range(1, PAGES + 1))
    return html(page, f"<select onchange='location=this.value'>{options}</select>共{PAGES}页", "/show.php?id={}")


def vsb_table(url: str, request: Mapping[str, Any]) -> str:
    """Without a script: only 1/6 and the numbers of the files; 尾页 stands in the column's folder."""
    name = urlsplit(url).path.rpartition("/")[2].removesuffix(".htm")
    page, folder = (1, "zwyw/") if name == "zwyw" else (PAGES + 1 - int(name), "")
    more = f"<a href='{folder}{PAGES - page}.htm'>下页</a>" if page < PAGES else "<span>下页</span>"
    pager = f"<table><tr><td>{page}/{PAGES}&nbsp;</td><td>{more} <a href='{folder}1.htm'>尾页</a></td></tr></table>"
    return html(page, pager, "/info/1034/{}.htm")


def phpcms(url: str, request: Mapping[str, Any]) -> str:
    """The last page's "next" leads to itself."""
    page = number(url, "page")
    base = "index.php?m=content&amp;c=index&amp;a=lists&amp;catid=17&amp;page="
    before, after = max(page - 1, 1), min(page + 1, PAGES)
    pager = f"<a>{ITEMS}条</a> <a href='{base}{before}'>上一页</a> <a href='{base}{after}'>下一页</a>"
    return html(page, pager, "/index.php?m=content&c=index&a=show&catid=17&id={}")


def xiaogan(url: str, request: Mapping[str, Any]) -> str:
    page = in_name(url)
    following = f"<a onclick=\"location.href='tzgg_{min(page + 1, PAGES)}.jhtml'\">下一页</a>"
    return html(page, f"共{ITEMS}条 每页{SIZE}条 {following}", "/c/xg/tzgg/958{}.jhtml")


def founder(url: str, request: Mapping[str, Any]) -> str:
    """The way on is a picture."""
    page = int(url.rpartition("node_2113")[2].removesuffix(".htm").removeprefix("_") or 1)
    more = f"<a href='node_2113_{page + 1}.htm'><img src='n.gif' alt='下一页'></a>" if page < PAGES else ""
    return html(page, more, "/2026-04/09/content_{}.htm")


def epoint(url: str, request: Mapping[str, Any]) -> str:
    name = urlsplit(url).path.rpartition("/")[2].removesuffix(".html")
    page = int(name) if name.isdigit() else 1
    more = f"<li class='next'><a href='/001/001001/{page + 1}.html'>&gt;</a></li>" if page < PAGES else ""
    return html(page, f"<ul>{more}</ul>", "/001/001001/20260409/ab12cd34-1111-2222-3333-44445555{}.html")


def hebei(url: str, request: Mapping[str, Any]) -> str:
    page = number(url, "page")
    more = f"<a href='/columns/u1/templates/t1/blocks/b1?page={page + 1}'>下一页</a>" if page < PAGES else ""
    return html(page, more, "/columns/u1/202604/09/ab12cd34-1111-2222-3333-44445555{}.html")


def huzhou(url: str, request: Mapping[str, Any]) -> str:
    rows = ",".join(f"{{title:'{title(n)}',url:'/art/2026/4/9/art_1_{1000 + n}.html',pubtime:'2026-04-09'}}"
                    for n in range(ITEMS))  # fmt: skip
    return f"<html><div id=p></div><script>var dataList=[{{infolist:[{rows}]}}];</script></html>"


def trs_stem(url: str, request: Mapping[str, Any]) -> str:
    page = page_of(url, "wjlist", 1)
    return html(
        page, f"<!-- <script>createPageHTML({PAGES}, {page - 1}, 'wjlist', 'html', 'black2', {ITEMS});</script> -->"
    )


SERVERS: dict[str, tuple[str, Server, str]] = {
    "dataproxy": (f"{PROXY}&columnid=2651&unitid=8", window, "offset"),
    "IGS": (f"{HOST}/igs/front/search/publish/data/list.html?siteId=3&pageNumber=1&pageSize=10", igs, "json_page"),
    "queryList": (f"{HOST}/jx/col/col42150/index.html", query_list, "json_page"),
    "CSRC": (f"{HOST}/csrc/c101953/zfxxgk_zdgk.shtml", csrc, "json_page"),
    "gov.cn, the file": ("https://www.a.gov.cn/zhengce/zuixin/ZUIXINZHENGCE.json", gov_cn, "file_list"),
    "gov.cn, the shell": ("https://www.a.gov.cn/zhengce/zuixin/", gov_cn, "json_page"),
    "form": (f"{HOST}/list.jsp?cat_id=15", form, "postback"),
    "choice": (f"{HOST}/list.php?c=7", choice, "next_link"),
    "VSB, a table": (f"{HOST}/xwzx/zwyw.htm", vsb_table, "descending"),
    "PHPCMS": (f"{HOST}/index.php?m=content&c=index&a=lists&catid=17", phpcms, "next_link"),
    "Xiaogan": (f"{HOST}/c/xg/tzgg.jhtml", xiaogan, "next_link"),
    "Founder": (f"{HOST}/node_2113.htm", founder, "next_link"),
    "Epoint": (f"{HOST}/001/001001/subPage.html", epoint, "next_link"),
    "Hebei": (f"{HOST}/columns/u1/index.html", hebei, "next_link"),
    "Huzhou": (f"{HOST}/col/col1229/index.html", huzhou, "single"),
    "TRS, another stem, in a comment": (f"{HOST}/xw/yw/wjlist.html", trs_stem, "numbered"),
}


@pytest.mark.parametrize("name", SERVERS)
def test_a_whole_walk_meets_every_item_once(name: str) -> None:
    url, server, kind = SERVERS[name]
    found, told = walked(url, server)
    assert len(found) == len(set(found)) == ITEMS
    assert told == kind


@pytest.mark.parametrize(
    ("url", "server", "body", "kind"),
    [
        (PROXY, posted_window, "col=1&webid=38&columnid=2651&unitid=8377", "offset"),
        (f"{HOST}/api/affair", pudong, '{"channelList": ["9"], "pageNo": 1, "pageSize": 10}', "json_page"),
    ],
)
def test_what_is_posted_goes_on_with_its_own_body(url: str, server: Server, body: str, kind: str) -> None:
    found, told = walked(url, server, {"url": url, "method": "POST", "body": body, "headers": {}})
    assert len(found) == len(set(found)) == ITEMS
    assert told == kind


@pytest.mark.parametrize(
    ("name", "preset"),
    [
        ("trs", "trs"), ("trs, pager_options", "trs"), ("ucap", "ucap"), ("ucap, JSON", "ucap"), ("ccgp", "trs"),
        ("sitesources", "sitesources"), ("shanghai", "shanghai"), ("henan", "henan"), ("longxun", "longxun"),
        ("total only", "epoint"), ("vsb", "vsb"), ("ccontent", "ccontent"), ("next link", "dedecms"),
        ("next link", "asp"), ("on click", "jeecms"), ("numbers only", "nfcms"), ("hanweb", "hanweb"),
        ("hanweb, next group", "hanweb"), ("jpaas", "jpaas"), ("jpaas", "hanweb"), ("gkmlpt", "gkmlpt"),
        ("postback", "aspnet"), ("postback", "powereasy"),
    ],
)  # fmt: skip
def test_a_preset_changes_nothing_where_the_page_tells(name: str, preset: str, tmp_path: Path) -> None:
    url, server, kind = COMMON[name]
    file = tmp_path / "x.toml"
    file.write_text(f'id = "x"\nname = "某县"\nurl = "{HOST}/"\npreset = "{preset}"\n'
                    f'[[section]]\nname = "要闻"\nurl = "{url}"\n', "utf-8")  # fmt: skip
    found, told = walked(url, server, portal=read_definition(file))
    assert len(found) == len(set(found)) == ITEMS
    assert told == kind
