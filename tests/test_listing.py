"""Rows of list pages in the shapes that portals print: every article once, nothing else, headline and date whole."""

# ruff: noqa: E501 - rows of markup in Chinese, where every character counts double

from __future__ import annotations

import gzip
import json
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import ListRow
from crawler.errors import PageTooBig
from crawler.listing import list_page
from crawler.portal import ListRules, Portal

URL = "http://www.a.gov.cn/xw/yw/"
NAV = """<div class="nav"><ul><li><a href="/">首页</a></li><li><a href="/xw/">新闻中心</a></li><li><a href="/zwgk/">政务公开</a></li>
<li><a href="/zwfw/">政务服务</a></li><li><a href="/hd/">互动交流</a></li><li><a href="http://www.gov.cn/">中国政府网</a></li></ul></div>"""
FOOT = """<div class="foot"><a href="/about/">关于我们</a> <a href="/map/">网站地图</a> 主办：某县人民政府办公室 2026-01-01
<a href="http://bszs.conac.cn/sitename?method=show&id=0A1B2C3D">党政机关</a></div>"""
TITLES = (
    "县政府召开第十二次常务会议",
    "关于公布2025年10月1日起施行的行政规范性文件目录的公告",
    "我县开展安全生产大检查",
    "关于做好2026年春季农业生产工作的通知",
    "县长到乡镇调研",
    "“十四五”规划实施情况新闻发布会",
)
DAYS = ("2026-04-09", "2026-04-08", "2026-04-08", "2026-03-31", "2026-03-30", "2026-03-29")


def link(n: int) -> str:
    return f"/xw/yw/{DAYS[n][:7].replace('-', '')}/t{DAYS[n].replace('-', '')}_{1404570 + n}.html"


def rows(template: str, cut: int | None = None) -> str:
    """One piece of markup per row; {href}, {title}, {text} (perhaps cut), {date}, {y}, {m}, {d}."""
    return "\n".join(
        template.format(href=link(n), title=title, text=title if cut is None else title[:cut] + "...", date=DAYS[n],
                        y=DAYS[n][:4], m=DAYS[n][5:7], d=DAYS[n][8:], n=n, id=1404570 + n)
        for n, title in enumerate(TITLES)
    )  # fmt: skip


def expected() -> list[ListRow]:
    return [ListRow(f"http://www.a.gov.cn{link(n)}", title, DAYS[n]) for n, title in enumerate(TITLES)]


def page(body: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html><head><title>要闻</title>{head}</head><body>{NAV}{body}{FOOT}</body></html>"


SHAPES = {
    "li, span": "<ul>" + rows('<li><a href="{href}">{title}</a><span>{date}</span></li>') + "</ul>",
    "date first, in brackets": "<ul>" + rows('<li><span>[{date}]</span><a href="{href}">{title}</a></li>') + "</ul>",
    "cut, whole in the attribute": "<ul>" + rows('<li><a href="{href}" title="{title}">{text}</a><i>{date}</i></li>', 6) + "</ul>",
    "date with clock and label": "<ul>" + rows('<li><a href="{href}">{title}</a><em>发布时间：{date} 09:30:00</em></li>') + "</ul>",
    "slashes": "<ul>" + rows('<li><a href="{href}">{title}</a><b>{y}/{m}/{d}</b></li>') + "</ul>",
    "Chinese date": "<ul>" + rows('<li><a href="{href}">{title}</a><b>{y}年{m}月{d}日</b></li>') + "</ul>",
    "link around both": "<div class='news-list'>" + rows('<a href="{href}">{title}<em>{date}</em></a>') + "</div>",
    "glued in the link": "<ul>" + rows('<li><a href="{href}">{title} [{date}]</a></li>') + "</ul>",
    "day over month": "<ul>" + rows('<li><div><p>{d}</p><p>{y}-{m}</p></div><h4><a href="{href}">{title}</a></h4></li>') + "</ul>",
    "month and day, year in the address": "<ul>" + rows('<li><a href="{href}">{title}</a><span>{m}-{d}</span></li>') + "</ul>",
    "two dates": "<ul>" + rows('<li><a href="{href}">{title}</a><span class="mhide">{date}</span><span class="pchide">{date}</span></li>')
    + "</ul>",
    "only in the address": "<ul>" + rows('<li><a href="{href}">{title}</a></li>') + "</ul>",
    "table": "<table><tr><th>序号</th><th>标题</th><th>日期</th></tr>"
    + rows('<tr><td>{n}</td><td><a href="{href}">{title}</a></td><td>{date}</td></tr>') + "</table>",
    "a table for each row": rows('<table><tr><td>·</td><td><a href="{href}">{title}</a></td><td>{date}</td></tr></table>'),
    "no element for a row": "<div>" + rows('<a href="{href}">{title}</a> <span>{date}</span><br>') + "</div>",
    "dt, dd": "<dl>" + rows('<dt><a href="{href}">{title}</a></dt><dd>{date}</dd>') + "</dl>",
    "pairs of li": rows('<ul><li class="content"><a href="{href}">{title}</a></li><li class="time">{date}</li></ul>'),
    "category before": "<ul>" + rows('<li><a href="/xw/yw/">[要闻]</a><a href="{href}">{title}</a><span>{date}</span></li>') + "</ul>",
    "picture, headline, summary": rows(
        '<div class="item"><a href="{href}"><img src="/i/{n}.jpg"></a><div><h3><a href="{href}">{title}</a></h3>'
        "<p>4月9日，县委副书记、县长主持召开会议，传达学习2025年12月30日全省会议精神，研究部署下一步工作。</p><p>{date}</p></div></div>"
    ),
    "card as one link": rows(
        '<div class="card"><a href="{href}"><h3>{title}</h3><p>会议听取了2025年12月30日以来工作情况的汇报，研究了有关事项。</p>'
        "<span>{date}</span></a></div>"
    ),
    "separators and pinned": "<ul><li class='line'></li>"
    + rows('<li><a href="{href}" title="{title}">{title}</a><span>{date}</span></li><li style="height:1px"></li>')
    + f"<li><a href='{link(2)}'>{TITLES[2]}</a><span>{DAYS[2]}</span></li></ul>",
    "unclosed li": "<ul>" + rows('<li><a href="{href}">{title}</a><span>{date}</span>') + "</ul>",
    "bullets": "<ul>" + rows('<li>· <a href="{href}">• {title}</a>{date}</li>') + "</ul>",
    "files beside": "<ul>" + rows(
        '<li><a href="{href}">{title}</a><a href="/files/{id}.docx">下载文字版</a><a href="/files/{id}.pdf">下载图片版</a>{date}</li>'
    ) + "</ul>",
    "line breaks in href": "<ul>" + rows('<li><a href="\n  {href}\n">{title}</a><span>{date}</span></li>') + "</ul>",
    "in a comment": "<ul><!--" + rows('<li><a href="{href}">{title}</a><b>{date}</b></li>') + "--></ul>",
    "each in a comment of its own": "<ul>" + rows('<!--<li><a href="{href}">{title}</a><b>{date}</b></li>-->') + "</ul>",
    "again in a comment": "<ul>" + rows('<li><a href="{href}">{title}</a>{date}</li><!--<li><a href="{href}">{title}</a></li>-->') + "</ul>",
    "data store": "<script type='text/xml'><datastore><recordset>" + rows(
        '<record><![CDATA[<tr><td><a href="{href}" title="{title}">{title}</a></td><td>{date}</td></tr>]]></record>'
    ) + "</recordset></datastore></script>",
    "arrays": "<script>" + rows("urls[{n}]='{href}'; headers[{n}]='{title}'; times[{n}]='{date}';") + "</script>",
    "assignments, written by script": "<ul>" + rows(
        "<script>var url = '{href}'; var title = '{title}'; var date = '{date}'; document.write('<li>'+title);</script>"
    ) + "</ul>",
    "loose literal": "<script>var dataList=[{infolist:[" + rows("{{title:'{title}', url:'{href}', pubtime:'{date} 08:00'}},") + "]}];</script>",
    "by click": "<ul>" + rows('<li><a href="javascript:void(0)" onclick="window.open(\'{href}\')">{title}</a>{date}</li>') + "</ul>",
    "by a function of the page": "<script>function view(month, day, id){ if (!id) { return; } if (top.frame) { top.location = '/login.do' }"
    " else { window.open('/xw/yw/' + month + '/t' + day + '_' + id + '.html') } }</script><ul>"
    + rows("<li onclick=\"view('{y}{m}','{y}{m}{d}',{id})\"><b>{title}</b><i>{date}</i></li>") + "</ul>",
    "a second dated box of another column": "<ul class='main'>" + rows('<li><a href="{href}">{title}</a><span>{date}</span></li>')
    + "</ul><div class='side'><ul class='hot'>"
    + "".join(f"<li><a href='/zcwj/jd/202601/t20260105_99{n}.html'>热点解读之{n}：政策问答</a></li>" for n in range(12)) + "</ul></div>",
    "a line of particulars": "<ul>" + rows(
        '<li><a href="{href}">{title}</a><p>来源：县应急管理局 发布时间：{date} 09:30 浏览次数：123次</p></li>'
    ) + "</ul>",
    "interpretation below": "<ul>" + rows(
        '<li><a href="{href}">{title}</a><span>{date}</span><p><a href="/zcjd/202604/t20260401_88{n}.html">一图读懂：{title}的解读</a></p></li>'
    ) + "</ul>",
    "headline and summary both linked": "<ul>" + rows(
        '<li><a href="{href}">{title}</a><a href="{href}">近日，县委副书记、县长主持召开会议，研究部署下一步重点工作。</a><i>{date}</i></li>'
    ) + "</ul>",
    "in a template": "<template><ul>" + rows('<li><a href="{href}">{title}</a><b>{date}</b></li>') + "</ul></template>",
    "menu in the column's folder": "<div class='left'><ul><li><a href='/xw/yw/a/'>政府办公室文件</a></li><li><a href='/xw/yw/b.html'>政策解读回应关切</a></li>"
    "<li><a href='/xw/yw/c.html'>规划计划统计信息</a></li></ul></div><ul>"
    + rows('<li><a href="{href}">{title}</a><i>{date}</i></li>') + "</ul>",
    "deadline beside": "<ul>" + rows('<li><a href="{href}">{title}</a><span>截止日期：2026-12-31</span><span>{date}</span></li>') + "</ul>",
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_rows_of_every_shape(name: str) -> None:
    listing = list_page(page(SHAPES[name]), URL)
    assert listing.rows == tuple(expected())
    assert listing.issues == ()


@pytest.mark.parametrize("name", ["li, span", "table", "dt, dd", "pairs of li", "no element for a row"])
def test_a_fragment_without_a_page_around_it(name: str) -> None:
    assert list_page(SHAPES[name].encode(), URL + "index_2603340_2.html").rows == tuple(expected())


def test_a_page_in_gbk() -> None:
    text = page(SHAPES["table"], '<meta charset="gb2312">').encode("gbk")
    assert list_page(text, URL).rows == tuple(expected())


def test_addresses_follow_the_base() -> None:
    body = "<ul>" + rows('<li><a href="yw/{id}.html">{title}</a><b>{date}</b></li>') + "</ul>"
    found = list_page(page(body, '<base href="/xw/">'), "http://www.a.gov.cn/other/col1/index.html").rows
    assert found[0].url == "http://www.a.gov.cn/xw/yw/1404570.html"
    assert len(found) == len(TITLES)


def test_rows_that_lead_elsewhere_stay() -> None:
    body = SHAPES["li, span"].replace("</ul>", """<li><a href="https://mp.weixin.qq.com/s/AbC">一图读懂县政府工作报告</a><span>2026-03-28</span></li>
        <li><a href="/files/P020260327.pdf">2025年政府决算公开报告表</a><span>2026-03-27</span></li></ul>""")  # fmt: skip
    found = list_page(page(body), URL).rows
    assert [row.url for row in found[-2:]] == [
        "https://mp.weixin.qq.com/s/AbC",
        "http://www.a.gov.cn/files/P020260327.pdf",
    ]


RECORDS = {
    "gov.cn": lambda n: {"TITLE": TITLES[n], "SUB_TITLE": "", "URL": link(n), "DOCRELPUBTIME": DAYS[n]},
    "UCAP": lambda n: {"title": TITLES[n], "subTitle": "", "url": f"//www.a.gov.cn{link(n)}", "publishedTimeStr": f"{DAYS[n]} 09:00:00",
                       "resList": [{"name": "附件", "url": "/files/1.pdf"}]},
    "IGS": lambda n: {"DOCTITLE": f"<em>{TITLES[n]}</em>", "DOCPUBURL": f"http://www.a.gov.cn{link(n)}", "PUBDATE": DAYS[n]},
    "queryList": lambda n: {"id": n, "source": {"title": TITLES[n], "pubDate": f"{DAYS[n]} 10:00", "urls": json.dumps({"pc": link(n)})}},
    "seconds": lambda n: {"title": TITLES[n], "url": link(n), "create_time": 1775664000 - 86400 * (0, 1, 1, 9, 10, 11)[n]},
    "Suzhou": lambda n: {"title": TITLES[n], "link": link(n), "pubtime": DAYS[n]},
}  # fmt: skip


@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.parametrize("wrap", ["{}", '{{"code":200,"data":{{"total":99,"results":{}}}}}', "callback({});"])
def test_rows_in_json(name: str, wrap: str) -> None:
    text = wrap.format(json.dumps([RECORDS[name](n) for n in range(len(TITLES))], ensure_ascii=False))
    assert list_page(text, "http://www.a.gov.cn/api/list.json").rows == tuple(expected())


def test_html_in_json() -> None:
    text = json.dumps({"success": True, "data": {"html": SHAPES["li, span"]}})
    assert list_page(text, URL).rows == tuple(expected())


FEEDS = {
    "rss": '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>要闻</title><link>http://www.a.gov.cn/</link>'
    + rows("<item><title><![CDATA[{title}]]></title><link>{href}</link><pubDate>{date}T01:00:00Z</pubDate></item>") + "</channel></rss>",
    "atom": '<feed xmlns="http://www.w3.org/2005/Atom"><title>要闻</title>'
    + rows('<entry><title>{title}</title><link href="{href}"/><updated>{date}T10:00:00+08:00</updated></entry>') + "</feed>",
}  # fmt: skip


@pytest.mark.parametrize("name", FEEDS)
@pytest.mark.parametrize("packed", [False, True])
def test_feeds(name: str, packed: bool) -> None:
    data = FEEDS[name].encode()
    listing = list_page(gzip.compress(data) if packed else data, URL)
    assert listing.rows == tuple(expected())
    assert listing.pager.kind == "file_list"


def test_a_sitemap_gives_addresses_without_headlines() -> None:
    urls = rows("<url><loc>http://www.a.gov.cn{href}</loc><lastmod>{date}</lastmod></url>")
    text = f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
    assert [(row.url, row.date) for row in list_page(text, URL).rows] == [(row.url, row.date) for row in expected()]


def index(*files: str) -> str:
    entries = "".join(f"<sitemap><loc>{file}</loc></sitemap>" for file in files)
    return f'<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</sitemapindex>'


SITEMAP = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>http://www.a.gov.cn/1.html</loc></url></urlset>'


def test_a_sitemap_index_leads_through_all_its_files() -> None:
    files = [f"http://www.a.gov.cn/map{number}.xml.gz" for number in range(4)]
    asked, met = list_page(index(*files), URL).pager.next_request, []
    while asked is not None:
        met.append(asked["url"])
        asked = list_page(gzip.compress(SITEMAP.encode()), asked["url"], request=asked).pager.next_request
    assert met == files


@pytest.mark.parametrize(("page", "says"), [("<html>不存在</html>", "no sitemap"), (index("/a", "/b"), "its 2 files")])
def test_an_odd_file_of_a_sitemap_index_is_named_and_passed(page: str, says: str) -> None:
    first = list_page(index("/0.xml", "/1.xml"), URL).pager.next_request
    listing = list_page(page, "http://www.a.gov.cn/0.xml", request=first)
    assert listing.rows == ()
    assert says in listing.issues[0]
    assert listing.pager.next_url == "http://www.a.gov.cn/1.xml"


def test_an_entity_bomb_is_no_list() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><rss><channel><item><title>&b;</title></item></channel></rss>'
    assert list_page(bomb, URL).rows == ()


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "empty answer"),
        ("<html><script>window.location.href='./fzggwl/'</script></html>", "redirect shell"),
        ("<html><body>404 not found</body></html>", "stub"),
        (page("<p>正文</p>" * 300), "no rows found among"),
        ("<html>" + "<script>var a = 1;</script>" * 200 + "<div id='app'></div></html>", "filled by script"),
        ('{"code": 500, "msg": "error"}', "shape changed"),
        ('{"code": 200, "data": {"list": [{"bar": 1}]}}', "shape changed"),
    ],
)
def test_what_is_no_list_says_what_it_is(text: str, word: str) -> None:
    listing = list_page(text, URL)
    assert listing.rows == ()
    assert len(listing.issues) == 1
    assert word in listing.issues[0]


def test_a_definition_of_another_platform_is_an_issue() -> None:
    portal = Portal(id="a", name="a", url=URL, list=ListRules(include=r"/info/\d+/\d+\.htm$"))
    listing = list_page(page(SHAPES["table"]), URL, portal=portal)
    assert listing.rows == ()
    assert "wrong platform" in listing.issues[0]


def test_an_article_in_place_of_a_list_is_an_issue() -> None:
    head = '<meta name="ArticleTitle" content="县政府召开常务会议"><meta name="PubDate" content="2026-04-09">'
    body = f"<h1>{TITLES[0]}</h1><p>正文</p><ul><li><a href='{link(1)}'>上一篇：{TITLES[1]}</a></li></ul>"
    listing = list_page(page(body, head), f"http://www.a.gov.cn{link(0)}")
    assert "an article instead of a list" in listing.issues[0]


def test_selectors_of_a_definition() -> None:
    body = "<div>" + rows('<p class="r"><a href="{href}">{title}</a><u>{date}</u><u>2001-01-01</u></p>') + "</div>"
    rules = ListRules(row="p.r", link="a", title="a", date="u", exclude=r"_1404575\.html$")
    found = list_page(page(body), URL, portal=Portal(id="a", name="a", url=URL, list=rules)).rows
    assert found == tuple(expected()[:-1])


@given(st.binary(max_size=400) | st.text(max_size=400))
def test_nothing_makes_it_fail(junk: bytes | str) -> None:
    listing = list_page(junk, URL)
    assert listing.rows or listing.issues


def test_two_rows_of_a_last_page_beside_a_longer_dated_box() -> None:
    main = "<ul>" + rows('<li><a href="{href}">{title}</a><span>{date}</span></li>').partition("\n")[0] + "</ul>"
    box = "".join(
        f"<li><a href='/zcwj/202601/t20260105_99{n}.html'>政策解读第{n}期</a><i>2026-01-05</i></li>" for n in range(8)
    )
    found = list_page(
        page(f"<div class='list'>{main}</div><div class='side'><ul class='hot'>{box}</ul></div>"), URL
    ).rows
    assert found == tuple(expected()[:1])


def test_deep_nesting_and_many_links_take_their_time_and_no_more() -> None:
    deep = "<div>" * 2_000 + SHAPES["table"]
    assert len(list_page(page(deep), URL).rows) == len(TITLES)
    many = (
        "<ul>"
        + "".join(f"<li><a href='/a/{n}.html'>关于第{n}号文件的通知公告</a> 2026-04-09</li>" for n in range(8_000))
        + "</ul>"
    )
    assert len(list_page(page(many), URL).rows) > 3_000


@pytest.mark.parametrize(
    "junk", ["<!--", "<record><![CDATA[", "1", "<nextgroup>", "<script>a={", "共", "[", "<script ", "'a.b"]
)
def test_open_ends_cost_linear_time(junk: str) -> None:
    """At 200,000 characters these took 4 to 230 s when patterns looked for an end that never came."""
    began = time.monotonic()
    with suppress(PageTooBig):
        assert list_page(junk * (150_000 // len(junk)), URL).rows == ()
    assert time.monotonic() - began < 20


SIDE = "".join(
    f'<li><a href="/zcjd/202603/t202603{n + 10}_77{n}.html">政策问答第{n}期：医保报销</a><i>03-{n + 10}</i></li>'
    for n in range(9)
)
BOX = f"<div class='box'><h3>热点信息<a href='/zcjd/'>更多&gt;&gt;</a></h3><ul>{SIDE}</ul></div>"
PAGER = "<div class='page'><a href='index_1.html'>2</a><a href='index_1.html'>下一页</a></div>"


def test_days_with_a_stroke_are_no_page_numbers() -> None:
    body = (
        "<ul>"
        + "".join(
            f"<li><a href='/xw/yw/{n}0001.html'>{title}</a><i>5/{9 + n}</i></li>" for n, title in enumerate(TITLES)
        )
        + "</ul>"
    )
    pager = list_page(page(body), "http://www.a.gov.cn/xw/yw/1.html").pager
    assert (pager.total_pages, pager.next_url) == (1, None)


def test_links_of_a_pager_are_no_rows() -> None:
    """They carry the column's folder and a number, as rows do."""
    body = "<ul>" + rows('<li><a href="{href}">{title}</a><i>{date}</i></li>') + "</ul>"
    links = "<table><tr><td>2/6</td><td><a href='3.htm'>下页</a> <a href='1.htm'>尾页</a></td></tr></table>"
    found = list_page(page(body + links), "http://www.a.gov.cn/zwgk/zwyw/4.htm")
    assert found.rows == tuple(expected())
    assert found.pager.next_url == "http://www.a.gov.cn/zwgk/zwyw/3.htm"


FEW = {
    "li": '<ul>{rows}</ul>|<li><a href="{href}">{title}</a><span>{date}</span></li>',
    "table": '<table>{rows}</table>|<tr><td><a href="{href}">{title}</a></td><td>{date}</td></tr>',
    "link around both": '<div>{rows}</div>|<a href="{href}">{title}<em>{date}</em></a>',
    "no element for a row": '<div>{rows}</div>|<a href="{href}">{title}</a> ({date})<br>',
    "summary": '<ul>{rows}</ul>|<li><h4><a href="{href}">{title}</a></h4><p>近日，县政府召开会议。<a href="{href}">[详细]</a></p>{date}</li>',
}  # fmt: skip


@pytest.mark.parametrize("shown", [1, 2, 3, 6])
@pytest.mark.parametrize("shape", FEW)
@pytest.mark.parametrize(
    "layout", ["<div class='main'>{}</div>" + BOX, BOX + "<div class='main'>{}</div>", "<div>{}</div>", "{}"]
)
def test_a_page_of_few_rows_in_a_column_whose_folder_is_another(layout: str, shape: str, shown: int) -> None:
    """Neither folder nor length tell the list from the box: the pager beside it, years in dates, the box's "more" do."""
    around, _, row = FEW[shape].partition("|")
    text = around.format(rows="\n".join(rows(row).split("\n")[:shown]))
    found = list_page(page(layout.format(text + PAGER)), "http://www.a.gov.cn/zwgk/tz/").rows
    assert found == tuple(expected()[:shown])


def test_a_page_filled_by_script_is_not_its_foot() -> None:
    """Links of the foot look like articles: the search that the page names must be asked for its first page."""
    foot = "<a href='/lxwm/202001/t20200101_1.html'>联系我们</a><a href='/sm/202001/t20200102_2.html'>隐私声明</a>"
    head = f'<meta name="channelId" content="{"ab" * 16}">'
    listing = list_page(page(f"<div id='list'></div><div>{foot}</div>", head), URL)
    assert listing.rows == ()
    assert str(listing.pager.next_url).endswith("page=1")
