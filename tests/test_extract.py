"""crawler/extract.py: whole pages in the shapes of real ones, hostile pages, and floors over the saved pages."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.errors import NotAnArticle, PageError, PageTooBig
from crawler.extract import extract
from crawler.portal import ArticleRules, Portal
from tests.shared import SHARED, needs_shared

PARAGRAPHS = [
    "清和县召开会议,研究部署高质量发展工作,县委主要负责同志出席并讲话。",
    "会议强调,要把养老服务列入民生实事,年内改造农村敬老院12所,新增床位860张。",
    "会议要求,各单位要压实责任,定期通报进度,确保各项任务按期完成。",
]
BODY = "".join(f"<p>　　{text}</p>" for text in PARAGRAPHS)
TITLE = "我县研究部署高质量发展工作"
NAV = '<div class="nav"><ul><li><a href="/">首页</a></li><li><a href="/a/">政务公开</a></li><li><a href="/b/">办事服务</a></li></ul></div>'
FOOT = '<div class="footer"><p>主办单位:清和县人民政府办公室</p><p>网站标识码:4199990001 豫ICP备05000000号</p></div>'


def page(main: str, head: str = "", title: str = f"{TITLE}_清和县人民政府") -> str:
    return f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title}</title>{head}</head><body>{NAV}{main}{FOOT}</body></html>"


TRS = page(
    f"""<div class="path">当前位置：<a href="/" class="CurrChnlCls">首页</a>&gt;<a href="../" class="CurrChnlCls">政务要闻</a></div>
    <h2>{TITLE}</h2><div class="info"><span>发布时间：2026/04/09</span><span>来源：<b>清和日报</b></span>[ <a href="#">打印</a> ]</div>
    <div class="TRS_Editor"><div class="Custom_UnionStyle">{BODY}</div></div>
    <div class="xg"><h3>相关政策与解读</h3><ul><li><a href="/x/t20260401_1.html">关于印发方案的通知的政策解读文章</a></li></ul></div>""",
    '<meta name="ArticleTitle" content="我县研究部署高质量发展工作"><meta name="PubDate" content="2026-04-09 10:21:33">',
)
UCAP = page(
    f"""<div>您当前所在位置：<a href="/">网站首页</a> &gt; <a href="/d/">统计信息</a></div><UCAPTITLE>{TITLE}</UCAPTITLE>
    <div class="article-attr">来源：县统计局 <PUBLISHTIME>2026-04-09 10:21</PUBLISHTIME> 访问量：<span>132</span></div>
    <UCAPCONTENT>{BODY}</UCAPCONTENT>""",
    '<meta name="others" content="页面生成时间 2026-10-25 11:32:37"><meta name="PubDate" content="2026-10-25 11:32:37">',
)
VSB = page(
    f"""<div class="dqwz"><a href="../../index.htm">首页</a> &gt;&gt; <a href="../x.htm">新闻</a> &gt;&gt; 正文</div>
    <form name="_newscontent_fromname"><h1>{TITLE}</h1><div>2026年04月09日 10:21&nbsp;&nbsp;县融媒体中心&nbsp;来源：县融媒体中心&nbsp;点击：[<script>x</script>]</div>
    <div id="vsb_content"><div class="v_news_content">{BODY}</div></div>
    <ul><li>附件【<a href="/system/_content/download.jsp?urltype=news.DownloadAttachUrl&wbfileid=1">名单.xlsx</a>】</li></ul></form>""",
)
TABLE = page(
    f"""<table><tr><td>索 引 号：</td><td>014742224/2026-00001</td><td>发文机关：</td><td>清和县人民政府</td></tr>
    <tr><td>成文日期：</td><td>2026年04月01日</td><td>发布日期：</td><td>2026年04月09日</td></tr>
    <tr><td>发文字号：</td><td>清政〔2026〕3号</td><td>有 效 性：</td><td>有效</td></tr></table>
    <div class="location">您的位置：<a href="/">首页</a> &gt; <a href="/zc/">政策文件</a></div>
    <div class="title">{TITLE}</div><div id="zoom">{BODY}<p>责任编辑：王明</p><p>扫一扫在手机打开当前页</p></div>""",
)
BARE = page(f"<div><h1>{TITLE}</h1><p>2026-04-09</p><div>{BODY}</div></div>")
BR = page(
    f"<h1>{TITLE}</h1><div>时间：2026-04-09 10:21　来源：清和日报</div><div id='zoom'>{'<br><br>　　'.join(PARAGRAPHS)}</div>"
)
SHAPES = {
    "trs": (TRS, "清和日报", "2026-04-09T10:21:33+08:00", ("首页", "政务要闻")),
    "ucap": (UCAP, "县统计局", "2026-04-09T10:21+08:00", ("网站首页", "统计信息")),
    "vsb": (VSB, "县融媒体中心", "2026-04-09T10:21+08:00", ("首页", "新闻", "正文")),
    "document table": (TABLE, None, "2026-04-09", ("首页", "政策文件")),
    "bare": (BARE, None, "2026-04-09", ()),
    "br body": (BR, "清和日报", "2026-04-09T10:21+08:00", ()),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_of_real_pages(shape: str) -> None:
    html, source, published, breadcrumb = SHAPES[shape]
    article = extract(html, "http://www.qinghe.gov.cn/zwyw/202604/t20260409_1.html")
    assert article.title == TITLE
    assert (article.source, article.published, article.breadcrumb) == (source, published, breadcrumb)
    assert article.body.split("\n") == PARAGRAPHS
    assert {e.field for e in article.evidence if e.chosen} >= {"title", "published", "body"}


def test_beside_the_five_fields() -> None:
    article = extract(TABLE, "http://www.qinghe.gov.cn/zc/1.html")
    assert article.document["发文字号"] == "清政〔2026〕3号"
    assert article.document["成文日期"] == "2026年04月01日"
    assert article.editor == "王明"
    assert article.site == {"SiteIDCode": "4199990001"}
    assert article.lang == "zh-Hans"
    (attachment,) = extract(VSB, "http://www.qinghe.gov.cn/info/1/2.htm").attachments
    assert (attachment.name, attachment.url.partition("?")[0]) == (
        "名单.xlsx", "http://www.qinghe.gov.cn/system/_content/download.jsp")  # fmt: skip


def test_generation_time_is_no_publication_date_and_is_flagged() -> None:
    hidden = UCAP.replace("<PUBLISHTIME>2026-04-09 10:21</PUBLISHTIME>", "")
    assert extract(hidden).published is None
    assert "pubdate_is_generation_time" in extract(hidden).flags


def test_body_html_is_clean() -> None:
    hostile = BARE.replace(
        "<p>　　会议强调",
        '<p onclick="x()"><script>alert(1)</script><a href="javascript:x()">坏</a><img src=x onerror=y>会议强调',
    )
    markup = extract(hostile).body_html
    assert "会议强调" in markup
    for bad in ("script", "onclick", "onerror", "javascript"):
        assert bad not in markup


def test_a_definition_goes_before_the_generic_reading() -> None:
    html = page(
        f"<div class=a><h1>{TITLE}</h1>{BODY}</div><div class=b><p>另一个容器里的文字,定义指明的是它,长度也足够成为正文。</p></div>"
    )
    portal = Portal(id="x", name="x", url="http://x.gov.cn/", article=ArticleRules(body="div.b"))
    assert extract(html, portal=portal).body == "另一个容器里的文字,定义指明的是它,长度也足够成为正文。"
    assert extract(html, portal=replace(portal, article=ArticleRules())).body.split("\n") == PARAGRAPHS


@pytest.mark.parametrize(
    "html",
    ["", "   ", "<html></html>", "<frameset><frame src=a></frameset>", "<script>location='/'</script>", "\x00\x00"],
)
def test_no_article_is_said_with_its_kind(html: str) -> None:
    with pytest.raises(NotAnArticle) as found:
        extract(html)
    assert found.value.kind in ("empty", "frameset", "shell")


BOMBS = {
    "nested": "<div>" * 100_000 + "marker text that stands at the very bottom" + "</div>" * 100_000,
    "attributes": "<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">text</p>",
    "bare attributes": "<p " + " ".join(f"a{n}" for n in range(100_000)) + ">text</p>",
    "tiny elements": "<p>x</p>" * 500_000,
    "long text": "<p>" + "来源:" * 300_000 + "</p>",
    "date bait": "<h1>标题文字在这里</h1><p>" + "2023-1" * 20_000 + "</p>",
    "label bait": "<h1>标题文字在这里</h1><p>" + "您 所 在 的 位 置 " * 12_000 + "</p>",
    "separator bait": "<title>"
    + "-_|" * 30_000
    + "</title><h1>标题文字在这里</h1><p>正文正文正文正文正文正文正文正文</p>",
    "one long tag": "<" + "a" * 3_000_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_hostile_pages_are_read_or_refused_quickly(name: str) -> None:
    began = time.monotonic()
    with suppress(PageTooBig, NotAnArticle):
        extract(BOMBS[name])
    assert time.monotonic() - began < 8  # a hang guard for a loaded machine; measured: under 1 s


PIECES = st.sampled_from(
    ["<div", ">", "</div>", "<p>", "<a href='", "'>", "</a>", "来源：", "2023-06-30 09:11", "当前位置：", "首页", " > ", "<br>", "<table><tr><td>",
     "</html>", "<!--", "-->", "<h1>", "标题", "\x00", "\ud800", "&#xD800;", "<script>", "</script>", "<title>", "，", "正文。" * 20, "<base href='//[x'>"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.lists(PIECES, max_size=60).map("".join), st.sampled_from([None, "http://x.gov.cn/a.html", "http://[bad", "x"])
)
def test_never_anything_but_the_documented_errors(html: str, url: str | None) -> None:
    try:
        article = extract(html, url)
    except PageError:
        return
    article.title.encode()
    article.body.encode()


# --- the saved pages ------------------------------------------------------------------------------------------------


@needs_shared
def test_exact_on_the_page_that_started_it_all() -> None:
    gold = json.loads((SHARED / "data/sample/erqi-20230630.json").read_text("utf-8"))
    article = extract((SHARED / "data/sample/erqi-20230630.html").read_bytes(), gold["url"])
    assert list(article.breadcrumb) == gold["breadcrumb"]
    assert article.title == gold["title"]
    assert (article.source, article.published) == ("郑州日报", "2023-06-30T09:11+08:00")
    assert article.body.split("\n") == gold["body"].split("\n")


@pytest.mark.parametrize("first", ["import crawler", "import crawler.extract", "from crawler.extract import extract"])
def test_the_entry_point_is_a_function_whatever_was_imported_before(first: str) -> None:
    code = (
        f"{first}; from crawler import extract; import crawler; assert callable(extract) and callable(crawler.extract)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


NAMED = page(
    f"""<div class="mnav2"><a href="/">首页</a> | <a href="/a/">县情</a> | <a href="/b/">风采</a></div>
    <p class="from">(文:县志办)</p><p class="when">甲、2026年4月9日</p><h1>{TITLE}</h1><p>2020-01-01</p>
    <div id="zoom">{BODY}<p class="ad">点这里关注我们的公众号,每天都有新的消息送到您的手上。</p></div>"""
)
NAMES = {"breadcrumb": "div.mnav2", "source": "p.from", "published": "p.when", "remove": "p.ad"}
GIVES = {
    "breadcrumb": ("首页", "县情", "风采"),
    "source": "(文:县志办)",
    "published": "2026-04-09",
    "remove": None,
}


@pytest.mark.parametrize("field", NAMES)
def test_every_selector_of_a_definition_is_used(field: str) -> None:
    portal = Portal(id="x", name="x", url="http://x.gov.cn/", article=ArticleRules(**{field: NAMES[field]}))  # type: ignore[arg-type]
    article = extract(NAMED, portal=portal)
    if field == "remove":
        assert article.body.split("\n") == PARAGRAPHS
        assert len(extract(NAMED).body.split("\n")) == len(PARAGRAPHS) + 1
    else:
        assert getattr(article, field) == GIVES[field]
        assert getattr(extract(NAMED), field) != GIVES[field]


def test_a_kept_page_reads_the_same_for_ever() -> None:
    """ "In the future" is judged by the Date of the answer, not by the clock of whoever reads it again."""
    ahead = BARE.replace("2026-04-09", "2026-04-12")
    early, late = "Thu, 09 Apr 2026 02:00:00 GMT", "Mon, 13 Apr 2026 02:00:00 GMT"
    assert extract(ahead, headers={"Date": early}).flags == ("date_suspect",)
    assert extract(ahead, headers={"date": late}).flags == ()
    assert extract(ahead, headers={"Date": early}) == extract(ahead, headers={"Date": early})
    assert extract(BARE.replace("2026-04-09", "1997-04-09")).flags == ("date_suspect",)
    assert extract(BARE, headers={"Date": "no date at all"}).published == "2026-04-09"


@pytest.mark.parametrize(("url", "absolute"), [(None, 1), ("http://www.x.gov.cn/zwgk/1.html", 4)])
def test_body_html_has_only_absolute_addresses(url: str | None, absolute: int) -> None:
    links = (
        '<a href="/files/plan.pdf">附件</a><a href="http://www.x.cn/">某网</a><img src="a.jpg"><img src="//x.cn/b.jpg">'
    )
    article = extract(
        (f"<html><body><h1>关于防汛工作的通知</h1><div>2026-04-09</div><div id=zoom>{BODY}<p>{links}</p></div>"), url
    )
    addresses = re.findall(r'(?:href|src)="([^"]*)"', article.body_html)
    assert [address[:7] for address in addresses] == ["http://"] * absolute
    assert "附件" in article.body_html


@pytest.mark.parametrize(
    ("page", "portal", "says"),
    [(None, None, "bytes or text, not NoneType"), (b"<p>1</p>", "erqi", "load_portal('erqi')")],
)
def test_what_is_no_page_or_no_definition_is_told(page: Any, portal: Any, says: str) -> None:
    with pytest.raises(TypeError, match=re.escape(says)):
        extract(page, portal=portal)
