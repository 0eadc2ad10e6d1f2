"""Pagers that scripts draw, and links that call a function of the page: as real portals write them, from memory.

Each has the address of page 1, what stands below its rows, and the addresses of the two pages after it; the pager of a
page is the same on every page but for its own number, which stands as @ (@+ and @- are the numbers beside it).
"""

from __future__ import annotations

import re
from itertools import pairwise
from time import monotonic

import pytest

from crawler.listing import list_page
from tests.list_servers import html

HOST = "http://www.a.gov.cn"
LAYUI = """<div id='laypage'></div><script>layui.use('laypage', function(){ var laypage = layui.laypage;
  laypage.render({ elem: 'laypage' ,count: 53 ,limit: 10 ,curr: @ ,layout: ['count', 'prev', 'page', 'next', 'skip']
    ,jump: function(obj, first){ if(!first){ window.location.href = '/index.php?c=category&id=11&page=' + obj.curr; } }
  }); });</script>"""
LAYPAGE = """<script>laypage({ cont: 'page1', pages: 6, curr: function(){
  var page = location.search.match(/page=(\\d+)/); return page ? page[1] : 1; }(),
  jump: function(e, first){ if(!first){ location.href = '?page='+e.curr; } } });</script>"""
KKPAGER = """<div id="kkpager"></div><script>kkpager.generPageHtml({ pno : @, total : 6, totalRecords : 53,
  hrefFormer : 'list', hrefLatter : '.html',
  getLink : function(n){ if(n==1){return this.hrefFormer + this.hrefLatter;}
    return this.hrefFormer + "_" + n + this.hrefLatter; } });</script>"""
KKPAGER_PLAIN = """<script>kkpager.generPageHtml({pno: '@', total: '6', totalRecords: '53', hrefFormer: 'list',
  hrefLatter: '.html'});</script>"""
SIMPLE = """<script>$(function(){ $(".light-pagination").pagination({ items: 53, itemsOnPage: 10, currentPage: @,
  hrefTextPrefix: 'index_', hrefTextSuffix: '.html', cssStyle: 'light-theme' }); });</script>"""
TWBS = """<script>$('#pagination').twbsPagination({ totalPages: 6, startPage: @, visiblePages: 7,
  href: '?catid=9&page={{number}}', first: '首页' });</script>"""
BOOTSTRAP = """<script>var options = { bootstrapMajorVersion: 3, currentPage: @, numberOfPages: 5, totalPages: 6,
  pageUrl: function(type, page, current){ return "list.jsp?type=gz&pageNo=" + page; },
  itemTexts: function (type, page, current) { switch (type) { case "first": return "首页";
  case "page": return page; } } }; $('#pageLimit').bootstrapPaginator(options);</script>"""
BOOTSTRAP_CLICK = """<script>$("#page").bootstrapPaginator({ totalPages: $("#pages").val(),
  currentPage: $("#now").val(), onPageClicked: function(event, originalEvent, type, page){
    location.href = "list.do?id=3&pageNo=" + page; } });</script>
  <input type="hidden" id="pages" value="6"><input type="hidden" id="now" value="@">"""
JQPAGINATOR = """<script>$.jqPaginator('#pagination1', { totalPages: 6, visiblePages: 5, currentPage: @,
  onPageChange: function (num, type) { if (type == 'change') { window.location.href = "index.php?s=/list/7/p/" + num
  + ".html"; } } });</script>"""
TCD = """<div class="tcdPageCode"></div><script>$(".tcdPageCode").createPage({ pageCount:6, current:@,
  backFn:function(p){ if (p == 1) { window.location.href = "index.html"; } else {
    window.location.href = "index_" + p + ".html"; } } });</script>"""
ZXF = """<div class="zxf_pagediv"></div><script>$(".zxf_pagediv").createPage({ pageNum: 6, current: @,
  backfun: function(e) { location.href = '/zwgk/list?cid=12&pageNum=' + e.current; } });</script>"""
MSS = """<script>$('.M-box11').pagination({ totalData: 53, showData: 10, current: @, coping: true,
  callback:function(api){ window.location.href = "/channel/81?pageIndex=" + api.getCurrent(); } });</script>"""
OLDEST = """<script>$(function(){ $("#Pagination").pagination(53, { num_edge_entries: 1, num_display_entries: 4,
  current_page: @-, callback: pageselectCallback, items_per_page: 10 }); });
function pageselectCallback(page_index, jq){ if(page_index==0){ location.href="index.html"; }
  else { location.href="index_"+page_index+".html"; } return false; }</script>"""
LINK_TO = """<script>$("#Pagination").pagination(53, { items_per_page: 10, current_page: @-, prev_text: "上一页",
  link_to: "list.aspx?cid=5&page=__id__" });</script>"""
PAGING = """<script>var totalPage = 6; $("#page").paging({ pageNo:@, totalPage: totalPage, totalSize: 53,
  callback: function(num) { goto(num) } });
function goto(num) { var url = "/ywdt/tzgg"; if (num > 1) { url += "/index_" + num + ".html"; } location.href = url; }
</script>"""
NEW_PAGING = """<script>new Paging({ target: '#pager', pagesize: 10, count: 53, current: @,
  callback: (page, size) => { location.href = `/news/list?type=2&page=${page}` } });</script>"""
NEW_PAGE = """<script>Page({ num: 6, startnum: @, elem: $('#page1'), callback: function(n){
  window.location.href = 'index_' + (n - 1) + '.shtml' } });</script>"""
AJPAGE = (
    """<script>var ajpage = new Ajpage({ total: 53, pageSize: 10, pageNo: @, url: 'list_{page}.html' });</script>"""
)
JS_LINK = """<span>共53条 6页</span><a href="javascript:gotoPage(@+)">下一页</a><script>function gotoPage(n){
  var url = 'index'; if (n > 1) { url = url + '_' + n; } window.location.href = url + '.html'; }</script>"""
TWO_GIVEN = """<a href="#" onclick="toPage('@+','6');return false;">下一页</a><script>
var channel = '1024';
function toPage(pageNo, total) { if (parseInt(pageNo) > parseInt(total) || pageNo == '') { alert('没有了');
  return false; } window.location.href = "/channel/" + channel + "?page=" + pageNo; }</script>"""
ADDRESS_GIVEN = """<a href="javascript:;" onclick="pageTo('/xwdt/gzdt/list', @+, '.shtml')">下页</a><script>
function pageTo(before, n, behind){ location.assign(before + (n == 1 ? '' : '_' + n) + behind) }</script>"""
NUMBERS = """<b>@</b><a href="javascript:void(0)" onclick="jump(2)">2</a>
<a href="javascript:void(0)" onclick="jump(3)">3</a>
<script>var jump = function(n){ self.location = "list-7-" + n + ".html"; };</script>"""
OWN_ADDRESS = """<a href="javascript:turn(@+)">下一页</a><script>function turn(p){
  var here = location.href.split('?')[0]; location.href = here + '?curPage=' + p; }</script>"""
FOLDER = """<a href="javascript:turn(@+)">下一页 &gt;</a><script>function turn(p){ var path = location.pathname;
  path = path.substring(0, path.lastIndexOf('/') + 1); location.replace(path + 'index_' + p + '.html'); }</script>"""
NEXT_FUNCTION = """<a href="javascript:void(0)" onclick="nextPage()">下一页</a><script>
var currentPageNo = @; var pageTotal = 6; function nextPage(){ if(currentPageNo < pageTotal){ go(currentPageNo + 1); } }
function go(n){ window.location.href = '/xwzx/list.do?columnId=8&pageNo=' + n; }</script>"""
SHOW_PAGES = """<script src="/js/showPages.js"></script><script>var pg = new showPages('pg'); pg.pageCount = 6;
  pg.argName = 'p'; pg.printHtml();</script>"""
CHOICE = """<select onchange="location.href='list_' + this.value + '.html'"><option value="1">1</option>
<option value="2">2</option><option value="3">3</option><option value="4">4</option></select>"""
SELECTED = """<select onchange="javascript:location.href=this.options[this.selectedIndex].value">
<option value="index.html">第1页</option><option value="index_1.html">第2页</option><option value="index_2.html">第3页
</option></select>"""
REL = """<link rel="next" href="/zwgk/tzgg/page/@+/">"""
DATA_PAGE = """<div class="pg"><a data-page="@+" class="nxt">下一页</a></div><script>$('.pg a').click(function(){
  location.href = '/list.do?cid=4&page=' + $(this).attr('data-page'); });</script>"""
WRITTEN = """<script>var pageCount = 6; var nowPage = @; if (nowPage < pageCount) {
  document.write("<a href='list_" + (nowPage + 1) + ".html'>下一页</a>"); }</script>"""
HREF_FUNCTION = """<div id="pager"></div><script>Pager.render({ el: '#pager', pageCount: 6, pageIndex: @,
  href(n) { return n > 1 ? `index_${n}.html` : 'index.html' } })</script>"""
CEIL = """<script>var total = 53, size = 10; $("#page").Page({ totalPages: Math.ceil(total / size), liNums: 5,
  activeClass: 'active', callBack: function(page){ window.open("node_7_" + page + ".htm", "_self"); } });</script>"""
MEMBERS = """<a onclick="turn(@+)" href="javascript:void(0)">下一页</a><script>function turn(p){
  if (!isMember()) { location.href = '/login.do'; return; }
  location.href = '/zw/list?cid=4&page=' + p + '&t=' + new Date().getTime(); }</script>"""
CURRENT = """<script>$('#p').bootstrapPaginator({ currentPage: @, totalPages: 6, pageUrl: function(type, page, current){
  if (page == current) { return "javascript:void(0)"; } else { return "index_" + page + ".html"; } } });</script>"""
EITHER = """<a href="javascript:turn(@)">下一页</a><script>function turn(now){ now < 6 ? go(now + 1) : go(6) }
function go(n){ location.href = "index_" + n + ".html"; }</script>"""
SWITCH = """<a href="#" onclick="tp('next')">下一页</a><script>var pageNo = @; function tp(which){
  switch (which) { case 'first': pageNo = 1; break; case 'next': pageNo = pageNo + 1; break; default: pageNo = 6; }
  location.href = 'index_' + pageNo + '.html'; }</script>"""
SENT = """<form name="f" action="list.jsp" method="get"><input type="hidden" name="c" value="1"><input type="hidden"
  name="pageNo" value="@"></form><span>共6页</span><a href="javascript:nextPage()">下一页</a><script>
function nextPage(){ document.f.pageNo.value = parseInt(document.f.pageNo.value) + 1; document.f.submit(); }</script>"""
JOINED = """<script>$("#p").pagination({ pages: 6, current: @, callback: function(p){
  location.href = ["index_", p, ".html"].join("") } });</script>"""
ATTRIBUTES = """<div class="pagination" data-pages="6" data-page="@" data-url="index_{page}.html"></div>"""
BAR = """<script>var bar = new PageBar({ id: 'p', count: 53, perpage: 10, current: @,
  url: '/zw/list?c=1&page=' });</script>"""
FIELD = """<input type="hidden" id="curPage" value="@"><a href="javascript:nextPage()">下一页</a><script>
function nextPage(){ var p = parseInt($("#curPage").val()) + 1; location.href = "/zw/list?c=1&page=" + p; }</script>"""
SEARCH = """<a onclick="turn(@+)" href="javascript:void(0)">下一页</a><script>function turn(p){
  window.location.search = 'type=3&pageNo=' + p; }</script>"""
REPLACED = """<a onclick="turn(@+)" href="javascript:void(0)">下一页</a><script>function turn(p){
  var url = window.location.href;
  if (/pageNum=/.test(url)) { url = url.replace(/pageNum=\\d+/, 'pageNum=' + p) }
  else { url += (url.indexOf('?') > -1 ? '&' : '?') + 'pageNum=' + p }
  window.location.href = url; }</script>"""
KEPT = """<a href="javascript:void(0)" class="bt_link" tagname="/col/col44/index.html?uid=33&pageNum=@+">下一页</a>"""
DEC = """<div id="pageDec" pagesize="10" pagecount="6" pageindex="@" urlpre="/ywdt/hnyw/index_" urlsuf=".html"></div>"""
DEC_FROM_ZERO = DEC.replace("@", "@-")

A, B = "index.html", "index_{}.html"
FORMS: dict[str, tuple[str, str, str, str]] = {
    "layui": (LAYUI, "/index.php?c=category&id=11", "/index.php?c=category&id=11&page=2",
              "/index.php?c=category&id=11&page=3"),
    "laypage, the old one": (LAYPAGE, "/zw/list", "/zw/list?page=2", "/zw/list?page=3"),
    "kkpager": (KKPAGER, "/zw/list.html", "/zw/list_2.html", "/zw/list_3.html"),
    "kkpager without a function": (KKPAGER_PLAIN, "/zw/list.html", "/zw/list_2.html", "/zw/list_3.html"),
    "simplePagination": (SIMPLE, "/zw/index.html", "/zw/index_2.html", "/zw/index_3.html"),
    "twbsPagination": (TWBS, "/list.php?catid=9", "/list.php?catid=9&page=2", "/list.php?catid=9&page=3"),
    "bootstrapPaginator": (BOOTSTRAP, "/list.jsp?type=gz", "/list.jsp?type=gz&pageNo=2", "/list.jsp?type=gz&pageNo=3"),
    "bootstrapPaginator, numbers in fields": (BOOTSTRAP_CLICK, "/list.do?id=3", "/list.do?id=3&pageNo=2",
                                              "/list.do?id=3&pageNo=3"),
    "jqPaginator": (JQPAGINATOR, "/index.php?s=/list/7.html", "/index.php?s=/list/7/p/2.html",
                    "/index.php?s=/list/7/p/3.html"),
    "tcdPageCode": (TCD, "/zw/index.html", "/zw/index_2.html", "/zw/index_3.html"),
    "zxf": (ZXF, "/zwgk/list?cid=12", "/zwgk/list?cid=12&pageNum=2", "/zwgk/list?cid=12&pageNum=3"),
    "pagination.js": (MSS, "/channel/81", "/channel/81?pageIndex=2", "/channel/81?pageIndex=3"),
    "jQuery's oldest pagination": (OLDEST, "/zw/index.html", "/zw/index_1.html", "/zw/index_2.html"),
    "the same with link_to": (LINK_TO, "/list.aspx?cid=5", "/list.aspx?cid=5&page=1", "/list.aspx?cid=5&page=2"),
    "paging": (PAGING, "/ywdt/tzgg/index.html", "/ywdt/tzgg/index_2.html", "/ywdt/tzgg/index_3.html"),
    "new Paging, arrow and template": (NEW_PAGING, "/news/list?type=2", "/news/list?type=2&page=2",
                                       "/news/list?type=2&page=3"),
    "Page({num})": (NEW_PAGE, "/zw/index.shtml", "/zw/index_1.shtml", "/zw/index_2.shtml"),
    "Ajpage": (AJPAGE, "/zw/list.html", "/zw/list_2.html", "/zw/list_3.html"),
    "a link to javascript": (JS_LINK, "/zw/index.html", "/zw/index_2.html", "/zw/index_3.html"),
    "a call with two arguments": (TWO_GIVEN, "/channel/1024", "/channel/1024?page=2", "/channel/1024?page=3"),
    "a call with the address": (ADDRESS_GIVEN, "/xwdt/gzdt/list.shtml", "/xwdt/gzdt/list_2.shtml",
                                "/xwdt/gzdt/list_3.shtml"),
    "numbers that call": (NUMBERS, "/a/list-7-1.html", "/a/list-7-2.html", "/a/list-7-3.html"),
    "its own address with a number": (OWN_ADDRESS, "/xw/list.do", "/xw/list.do?curPage=2", "/xw/list.do?curPage=3"),
    "its own folder": (FOLDER, "/zw/tzgg/index.html", "/zw/tzgg/index_2.html", "/zw/tzgg/index_3.html"),
    "a call without argument": (NEXT_FUNCTION, "/xwzx/list.do?columnId=8", "/xwzx/list.do?columnId=8&pageNo=2",
                                "/xwzx/list.do?columnId=8&pageNo=3"),
    "showPages": (SHOW_PAGES, "/list.asp?id=7", "/list.asp?id=7&p=2", "/list.asp?id=7&p=3"),
    "a choice of numbers": (CHOICE, "/zw/list_1.html", "/zw/list_2.html", "/zw/list_3.html"),
    "a choice of addresses": (SELECTED, "/zw/index.html", "/zw/index_1.html", "/zw/index_2.html"),
    "link rel=next": (REL, "/zwgk/tzgg/", "/zwgk/tzgg/page/2/", "/zwgk/tzgg/page/3/"),
    "data-page": (DATA_PAGE, "/list.do?cid=4", "/list.do?cid=4&page=2", "/list.do?cid=4&page=3"),
    "written by a script": (WRITTEN, "/zw/list.html", "/zw/list_2.html", "/zw/list_3.html"),
    "a method that returns the address": (HREF_FUNCTION, "/zw/index.html", "/zw/index_2.html", "/zw/index_3.html"),
    "pages reckoned": (CEIL, "/zw/node_7.htm", "/zw/node_7_2.htm", "/zw/node_7_3.htm"),
    "another way for strangers": (MEMBERS, "/zw/list?cid=4", "/zw/list?cid=4&page=2&t=0", "/zw/list?cid=4&page=3&t=0"),
    "the page shown leads nowhere": (CURRENT, "/zw/index.html", "/zw/index_2.html", "/zw/index_3.html"),
    "one of two calls": (EITHER, "/zw/index.html", "/zw/index_2.html", "/zw/index_3.html"),
    "a switch": (SWITCH, "/zw/index.html", "/zw/index_2.html", "/zw/index_3.html"),
    "a form sent by a function": (SENT, "/zw/list.jsp?c=1", "/zw/list.jsp?c=1&pageNo=2", "/zw/list.jsp?c=1&pageNo=3"),
    "an address joined": (JOINED, "/zw/index.html", "/zw/index_2.html", "/zw/index_3.html"),
    "settings in attributes": (ATTRIBUTES, "/zw/index.html", "/zw/index_2.html", "/zw/index_3.html"),
    "an address that ends with the parameter": (BAR, "/zw/list?c=1", "/zw/list?c=1&page=2", "/zw/list?c=1&page=3"),
    "the page shown in a field": (FIELD, "/zw/list?c=1", "/zw/list?c=1&page=2", "/zw/list?c=1&page=3"),
    "location.search": (SEARCH, "/list?type=3", "/list?type=3&pageNo=2", "/list?type=3&pageNo=3"),
    "a number put into its address": (REPLACED, "/list?id=3", "/list?id=3&pageNum=2", "/list?id=3&pageNum=3"),
    "an address in an attribute": (KEPT, "/col/col44/index.html", "/col/col44/index.html?uid=33&pageNum=2",
                                   "/col/col44/index.html?uid=33&pageNum=3"),
    "pageDec with its addresses": (DEC, "/ywdt/hnyw/", "/ywdt/hnyw/index_2.html", "/ywdt/hnyw/index_3.html"),
    "pageDec from 0": (DEC_FROM_ZERO, "/ywdt/hnyw/", "/ywdt/hnyw/index_1.html", "/ywdt/hnyw/index_2.html"),
}  # fmt: skip


def shown(pager: str, page: int) -> str:
    return re.sub(r"@([+-]?)", lambda found: str(page + {"": 0, "+": 1, "-": -1}[found[1]]), pager)


@pytest.mark.parametrize("name", FORMS)
def test_a_pager_leads_from_page_to_page(name: str) -> None:
    pager, *pages = FORMS[name]
    for number, (url, following) in enumerate(pairwise(pages), start=1):
        told = list_page(html(number, shown(pager, number)), HOST + url).pager
        assert told.next_url == HOST + following, (name, number, told)


@pytest.mark.parametrize(
    ("pager", "last"),
    [
        (LAYUI, "/index.php?c=category&id=11&page=6"),
        (KKPAGER, "/zw/list_6.html"),
        (TWBS, "/list.php?catid=9&page=6"),
        (OLDEST, "/zw/index_5.html"),
        (TCD, "/zw/index_6.html"),
        (TWO_GIVEN, "/channel/1024?page=6"),
        (NEXT_FUNCTION, "/xwzx/list.do?columnId=8&pageNo=6"),
        (SHOW_PAGES, "/list.asp?id=7&p=6"),
        (CHOICE, "/zw/list_4.html"),
        (DEC, "/ywdt/hnyw/index_6.html"),
        (SENT, "/zw/list.jsp?c=1&pageNo=6"),
    ],
)
def test_the_last_page_leads_nowhere(pager: str, last: str) -> None:
    assert list_page(html(6, shown(pager, 6)), HOST + last).pager.next_url is None


@pytest.mark.parametrize(
    "call",
    [
        "$('#p').pagination({ pageCount: 6, callback: function(api){ load(api.getCurrent()); } });",  # asks by script
        "$('#p').paging({ totalPage: 1, callback: function(n){ location.href = '?page=' + n; } });",
        "page({ url: 'list_{page}.html' });",  # says no number of pages
        "laypage.render({ count: 0, limit: 10, jump: function(obj){ location.href = '?page=' + obj.curr; } });",
    ],
)
def test_a_call_that_says_too_little_leads_nowhere(call: str) -> None:
    assert list_page(html(1, f"<script>{call}</script>"), f"{HOST}/zw/list").pager.next_url is None


@pytest.mark.parametrize(
    "junk",
    ["page(" * 30_000, "page({" + "(" * 200_000, "function a(n){" * 30_000, "document.write(" * 30_000,
     "function go(n){ go(n) } go(1);" * 3_000, "page({a:" + "!" * 100_000, "page({a: x ? " * 20_000, "/*" * 100_000,
     "page(/" * 30_000,
     "function go(n){ " + "go(n);" * 400 + "} ", "function go(n){ return " + "go(n)+" * 400 + "1 }",
     ("page({total: " + "f(" * 900 + "});") * 80,
     "page({total: 6, size: 2, url: '" + "{" * 100_000],
)  # fmt: skip
def test_hostile_scripts_cost_little(junk: str) -> None:
    link = "<a href='javascript:go(2)'>下一页</a>"
    start = monotonic()
    list_page(html(1, f"{link}<script>{junk}</script>"), f"{HOST}/zw/list.html")
    assert monotonic() - start < 5
