"""crawler/decode.py: the table of faults.md chapter 5, whole, and saved pages re-encoded and mis-declared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.decode import decode_page
from crawler.extract import extract
from tests.shared import golds, needs_shared, page_of

TEXT = "国务院关于印发推动高质量发展意见的通知,各省、自治区、直辖市人民政府,国务院各部委、各直属机构"
BIG5 = "國務院關於印發推動高質量發展意見的通知,各省、自治區、直轄市人民政府"


def page(text: str, declared: str | None) -> str:
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">' if declared else ""
    return f"<html><head>{meta}<title>x</title></head><body><p>{text}</p></body></html>"


CASES = [
    ("gbk", "utf-8", None),
    ("gbk", None, "utf-8"),
    ("utf-8", "gb2312", None),
    ("utf-8", None, "gbk"),
    ("utf-8", "gbk", "gb2312"),
    ("utf-8-sig", "gb2312", "gbk"),
    ("gbk", None, "ISO-8859-1"),
    ("gb18030", "gb2312", None),
    ("gbk", None, None),
    ("utf-8", "utf-16", None),
    ("utf-8", None, "utf-7"),
    ("utf-16", None, None),
    ("gbk", "no-such-charset", None),
]


@pytest.mark.parametrize(("encoding", "meta", "header"), CASES)
def test_right_chinese_whatever_is_declared(encoding: str, meta: str | None, header: str | None) -> None:
    headers = [("Content-Type", f"text/html; charset={header}")] if header else []
    decoded = decode_page(page(TEXT, meta).encode(encoding), headers)
    assert TEXT in decoded.text
    assert decoded.replaced == 0


def test_rare_characters_of_gb18030_under_gb2312() -> None:
    assert "㐂𠮷镕" in decode_page(page(TEXT + "㐂𠮷镕", "gb2312").encode("gb18030")).text


@pytest.mark.parametrize("declared", ["gb2312", "big5", "gb18030", "iso-8859-1"])
def test_one_curly_apostrophe_in_an_english_page(declared: str) -> None:
    text = page("The President’s plan – read it", declared)
    assert decode_page(text.encode()).text == text


@pytest.mark.parametrize("text", ["鈥", "聽", "漏", "正文"])
def test_a_few_characters_of_gbk_stay_gbk(text: str) -> None:
    assert text in decode_page(page(text + "。", "gbk").encode("gbk")).text


def test_big5_as_declared() -> None:
    assert BIG5 in decode_page(page(BIG5, "big5").encode("big5hkscs")).text


@pytest.mark.parametrize(
    "broken",
    [
        page(TEXT, "utf-8").encode() + TEXT.encode("gbk"),
        page(TEXT, "utf-8").encode()[:-40] + "务".encode()[:2],
        b"\xff\xfe\x00" + bytes(range(256)),
    ],
    ids=["two encodings", "cut in mid-character", "rubbish"],
)
def test_what_cannot_be_right_is_flagged(broken: bytes) -> None:
    decoded = decode_page(broken)
    assert "encoding_suspect" in decoded.flags
    assert decoded.replaced


def test_nul_is_dropped_and_counted_mojibake_of_the_source_is_flagged() -> None:
    decoded = decode_page(page("正\x00文" + TEXT + "锟斤拷", "utf-8").encode())
    assert "正文" in decoded.text
    assert decoded.nul_dropped == 1
    assert "mojibake_source" in decoded.flags


@given(st.binary(max_size=300), st.sampled_from([None, "utf-8", "gbk", "big5", "utf-16", "x-user-defined", "\x00"]))
def test_never_raises(body: bytes, charset: str | None) -> None:
    decoded = decode_page(body, [("content-type", f"text/html; charset={charset}")])
    decoded.text.encode()  # no lone surrogates


ENCODINGS = ("utf-8", "utf-8-sig", "gbk", "gb18030", "big5hkscs", "utf-16", "utf-16-le", "utf-16-be")
DECLARED = ("", "utf-8", "gb2312", "gbk", "gb18030", "big5", "utf-16", "iso-8859-1", "no-such-charset")


@needs_shared
def test_saved_pages_reencoded_and_misdeclared_come_back_the_same() -> None:
    """In every combination, declared in the header: identical in at least 99.5 %, and flagged otherwise."""
    total = same = 0
    for gold in golds("articles"):
        text = decode_page(page_of("articles", gold["slug"])).text.removeprefix("\ufeff")
        for encoding in ENCODINGS:
            try:
                body = text.encode(encoding)
            except UnicodeEncodeError:
                continue
            for header in DECLARED:
                decoded = decode_page(body, [("Content-Type", f"text/html; charset={header}")] if header else [])
                total += 1
                same += decoded.text == text
                assert decoded.text == text or decoded.flags, (gold["slug"], encoding, header, decoded.encoding)
    print(f"{same} of {total} the same")
    assert total > 3_000
    assert same / total >= 0.995


@needs_shared
def test_the_article_of_a_stray_html_end_tag_is_not_lost() -> None:
    gold = next(g for g in golds("articles") if g["slug"].startswith("www.gov.cn"))
    assert extract(page_of("articles", gold["slug"]), gold["url"]).title == gold["title"]


TRADITIONAL = "<h1>關於做好防汛工作的通知</h1>" + "各鄉鎮人民政府有關單位為做好今年防汛工作現將有關事項通知如下" * 5


@pytest.mark.parametrize("codec", ["big5", "gb18030", "utf-8", "utf-16-le", "utf-16-be", "utf-16"])
@pytest.mark.parametrize("declared", ["", "gb2312", "gbk", "utf-8", "iso-8859-1", "big5"])
def test_big5_and_gbk_are_told_apart_whatever_is_declared(codec: str, declared: str) -> None:
    page = (f'<meta charset="{declared}">' if declared else "<meta>") + TRADITIONAL
    assert decode_page(page.encode(codec)).text == page
