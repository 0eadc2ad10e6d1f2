"""Hostile pages: read within a second, or refused with the documented errors and a reason (a guard against hanging)."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.records import Article
from crawler.errors import PageError, PageTooBig
from crawler.extract import extract
from crawler.html import MAX_CHARS, MAX_DEPTH

TEXT = "<h1>关于做好防汛工作的通知</h1><p>来源：县应急局 发布时间：2023-06-30 09:11</p>"
BODY = "<p>各乡镇人民政府，各有关单位：为做好今年防汛工作，现将有关事项通知如下。</p>" * 5
INSET = "<table><tr><td>相关新闻<a href=/a>x</a></td></tr></table>"
TOO_BIG = {
    "nesting": "<div>" * 140_000 + BODY,
    "nesting with attributes": '<span class="a">' * 60_000 + BODY,
    "nesting behind closed elements": "<b></b>" * 5_000 + "<i>" * 60_000,
    "attributes": "<div " + " ".join(f"a{n}=1" for n in range(100_000)) + ">" + BODY,
    "tiny elements": "<p>x</p>" * 500_000,
    "one attribute": f'<div title="{"长" * MAX_CHARS}">{BODY}</div>',
}
READ = {
    "nested within the limit": "<div>" * (MAX_DEPTH - 100) + TEXT + BODY,
    "many small paragraphs": TEXT + "<p>这是一段文字。</p>" * 30_000,
    "unclosed paragraphs": TEXT + "<p>这是一段文字。" * 60_000,
    "unclosed formatting": TEXT + "<b><i><p>字" * 2_000,
    "digits": TEXT + "<p>" + "1" * 100_000 + "</p>" + BODY,
    "dates": TEXT + "<p>" + "2023-06-30 " * 10_000 + "</p>" + BODY,
    "labels": TEXT + "<p>" + "来源：" * 30_000 + "</p>" + BODY,
    "blanks behind a label": TEXT + "<p>来源：" + "&nbsp; " * 50_000 + "</p>" + BODY,
    "separators": "<div>您的位置：" + " > " * 30_000 + "</div>" + TEXT + BODY,
    "title": f"<title>{'通知_' * 30_000}</title>" + TEXT + BODY,
    "insets": TEXT + BODY + f"{INSET}{BODY[: len(BODY) // 5]}" * 8_000,
    "headlines": "<h1>关于做好防汛工作的通知</h1>" * 5_000 + BODY,
    "pager calls": TEXT + BODY + "<script>" + "createPageHTML(" * 10_000 + "</script>",
    "quotes": TEXT + BODY + "<a href='" * 4_000,
    "comments": TEXT + BODY + "<!--" * 50_000,
}


def timed(page: str) -> Article:
    started = time.perf_counter()
    try:
        return extract(page.encode(), "http://www.a.gov.cn/xw/202306/t20230630_1.html")
    finally:
        assert time.perf_counter() - started < 10, "the page hung"


@pytest.mark.parametrize("name", TOO_BIG)
def test_refused_with_a_reason(name: str) -> None:
    with pytest.raises(PageTooBig, match=r"\d"):
        timed(TOO_BIG[name])


@pytest.mark.parametrize("name", READ)
def test_read_in_bounded_time(name: str) -> None:
    assert "通知" in timed(READ[name]).title


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([*"<>/='\"&;#\x00\ud800", "<p>", "</html>", "<table>", "<td", "来源：", "2023-13-45",
                                 "&#xD800;", "<!--", "<script>", "<body", "<base href='//:x'>", TEXT, BODY,
                                 "<a href='http://[x'>附件.pdf</a>"]), max_size=40))  # fmt: skip
def test_broken_pages_raise_nothing_but_the_documented_errors(pieces: list[str]) -> None:
    with suppress(PageError):
        assert extract("".join(pieces), "http://www.a.gov.cn/1.html").url == "http://www.a.gov.cn/1.html"
