"""The whole reading, field by field, over pages in the shapes of many content systems."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from crawler.errors import NotAnArticle
from crawler.extract import extract
from tests.article_layouts import CRUMBS, LAYOUTS, TRAIL
from tests.article_shapes import BODY, NAV, PARAGRAPHS, SHAPES, pg
from tests.article_variants import VARIANTS

URL = "http://www.qinghe.gov.cn/xw/zwyw/a1.html"

PAGES = SHAPES | LAYOUTS | VARIANTS


@pytest.mark.parametrize("name", PAGES)
def test_every_field_as_a_reader_sees_it(name: str) -> None:
    shape = PAGES[name]
    article = extract(shape.html, URL)
    assert article.title == shape.title
    assert article.source == shape.source
    assert article.published == shape.published
    assert article.breadcrumb == shape.breadcrumb
    assert article.body == shape.body


@pytest.mark.parametrize("name", PAGES)
def test_gbk_bytes_give_the_same_article(name: str) -> None:
    html = PAGES[name].html.replace("charset=utf-8", "charset=gbk").replace('charset="utf-8"', 'charset="gbk"')
    try:
        page = html.encode("gbk")
    except UnicodeEncodeError:
        pytest.skip("the page holds characters that GBK lacks")
    assert replace(extract(page, URL), flags=()) == replace(extract(html, URL), flags=())


@pytest.mark.parametrize("name", PAGES)
def test_body_html_says_what_the_body_says(name: str) -> None:
    article = extract(PAGES[name].html, URL)
    shown = re.sub(r"<[^>]+>|\s|&nbsp;", "", article.body_html)
    for paragraph in article.body.split("\n"):
        assert "".join(paragraph.split()) in shown
    for tool in ("打印", "上一篇", "浏览次数", "扫一扫", "网站标识码", "热点新闻"):
        assert tool not in shown


def test_paged_parts_hidden_on_the_page_are_the_body_all_the_same() -> None:
    parts = "".join(
        f'<div id="pagediv{n}" style="display:{"block" if n == 0 else "none"}"><p>{text}</p></div>'
        for n, text in enumerate(PARAGRAPHS)
    )
    page = pg(f"{TRAIL}<h1>县政府召开第18次常务会议</h1><UCAPCONTENT>{parts}</UCAPCONTENT>")
    assert extract(page, URL).body.split("\n") == PARAGRAPHS


def test_pages_of_pictures_and_films() -> None:
    pictures = extract(PAGES["pics"].html, URL)
    assert pictures.kind == "pictures"
    assert pictures.images == ("http://www.qinghe.gov.cn/u/1.jpg", "http://www.qinghe.gov.cn/u/2.jpg")
    assert pictures.body_html.count("<img") == 2
    film = PAGES["pics"].html.replace('<img src="/u/1.jpg">', '<video src="/v/1.mp4"></video>')
    assert extract(film, URL).kind == "video"


def test_a_title_alone_is_kept_and_flagged() -> None:
    article = extract(
        pg(f"{TRAIL}<h1>关于五一放假的通知</h1><div>来源：县政府办</div>", title="关于五一放假的通知"), URL
    )
    assert (article.title, article.breadcrumb, article.body) == ("关于五一放假的通知", CRUMBS, "")
    assert "thin" in article.flags


ROWS = "".join(
    f'<li><a href="t20260401_{n}.html">关于第{n}批项目的公示公告</a><span>2026-04-{n:02}</span></li>'
    for n in range(1, 16)
)
NO_ARTICLES = {
    "list": (
        pg(f"{TRAIL}<h2>通知公告</h2><ul>{ROWS}</ul>", title="通知公告"),
        "http://x.gov.cn/tzgg/index.html",
        "list",
    ),
    "bare list": (pg(f"<ul>{ROWS}</ul>", title="通知公告"), "http://x.gov.cn/tzgg/", "list"),
    "rows by script": (pg(f"{TRAIL}<div id=list></div>", title="通知公告"), "http://x.gov.cn/tzgg/list.shtml", "shell"),
    "missing": (pg("<h1>提示</h1><p>您访问的页面不存在或已删除</p>").replace(NAV, ""), URL, "soft_404"),
    "script": ("<html><script>location.href='/a/'</script></html>", URL, "shell"),
    "frames": ("<frameset cols=20%,80%><frame src=a.htm><frame src=b.htm></frameset>", URL, "frameset"),
    "nothing": ("<html><body></body></html>", URL, "empty"),
}


@pytest.mark.parametrize("name", NO_ARTICLES)
def test_what_is_no_article_is_named(name: str) -> None:
    html, url, kind = NO_ARTICLES[name]
    with pytest.raises(NotAnArticle, match="no article: ") as found:
        extract(html, url)
    assert found.value.kind == kind


def test_an_article_at_a_directory_is_still_an_article() -> None:
    assert extract(PAGES["sidefirst"].html, "http://x.gov.cn/xw/a1/index.html").body == "\n".join(PARAGRAPHS)


def test_a_second_copy_parted_by_style_sheets_alone_is_read_once() -> None:
    copies = "".join(f'<div class="{where}"><p>清政〔2026〕3号</p>{BODY}</div>' for where in ("pc", "phone"))
    page = pg(f"{TRAIL}<h1>县政府召开第18次常务会议</h1><div>来源：县政府办</div><div class='wrap'>{copies}</div>")
    assert extract(page, URL).body.split("\n") == ["清政〔2026〕3号", *PARAGRAPHS]


def test_the_index_table_at_the_head_of_the_box_is_no_text() -> None:
    table = "".join(
        f"<tr><td>{label}</td><td>{value}</td></tr>"
        for label, value in (
            ("索 引 号：", "K-1"),
            ("发文机关：", "清和县人民政府"),
            ("成文日期：", "2026年4月1日"),
            ("标　　题：", "通知"),
        )
    )
    page = pg(
        f"{TRAIL}<h1>县政府召开第18次常务会议</h1><div class='wrap'><table>{table}</table><div>{BODY}</div></div>"
    )
    article = extract(page, URL)
    assert article.body.split("\n") == PARAGRAPHS
    assert article.document["索引号"] == "K-1"


def test_a_lead_far_from_the_text_does_not_make_the_page_its_box() -> None:
    lead = "市委、市政府今天召开全市高质量发展大会，总结去年工作，部署今年任务，主要负责同志出席并讲话。"
    menu = "".join(f"<p><a href=/m/{n}>栏目之{n}</a></p>" for n in range(60))
    page = pg(f"<h1>县政府召开第18次常务会议</h1><p>{lead}</p><div class=x>{BODY}</div>{menu}<img src=/logo.png>")
    article = extract(page, URL)
    assert article.body.split("\n") == [lead, *PARAGRAPHS]
    assert article.images == ()
    assert "栏目之" not in article.body_html
