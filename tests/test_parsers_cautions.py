"""What stands on pages and is none of the fields: nothing is invented from it, and no text is lost over it."""

from __future__ import annotations

import pytest

from crawler.extract import extract
from tests.article_shapes import BODY, PARAGRAPHS, pg

URL = "http://www.qinghe.gov.cn/xw/zwyw/a1.html"
SUBTITLE = "——副标题说的是今年的重点工作和明年的主要打算以及各乡镇的具体安排"
HEADLINE = "县政府召开第18次常务会议"


def page(info: str, body: str = BODY) -> str:
    return pg(f"<h1>{HEADLINE}</h1><div>{info}</div><div class=x>{body}</div>")


NO_SOURCE = {
    "a kind of release beside the date": "<span>Press Release</span> | <span>2026-04-09</span>",
    "From in a line of words": "<span>A Message From Washington</span>",
}


@pytest.mark.parametrize("name", NO_SOURCE)
def test_no_source_is_made_of(name: str) -> None:
    assert extract(page(NO_SOURCE[name]), URL).source is None


NO_DATE = {
    "the last change": '<time itemprop="dateModified" datetime="2026-04-09T10:21:00+08:00">昨天</time>',
    "a last change in another language": "<span>Letzte Änderung 01.02.2021</span>",
    "a last change in two lines": "<dl><dt>Date modified:</dt><dd>2023-09-15</dd></dl>",
    "an event in the text": f'<p>{PARAGRAPHS[0]}<time datetime="2026-04-09">四月九日</time>{PARAGRAPHS[1]}</p>',
}


@pytest.mark.parametrize("name", NO_DATE)
def test_no_date_is_made_of(name: str) -> None:
    assert extract(page(NO_DATE[name]), URL).published is None


def test_what_a_machine_is_told_is_named_as_that() -> None:
    article = extract(page('<time datetime="2026-04-09T10:21:00+08:00">三天前</time>'), URL)
    assert [e.rule for e in article.evidence if e.field == "published" and e.chosen] == ["markup:datetime"]


NO_TAILS = {
    "a share bar below a subtitle": f"<p>{SUBTITLE}</p><p>分享到：微信 微博</p>{BODY}",
    "a heading that begins like the next article": f"{BODY}<p>下一个五年怎么干</p>",
    "networks that a text speaks of": f"{BODY}<p>通过微信、微博、Facebook、Twitter发布信息120条</p>",
    "networks in a heading": f"{BODY}<p>下一个五年怎么干</p><p>微信微博矩阵建设</p>",
}


@pytest.mark.parametrize("name", NO_TAILS)
def test_no_text_is_lost_over(name: str) -> None:
    text = extract(page("来源：清和日报", NO_TAILS[name]), URL).body
    assert all(paragraph in text for paragraph in PARAGRAPHS)
    for last in ("下一个五年怎么干", "通过微信、微博、Facebook、Twitter发布信息120条", "微信微博矩阵建设"):
        assert (last in text) == (last in NO_TAILS[name])


def test_a_notice_that_is_a_file_is_no_missing_page() -> None:
    body = '<p><a href="/f/1.pdf">关于2026年部门预算公开的附件.pdf</a></p><p>如链接已失效，请与我们联系</p>'
    menu = "".join(f"<p><a href=/m/{n}>政务公开栏目之{n}</a></p>" for n in range(150))
    article = extract(page("来源：县财政局", body).replace("</body>", f"{menu}</body>"), URL)
    assert [one.name for one in article.attachments] == ["关于2026年部门预算公开的附件.pdf"]


def test_the_date_of_a_row_is_not_the_pages_because_of_a_word_in_it() -> None:
    rows = "".join(
        f"<p><a href=b{n}.html>市编辑委员会召开第{n}次工作会议研究年鉴</a> 2026-04-0{n}</p>" for n in range(1, 6)
    )
    markup = pg(f"<h1>{HEADLINE}</h1><div class=x>{BODY}</div><div>{rows}</div>")
    assert extract(markup, URL).published is None


def test_a_file_and_a_footer_for_missing_pages_are_an_article() -> None:
    body = '<p><a href="/f/1.pdf">关于2026年部门预算公开的附件.pdf</a></p>'
    short = pg(f"<h1>{HEADLINE}</h1><div class=x>{body}</div><div class=foot>您访问的页面不存在时请与我们联系</div>")
    assert extract(short, URL).kind == "attachment"


STROKES = {
    "a dash, behind strokes": ("/", "“十四五”规划——重点项目"),
    "a colon, behind strokes": ("|", "专题：优化营商环境"),
    "a stroke, behind dashes": ("—", "污水/垃圾处理"),
    "a hyphen, behind strokes": ("/", "COVID-19疫情防控"),
}


@pytest.mark.parametrize("name", STROKES)
def test_the_last_column_is_not_split_at(name: str) -> None:
    stroke, last = STROKES[name]
    trail = f'<div class=wz>当前位置：<a href="/">首页</a> {stroke} <a href="/zt/">专题专栏</a> {stroke} {last}</div>'
    article = extract(pg(f"{trail}<h1>{HEADLINE}</h1><div class=x>{BODY}</div>"), URL)
    assert article.breadcrumb == ("首页", "专题专栏", last)


DAY_OR_MONTH = {  # printed, address, meta tag: which of the two numbers is the month
    "nobody says: day first": ("06/07/2023", "http://www.qinghe.gov.cn/xw/a1.html", "", "2023-07-06"),
    "an American office": ("06/07/2023", "https://www.epa.gov/news/a1", "", "2023-06-07"),
    "the tag says otherwise": ("06/07/2023", "https://www.epa.gov/news/a1", "2023-07-06", "2023-07-06"),
    "the tag of another country": ("06/07/2023", "https://jis.gov.jm/news/a1", "2023-06-07", "2023-06-07"),
    "the address": ("06/07/2023 10:21", "https://x.gov.ph/2023/06/07/a1/", "", "2023-06-07T10:21+08:00"),
    "it can only be one way": ("13/07/2023", "https://www.epa.gov/news/a1", "", "2023-07-13"),
}


@pytest.mark.parametrize("name", DAY_OR_MONTH)
def test_which_number_is_the_month(name: str) -> None:
    printed, url, told, expected = DAY_OR_MONTH[name]
    made = page(f"Date: {printed}").replace("<head>", f'<head><meta name="PubDate" content="{told}">')
    assert extract(made, url).published == expected
