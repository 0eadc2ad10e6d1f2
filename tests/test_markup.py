"""body_html: clean, safe, and no more markup than says something."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract import extract
from crawler.parsers.markup import tidy

TIDIED = {
    "<div>\n   <div>\n  <p>一、总体要求</p>\n</div> </div>": "<div> <div> <p>一、总体要求</p> </div> </div>",
    "<div><div> </div><p>&nbsp;</p><p>正文</p></div>": "<div><p>正文</p></div>",
    "<div><div><p> <strong></strong></p></div><p>正文</p></div>": "<div><p>正文</p></div>",
    "<table><tr><td></td><td>1</td></tr></table>": "<table><tr><td></td><td>1</td></tr></table>",
    '<p><img src="http://x.gov.cn/1.jpg"></p>': '<p><img src="http://x.gov.cn/1.jpg"></p>',
    "<pre>  锄禾\n  日当午</pre><p></p>": "<pre>  锄禾\n  日当午</pre>",
    "<p>&nbsp;&nbsp;缩进</p>": "<p>&nbsp;&nbsp;缩进</p>",
    "": "",
}


@pytest.mark.parametrize("markup", TIDIED)
def test_markup_that_says_nothing_goes(markup: str) -> None:
    assert tidy(markup) == TIDIED[markup]


OF_WORD_PROCESSORS = {
    '<p><span style="a">一、</span><font face="b" color=red>总则</font></p>': "<p>一、总则</p>",
    '<p><span title="a>b" data-x=\'say "c" <d>\'>防汛</span>工作</p>': "<p>防汛工作</p>",
    "<p>代码 &lt;span&gt;防汛&lt;/span&gt; 如上</p>": "<p>代码 &lt;span&gt;防汛&lt;/span&gt; 如上</p>",
    '<p><span onclick="x()"><a href="http://www.qinghe.gov.cn/1.html">防汛</a></span></p>':
        '<p><a href="http://www.qinghe.gov.cn/1.html" rel="noopener noreferrer">防汛</a></p>',
}  # fmt: skip


@pytest.mark.parametrize("markup", OF_WORD_PROCESSORS)
def test_what_word_processors_wrap_stays_without_the_wrapping(markup: str) -> None:
    text = f"{markup}<p>{'全县防汛工作会议召开。' * 5}</p>"
    page = f"<title>清和县召开会议</title><h1>清和县召开会议</h1><div id='zoom'>{text}</div>"
    assert OF_WORD_PROCESSORS[markup] in (extract(page).body_html or "")


PIECES = st.sampled_from(
    ["<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<td>", "</td>", " ", "\n", "&nbsp;", "字", "a", "<br>"]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_no_text_goes(markup: str) -> None:
    def text(markup: str) -> str:
        return re.sub(r"<[^>]*>|\s|&nbsp;", "", markup)

    assert text(tidy(markup)) == text(markup)
    assert tidy(tidy(markup)) == tidy(markup)
