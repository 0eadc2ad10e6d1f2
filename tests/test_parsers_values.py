"""Values as pages print them: sources, times, files, crumbs, index tables. Tables of odd real forms."""

# ruff: noqa: E501  tables of full-width text

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import PageError
from crawler.extract import extract
from crawler.html import fold, read_page
from crawler.parsers.attachments import parse_attachments
from crawler.parsers.breadcrumb import parse_breadcrumb
from crawler.parsers.dates import parse_times
from crawler.parsers.declared import key
from crawler.parsers.document import parse_document, parse_site
from crawler.parsers.source import clean_source
from crawler.portal import for_url
from tests.article_shapes import BODY, PARAGRAPHS, pg

SOURCES = {
    "清和日报": "清和日报", "北京发布": "北京发布", "清和日报发布时间：2026-04-09": "清和日报", "新华社 记者 王明": "新华社",
    "县政府办 浏览次数：12": "县政府办", "县政府办浏览次数:12": "县政府办", "清和日报】": "清和日报", "中国政府网（2026-04-09）": "中国政府网",
    "人民日报 2026年4月9日": "人民日报", "新华网 责任编辑：张三": "新华网", "市场监管总局（国家标准委）": "市场监管总局（国家标准委）",
    "光明日报（记者王明）": "光明日报", "县委组织部 [大 中 小]": "县委组织部", "本站": "本站", "财政部　税务总局": "财政部 税务总局",
    "": None, "-": None, "无": None, "null": None, "　": None, "长" * 80: None,
}  # fmt: skip


@pytest.mark.parametrize("printed", SOURCES)
def test_sources_without_label_and_neighbours(printed: str) -> None:
    assert clean_source(printed) == SOURCES[printed]


TIMES = {
    "2026-04-09": "2026-04-09", "2026-4-9": "2026-04-09", "2026/04/09 9:39": "2026-04-09T09:39+08:00", "2026.04.09": "2026-04-09",
    "2026年04月09日 10时21分": "2026-04-09T10:21+08:00", "2026年4月9日10:21:33": "2026-04-09T10:21:33+08:00",
    "2017—04—12 21∶37": "2017-04-12T21:37+08:00", "2026-04-09-10:21:33": "2026-04-09T10:21:33+08:00", "[2003-09-08]": "2003-09-08",
    "2026-04-09T10:21:00": "2026-04-09T10:21:00+08:00", "２０２６－０４－０９": "2026-04-09", "2026-04-09 下午 3:05": "2026-04-09T15:05+08:00",
    "二〇二六年四月九日": "2026-04-09", "二○二五年十二月三十一日": "2025-12-31", "9 April 2026": "2026-04-09", "April 9, 2026": "2026-04-09",
    "April 9, 2026 (Thursday) 3:05 pm": "2026-04-09T15:05+08:00", "9 April 2026, 12:05 a.m.": "2026-04-09T00:05+08:00",
    "Thu Apr 09 10:21:33 CST 2026": "2026-04-09T10:21:33+08:00", "2026年4月9日（星期四）10:21": "2026-04-09T10:21+08:00",
    "2026-04-09 星期四 10:21": "2026-04-09T10:21+08:00", "9 April 2026 13:05 pm": "2026-04-09", "9 avril 2026": "2026-04-09",
    "9 de abril de 2026": "2026-04-09", "9 апреля 2026 г.": "2026-04-09", "April 9th, 2026": "2026-04-09", "1er avril 2026": "2026-04-01",
    "9 pages 2026": None, "令和8年4月9日": "2026-04-09", "20260409": None,
    "09.04.2026": "2026-04-09", "9. April 2026": "2026-04-09", "2026-02-30": None, "2026-13-01": None, "电话 0371-12345678": None,
    "清政〔2026〕3号": None, "12026-04-091": None, "": None,
}  # fmt: skip


@pytest.mark.parametrize("printed", TIMES)
def test_times_never_more_precise_than_printed(printed: str) -> None:
    found = parse_times(printed)
    assert (found[0].iso() if found else None) == TIMES[printed]


WITNESSES = {
    "displayed day, hours from the meta tag": ("发布时间：2026-04-09", "2026-04-09 10:21:33", "2026-04-09T10:21:33+08:00", ()),
    "displayed minute stands": ("时间：2026-04-09 10:21", "2026-04-09 10:21:33", "2026-04-09T10:21+08:00", ()),
    "the displayed day wins": ("时间：2026-04-09", "2026-05-01 08:00", "2026-04-09", ("date_contradiction",)),
    "midnight says nothing": ("时间：2026-04-09", "2026-04-09 00:00:00", "2026-04-09", ()),
    "nothing displayed": ("", "2026-04-09 10:21", "2026-04-09T10:21+08:00", ()),
    "the document's date is not the publication's": ("成文日期：2026-04-01 发布日期：2026-04-09", "", "2026-04-09", ()),
    "future": ("时间：2099-01-01", "", "2099-01-01", ("date_suspect",)),
    "none at all": ("", "", None, ()),
}  # fmt: skip


@pytest.mark.parametrize("name", WITNESSES)
def test_time_is_chosen_among_its_witnesses(name: str) -> None:
    shown, meta, expected, flags = WITNESSES[name]
    page = pg(
        f"<h1>县政府召开第18次常务会议</h1><div>{shown}</div><div id=zoom>{BODY}</div>",
        f'<meta name="PubDate" content="{meta}">',
    )
    article = extract(page, "http://x.gov.cn/a/9.html")
    assert article.published == expected
    assert article.flags == flags
    losers = [e for e in article.evidence if e.field == "published" and not e.chosen]
    assert bool(losers) == bool(shown and meta and name != "displayed day, hours from the meta tag")


# A date whose year, month and day stand apart, or that only a machine is told
PARTED = {
    "<b>9</b><i>2026-04</i>": "2026-04-09", "<p>09</p><p>2026年4月</p>": "2026-04-09", "<p>04-09</p><p>2026</p>": "2026-04-09",
    "<p>2026年</p><p>4月9日</p>": "2026-04-09", "<p>发布时间：</p><p>2026</p><p>04/09</p>": "2026-04-09", "发布日期：20260409": "2026-04-09",
    "文号：20260409": None, "<p>31</p><p>2026-02</p>": None, "<p>4-9</p>": None,
    '<time datetime="2026-04-09T10:21:00+08:00">三天前</time>': "2026-04-09T10:21:00+08:00",
    '<time datetime="2026-04-09T10:21+08:00">4月9日</time>': "2026-04-09T10:21+08:00",
    '<span itemprop="datePublished" content="2026-04-09">昨天</span>': "2026-04-09",
    '<ul><li><a href="b.html">县领导调研春耕生产</a> <time datetime="2026-04-09">4月9日</time></li></ul>': None,
    '<div><b>9</b><i>2026-04</i></div><a href="b.html">县领导调研春耕生产</a>': None,
}  # fmt: skip


@pytest.mark.parametrize("markup", PARTED)
def test_a_date_in_pieces(markup: str) -> None:
    page = pg(f"<h1>县政府召开第18次常务会议</h1><div>{markup}</div><div id=zoom>{BODY}</div>")
    assert extract(page, "http://x.gov.cn/a/9.html").published == PARTED[markup]


def test_founders_comment_stands_for_meta_tags() -> None:
    said = "<date>2026-04-09 10:21:33:0</date><author></author><title>县政府召开第18次常务会议</title><nodename>要闻</nodename>"
    page = pg(
        f"<!--enpproperty <articleid>7</articleid>{said}/enpproperty--><div id=zoom>{BODY}</div>",
        title="清和县人民政府",
    )
    article = extract(page, "http://x.gov.cn/content_7.htm")
    assert (article.title, article.published, article.author) == (
        "县政府召开第18次常务会议",
        "2026-04-09T10:21:33+08:00",
        None,
    )


HEADLINE = "县政府召开第18次常务会议"
# <title> is the site's name on every page: what stands above the text must do.
UNDECLARED = {
    f"<h1>{HEADLINE}</h1><div>2026-04-09 10:21</div><div>来源：清和日报</div>": HEADLINE,
    f"<div>2026-04-09 10:21</div><div>来源：清和日报</div><h1>{HEADLINE}</h1>": HEADLINE,
    f"<p>{HEADLINE}</p><p>清政〔2026〕18号</p><div>发布日期：2026-04-09</div>": HEADLINE,
    f"<p>{HEADLINE}</p><p>（2026年4月9日公布）</p><div>出处：清和日报</div>": HEADLINE,
    "<p>县政府召开<br>第18次常务会议</p><div>时间：2026-04-09</div>": "县政府召开 第18次常务会议",
    f"<table><tr><td>名&nbsp;&nbsp;称：</td><td>{HEADLINE}</td></tr><tr><td>文&nbsp;&nbsp;号：</td><td>清政〔2026〕18号</td></tr>"
    "<tr><td>发布日期：</td><td>2026-04-09</td></tr></table>": HEADLINE,
    f"<p>{HEADLINE}</p><p>【时效状态】 现行有效</p><div>来源于：清和日报</div>": HEADLINE,
    f"<p>标题：{HEADLINE}</p><p>来源：清和日报 时间：2026-04-09</p>": HEADLINE,
}


@pytest.mark.parametrize("markup", UNDECLARED)
@pytest.mark.parametrize("name", ["清和县人民政府", "清和县人民政府门户网站", ""])
def test_a_headline_that_title_does_not_name(markup: str, name: str) -> None:
    page = pg(f"<div>{markup}<div id=zoom>{BODY}</div><h3>相关链接：</h3><a href=a>县长简历</a></div>", title=name)
    assert extract(page, "http://x.gov.cn/a/9.html").title == UNDECLARED[markup]


def test_the_site_before_the_headline_in_title_is_no_headline() -> None:
    page = pg(f"<div>时间：2026-04-09</div><div id=zoom>{BODY}</div>", title=f"清和县人民政府 - {HEADLINE}")
    assert extract(page, "http://x.gov.cn/a/9.html").title == HEADLINE


def test_a_line_that_repeats_the_whole_title_is_no_headline() -> None:
    named = f"{HEADLINE}-清和新闻网"
    page = pg(f"<span>{named}</span><div class=title>› {HEADLINE}</div><div id=zoom>{BODY}</div>", title=named)
    assert extract(page, "http://x.gov.cn/a/9.html").title == HEADLINE


def test_the_date_of_a_law_under_its_headline_is_not_the_pages() -> None:
    law = "（2007年6月29日第十届全国人民代表大会常务委员会第二十八次会议通过）"
    head = '<meta name="PubDate" content="2007-08-20 10:21:00">'
    article = extract(pg(f"<h1>{HEADLINE}</h1><div><p>{law}</p>{BODY}</div>", head), "http://x.gov.cn/a/9.html")
    assert article.published == "2007-08-20T10:21:00+08:00"
    assert article.body.split("\n")[0] == law


MINUTE = "2026-04-09T10:21+08:00"
# An info line as sites print it -> (source, published)
INFO_LINES = {
    "来源：清和日报 发布时间：2026-04-09 10:21": ("清和日报", MINUTE),
    "<span>来源 清和日报</span><span>2026-04-09</span>": ("清和日报", "2026-04-09"),
    "发布时间 2026-04-09 10:21　来源 清和日报": ("清和日报", MINUTE),
    "来源:清和日报 / 时间:2026/4/9": ("清和日报", "2026-04-09"),
    "[来源：清和日报] [2026-04-09 10:21]": ("清和日报", MINUTE),
    "2026年4月9日 10时21分 来源：清和日报": ("清和日报", MINUTE),
    "二〇二六年四月九日　来源：清和日报": ("清和日报", "2026-04-09"),
    "发布时间：２０２６－０４－０９　１０：２１　来源：清和日报": ("清和日报", MINUTE),
    "发布于 2026-04-09 10:21 来源：清和日报": ("清和日报", MINUTE),
    "2026-04-0910:21来源：清和日报": ("清和日报", MINUTE),
    "<table><tr><td>来源</td><td>清和日报</td><td>日期</td><td>2026-04-09</td></tr></table>": (
        "清和日报",
        "2026-04-09",
    ),
    "<dl><dt>来源：</dt><dd>清和日报</dd><dt>时间：</dt><dd>2026-04-09 10:21</dd></dl>": ("清和日报", MINUTE),
    "<ul><li>来源：清和日报</li><li>发布时间：2026-04-09 10:21</li><li>浏览次数：12</li></ul>": ("清和日报", MINUTE),
    "<span>2026-04-09</span> <span>10:21</span> <span>来源：清和日报</span>": ("清和日报", MINUTE),
    "来源：<a href=http://paper.x.cn>清和日报</a>　2026-04-09 10:21　<a>我要评论</a>": ("清和日报", MINUTE),
    "清和日报 2026-04-09 10:21": ("清和日报", MINUTE),
    "时政要闻 2026-04-09 10:21": (None, MINUTE),
    "26-04-09 来源：清和日报": ("清和日报", None),
}
PLACES = {
    "between": "{title}<div>{info}</div><div>{body}</div>", "above": "<div>{info}</div>{title}<div>{body}</div>",
    "below": "{title}<div>{body}</div><div>{info}</div>", "in one box": "<div>{title}<div>{info}</div>{body}</div>",
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("info", INFO_LINES)
def test_info_lines_wherever_they_stand(info: str, place: str) -> None:
    markup = PLACES[place].format(title=f"<h1>{HEADLINE}</h1>", info=info, body=BODY)
    article = extract(pg(markup), "http://x.gov.cn/a/9.html")
    assert (article.source, article.published) == INFO_LINES[info]
    assert article.body.split("\n") == PARAGRAPHS or (info.startswith("26-") and place == "in one box")


@pytest.mark.parametrize("column", ["新闻中心", "政务公开"])
@pytest.mark.parametrize("markup", [f"<p>{HEADLINE}</p>", f"<div><font size=5><b>{HEADLINE}</b></font></div>"])
def test_the_column_in_title_is_no_headline(markup: str, column: str) -> None:
    page = pg(f"{markup}<div>来源：清和日报</div><div>{BODY}</div>", title=f"{column}_清和县人民政府")
    assert extract(page, "http://x.gov.cn/a/9.html").title == HEADLINE


def test_one_long_paragraph_does_not_lose_the_short_ones_beside_it() -> None:
    long = "会议指出，要压紧压实责任，深入开展隐患排查整治，坚决防范和遏制重特大事故发生。" * 9
    page = pg(f"<h1>{HEADLINE}</h1><div><p>会议议定三件事。</p><p>{long}</p><p>会议还研究了其他事项。</p></div>")
    assert extract(page, "http://x.gov.cn/a/9.html").body == f"会议议定三件事。\n{long}\n会议还研究了其他事项。"


@pytest.mark.parametrize(
    "label", ["来源", "信息来源", "稿件来源", "文章来源", "出处", "来自", "来 源", "来源于", "供稿单位", "发布单位"]
)
@pytest.mark.parametrize(
    "after", ["发布时间：2026-04-09", "发稿时间：2026-04-09", "更新日期：2026-04-09", "发布于：2026-04-09"]
)
def test_labels_of_source_and_time(label: str, after: str) -> None:
    page = pg(f"<h1>{HEADLINE}</h1><div>{label}：清和日报　{after}</div><div id=zoom>{BODY}</div>")
    article = extract(page, "http://x.gov.cn/a/9.html")
    assert (article.source, article.published) == ("清和日报", "2026-04-09")


# What pages put into the box of the text, above or below it; none of it is text.
FURNITURE = {
    "above": ["<p>【字体：大 中 小】</p>", "<p>浏览次数：1234 打印</p>", "<div>分享到：<a>微信</a> <a>微博</a></div>", "<div>语音播报 <a>播放</a> <a>暂停</a></div>"],
    "below": [
        "<p>责任编辑：张三</p>", "<p>（责编：李四、王五）</p>", "<div>编辑：小明　审核：小红　签发：老王</div>", "<div>上一篇：<a href=/a1.html>某县召开大会</a></div><div>下一篇：没有了</div>",
        "<div>【<a href=javascript:print()>打印本页</a>】【<a href=#>关闭窗口</a>】</div>", "<div>分享到： <a>微信</a> <a>微博</a></div>", "<img src=q.png><p>扫一扫在手机打开当前页</p>",
        "<h4>相关新闻</h4><ul><li><a href=/1.html>关于做好第一季度重点工作的通知</a></li><li><a href=/2.html>关于做好第二季度重点工作的通知</a></li></ul>",
        "<p>浏览次数：1234次</p>", "<p>版权所有：清和县人民政府 备案号：豫ICP备05000000号</p>", "<p><a href=#top>返回顶部</a></p>", "<p>我要纠错：<a href=x>点击进入</a></p>",
        "<p>您觉得这篇文章是否对您有帮助？ <a>有</a> <a>没有</a></p>", "<div>本文章对您是否有帮助 <input type=radio>是 <input type=radio>否</div>", "<p>关注“清和发布”微信公众号，获取更多资讯</p>",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("place", "markup"), [(place, one) for place, all_ in FURNITURE.items() for one in all_])
def test_furniture_in_the_box_of_the_text_is_no_text(place: str, markup: str) -> None:
    text = f"{markup}{BODY}" if place == "above" else f"{BODY}{markup}"
    page = pg(f"<h1>{HEADLINE}</h1><div>来源：清和日报 时间：2026-04-09</div><div class=unheard-of>{text}</div>")
    assert extract(page, "http://x.gov.cn/a/9.html").body == "\n".join(PARAGRAPHS)


def test_an_english_article_with_a_list_beside_it_is_no_column() -> None:
    rows = "".join(
        f"<li><a href=/n{i}>Minister opens the school at Greenfield No {i}</a> 2026-04-0{i}</li>" for i in range(1, 8)
    )
    text = "".join(
        f"<p>The minister said on {day} that the new school will open its doors to all children.</p>"
        for day in ("Monday", "Friday")
    )
    page = f"<title>A school opens</title><h1>A school opens</h1><div class=entry>{text}</div><ul>{rows}</ul>"
    assert extract(page, "https://x.gov/a-school-opens/").body.startswith("The minister said on Monday")


@pytest.mark.parametrize(
    ("url", "verify", "flagged"),
    [
        ("https://x.gov.cn/a/9.html", False, True),
        ("https://x.gov.cn/a/9.html", None, False),
        ("http://x.gov.cn/a/9.html", False, False),
    ],
)
def test_pages_of_a_server_that_nobody_vouched_for_are_flagged(url: str, verify: bool | None, flagged: bool) -> None:
    portal = replace(for_url(url), verify_tls=verify)
    page = pg(f"<h1>{HEADLINE}</h1><div>来源：清和日报</div><div id=zoom>{BODY}</div>")
    assert ("tls_unverified" in extract(page, url, portal=portal).flags) == flagged


@pytest.mark.parametrize("below", ["", "<p>扫一扫在手机打开当前页</p>", "<p>（责任编辑：王明）</p>"])
def test_a_file_linked_alone_below_the_text_is_an_attachment_and_no_text(below: str) -> None:
    files = '<p><a href="/a/x.pdf">2024年部门预算.pdf</a></p><p><a href="/a/y.xlsx">附表.xlsx</a></p>'
    page = pg(f"<h1>{HEADLINE}</h1><div>来源：清和日报</div><div id=zoom>{BODY}{files}{below}</div>")
    article = extract(page, "http://x.gov.cn/a/9.html")
    assert [one.url for one in article.attachments] == ["http://x.gov.cn/a/x.pdf", "http://x.gov.cn/a/y.xlsx"]
    assert article.body == "\n".join(PARAGRAPHS)


DATED_ROWS = {
    "rows": "".join(f"<li><a href=/{i}.html>县政府召开第{i}次常务会议研究安全生产</a> 2026-03-0{i}</li>" for i in range(1, 9)),
    "cells": "<table>" + "".join(
        f"<tr><td><a href=/{i}.html>县政府召开第{i}次常务会议研究安全生产</a></td><td>2026-03-0{i}</td></tr>" for i in range(1, 9)) + "</table>",
    "today": "<div>今天是2026年11月24日 晴 5℃~12℃</div>",
}  # fmt: skip


@pytest.mark.parametrize("beside", DATED_ROWS)
@pytest.mark.parametrize("place", ["above", "below"])
def test_a_page_without_a_date_gets_none_from_what_stands_beside(beside: str, place: str) -> None:
    article = f"<h1>{HEADLINE}</h1><div class=unheard-of>{BODY}</div>"
    rows = f"<div>{DATED_ROWS[beside]}</div>"
    page = pg(rows + article if place == "above" else article + rows)
    assert extract(page, "http://x.gov.cn/a/9.html").published is None


TRAILS = {
    "当前位置：<a href=/>首页</a> &gt; <a href=a>要闻</a>": ("首页", "要闻"),
    "您所在的位置:<a href=/>首页</a>&gt;&gt;<a href=a>要闻</a>&gt;&gt;正文": ("首页", "要闻", "正文"),
    "您的位置 &gt; <a href=/>首页</a> &gt; <a href=a>Budget &gt; Report</a>": ("首页", "Budget > Report"),
    "【当前位置】<a href=/>首页</a>·<a href=a>党建·廉政</a>": ("首页", "党建·廉政"),
    "您现在的位置：<a href=/>网站首页</a>　»　<a href=a>公告</a>　»　详细内容": ("网站首页", "公告", "详细内容"),
    "<a href=/><img src=home.png></a> &gt; <a href=a>要闻动态</a> &gt; 正文": ("要闻动态", "正文"),
    "首页 &gt; 政务公开 &gt; 正文": ("首页", "政务公开", "正文"),
    "当前栏目：<a href=/>首页</a> &gt; <a href=a>要闻</a>": ("首页", "要闻"),
    "你现在所处的栏目是 <a href=/>网站首页</a> / <a href=a>要闻</a> / 正文": ("网站首页", "要闻", "正文"),
    "<a href=/>首页</a> | <a href=a>政务公开</a> | 通知公告": ("首页", "政务公开", "通知公告"),
    "<a href=/>新华网</a> | <a href=a>时政</a> | 正文": ("新华网", "时政", "正文"),
    "<a href=/>首页</a> / <a href=a>通知公告</a>": ("首页", "通知公告"),
    "<a href=/><img src=logo.png></a><a href=/>人民网</a>&gt;&gt;<a href=a>文化</a>": ("人民网", "文化"),
    "<div class=crumbs>浏览路径：<a href=/x/>县政府</a> &gt; <a href=a>要闻</a></div>": ("县政府", "要闻"),
    "<a href=/>首页</a> | <a href=a>打印</a>": (),
    "<a href=/>首页</a> | <a href=a>要闻</a> | <a href=b>公开</a> | <a href=c>服务</a>": (),
    "<a href=/>首页</a> <a href=a>要闻</a> <a href=b>公开</a> <a href=c>服务</a>": (),
    "今天是2026年4月9日，欢迎访问清和县人民政府网站": (),
}


@pytest.mark.parametrize("markup", TRAILS)
def test_trails(markup: str) -> None:
    page = read_page(f"<body><div>{markup}</div><h1>县政府召开第18次常务会议</h1><p>正文内容在这里。</p></body>")
    headline = next(number for number, line in enumerate(page.lines) if line.text.startswith("县政府"))
    assert parse_breadcrumb(page, headline)[0] == TRAILS[markup]


FILES = {
    '<a href="/f/a.pdf">年报</a>': [("年报", "http://x.gov.cn/f/a.pdf")],
    '<a href="P020260409383930.docx"> </a>': [("P020260409383930.docx", "http://x.gov.cn/a/P020260409383930.docx")],
    '<a href="/system/_content/download.jsp?wbfileid=1">名单</a>': [
        ("名单", "http://x.gov.cn/system/_content/download.jsp?wbfileid=1")
    ],
    '<a href="/f/a.\n pdf">断行</a>': [],
    '<a href="/f/b.ofd\r\n">断行</a>': [("断行", "http://x.gov.cn/f/b.ofd")],
    "<a href=\"javascript:down('/f/c.xls')\">表</a>": [("表", "http://x.gov.cn/f/c.xls")],
    "<span onclick=\"window.open('/f/d.zip')\">打包</span>": [("打包", "http://x.gov.cn/f/d.zip")],
    '<iframe src="/pdfjs/web/viewer.html?file=/f/e.pdf"></iframe>': [("e.pdf", "http://x.gov.cn/f/e.pdf")],
    '<embed src="/f/%E5%B9%B4%E6%8A%A5.pdf">': [("年报.pdf", "http://x.gov.cn/f/%E5%B9%B4%E6%8A%A5.pdf")],
    '<a href="/f/a.pdf">一</a><a href="/f/a.pdf">又一次</a>': [("一", "http://x.gov.cn/f/a.pdf")],
    '<a href="/a/pdf.html">说明</a><a href="mailto:a@b.pdf">信</a><a href="#x.pdf">内</a>': [],
}


@pytest.mark.parametrize("markup", FILES)
def test_attachments_with_the_names_a_reader_sees(markup: str) -> None:
    page = read_page(f"<div id=zoom>{markup}</div>")
    found = parse_attachments(page.lines, page.tree.css_first("#zoom"), "http://x.gov.cn/a/1.html")
    assert [(item.name, item.url) for item in found] == FILES[markup]


def test_index_table_in_its_printings() -> None:
    rows = read_page(
        "<table><tr><td>索 引 号</td><td>K1</td><td>文 号：</td><td>清政〔2026〕3号</td></tr>"
        "<tr><td>发文机关：</td><td></td><td>时效性：</td><td>有效</td></tr></table>"
    )
    assert parse_document(rows) == {"索引号": "K1", "发文字号": "清政〔2026〕3号", "有效性": "有效"}
    items = read_page("<ul><li><b>索引号：</b>K1</li><li><b>成文日期：</b>2026-04-01</li><li>主题词：</li></ul>")
    assert parse_document(items) == {"索引号": "K1", "成文日期": "2026-04-01"}
    assert parse_document(read_page("<p>文号：3号</p>")) == {}, "one label alone is no index table"


def test_site_tags_in_any_case_and_the_code_of_the_footer() -> None:
    page = read_page(
        '<meta content="清和县" name="sitename"><meta name="ColumnName"content="要闻"><p>政府网站标识码：4199990001</p>'
    )
    assert parse_site(page) == {"SiteName": "清和县", "ColumnName": "要闻", "SiteIDCode": "4199990001"}


@given(st.text(max_size=200))
def test_values_of_any_text(text: str) -> None:
    source = clean_source(text)
    assert source is None or (source and source == fold(source))
    for moment in parse_times(text):
        assert re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?\+08:00)?", moment.iso())
    assert key(key(text)) == key(text)


@given(st.integers(1990, 2035), st.integers(1, 12), st.integers(1, 28), st.integers(0, 23), st.integers(0, 59))
def test_times_survive_printing(year: int, month: int, day: int, hour: int, minute: int) -> None:
    expected = f"{year}-{month:02}-{day:02}T{hour:02}:{minute:02}+08:00"
    for printed in (
        f"{year}-{month:02}-{day:02} {hour:02}:{minute:02}",
        f"{year}年{month}月{day}日 {hour}时{minute}分",
        f"发布时间：{year}/{month}/{day}　{hour}:{minute:02}",
    ):
        assert [moment.iso() for moment in parse_times(printed)] == [expected]


@given(st.text(max_size=120), st.text(max_size=400))
def test_title_and_text_of_any_page_are_shown_text(title: str, text: str) -> None:
    try:
        article = extract(f"<title>{title}</title><h1>{title}</h1><div id=zoom><p>{text}</p></div>")
    except PageError:
        return
    assert article.title == fold(article.title)
    assert all(line == fold(line) for line in article.body.split("\n"))
