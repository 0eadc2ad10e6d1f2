"""Folding is one character to one character, settled after one pass, and joins what readers take for the same."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.fold import fold, fold_table


@given(st.text())
def test_length_is_kept_and_folding_twice_changes_nothing(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


def test_no_entry_leads_to_another() -> None:
    table = fold_table()
    assert not set(table.values()) & set(table)
    assert all(0 <= folded <= sys.maxunicode for folded in table.values())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("國務院辦公廳", "国务院办公厅"),
        ("臺灣", "台湾"),
        ("裏面", "里面"),
        ("髮展", "发展"),
        ("ＡＢＣ１２３", "abc123"),
        ("（試行）", "(试行)"),
        ("ｶﾀｶﾅ", "カタカナ"),
        ("a\u3000b\u00a0c", "a b c"),
        ("ﬀ", "ﬀ"),  # two characters in NFKC: left alone
        ("乾隆", "干隆"),  # one character to one: exactness goes before phrases
        ("É", "é"),
    ],
)
def test_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize("text", ["国务院", "𠮷", "😀", "〔2023〕", "《》", "\n\t", "é"])
def test_left_alone(text: str) -> None:
    assert fold(text) == text


def test_stand_ins_of_the_index_occur_nowhere_in_folded_text() -> None:
    assert fold("\x80\x85\x9f\xa0\x00") == " " * 5
