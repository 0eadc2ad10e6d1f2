"""A page to lines and boxes: what is cheap first must give what the plain rule gives."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.errors import PageTooBig
from crawler.html import INVISIBLE, LONG, MAX_ATTRIBUTES, MAX_DEPTH, PART, fold, parse, read_page

ODD = st.text(st.sampled_from("字a \u3000\n\t\x01\xa0\xad\u200b\u2028\ufeff\ue000"))


@given(ODD | st.text())
def test_folding_is_blanks_to_one_and_the_invisible_away(text: str) -> None:
    assert fold(text) == " ".join(INVISIBLE.sub("", text).split())


@given(st.lists(ODD, min_size=1, max_size=4))
@example(["a\u200b", "\xadb"])
def test_a_line_of_several_elements_is_folded_like_one_text(texts: list[str]) -> None:
    lines = read_page("<p>|" + "".join(f"<b>{text}</b>" for text in texts) + "|</p>").lines
    assert [line.text for line in lines] == [fold("|" + "".join(texts).replace(PART, "") + "|")]
    assert not INVISIBLE.search(lines[0].parts)


@pytest.mark.parametrize("before", [0, 1, LONG // 2 - 1, LONG // 2, LONG - 1, LONG, LONG + 1, 5 * LONG])
@pytest.mark.parametrize("ahead", ["", "<p>", "<!-- ", "中", "<p title='"])
def test_a_tag_of_too_many_attributes_is_refused_wherever_it_stands(before: int, ahead: str) -> None:
    tag = "<div " + " ".join(f"attribute-of-number-{n:05}" for n in range(MAX_ATTRIBUTES + 1)) + ">"
    assert len(tag) > LONG
    with pytest.raises(PageTooBig, match="attributes"):
        parse(ahead + "x" * before + tag + "<p>正文</p>")


@pytest.mark.parametrize("text", ["字" * 5 * LONG, "<p>" + "字 = " * LONG + "</p>", "<!-- " + "a = 1 " * LONG + "-->"])
def test_long_text_is_no_long_tag(text: str) -> None:
    assert parse(text).body is not None


def test_closed_elements_do_not_nest() -> None:
    assert len(read_page("<b>字</b>" * MAX_DEPTH).lines) == 1
    with pytest.raises(PageTooBig, match="nested"):
        parse("<b></b>" * MAX_DEPTH + "<b>" * (MAX_DEPTH + 1))


LONG_STYLE = "color:red;" * 100
HIDDEN = ["hidden", "style='display:none'", "style='DISPLAY : None'", f"style='{LONG_STYLE}visibility:hidden'"]
SHOWN = ["", "style", "style='color:none'", f"style='{LONG_STYLE}'", "style='display:block'"]


@pytest.mark.parametrize("attribute", [*HIDDEN, *SHOWN])
def test_a_hidden_block_makes_hidden_lines_and_a_hidden_part_none(attribute: str) -> None:
    hidden = attribute in HIDDEN
    block, after = read_page(f"<div {attribute}><p>字</p></div><p>后</p>").lines
    assert (block.hidden, after.hidden) == (hidden, False)
    (line,) = read_page(f"<p>前<span {attribute}>中<i hidden>无</i>间</span>后</p>").lines
    assert line.text == ("前后" if hidden else "前中间后")
