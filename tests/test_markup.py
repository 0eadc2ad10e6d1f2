"""body_html: clean, safe, and no more markup than says something."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


PIECES = st.sampled_from(
    ["<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<td>", "</td>", " ", "\n", "&nbsp;", "字", "a", "<br>"]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_no_text_goes(markup: str) -> None:
    def text(markup: str) -> str:
        return re.sub(r"<[^>]*>|\s|&nbsp;", "", markup)

    assert text(tidy(markup)) == text(markup)
    assert tidy(tidy(markup)) == tidy(markup)
