"""Frequent words: learned and found as their plain definitions say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from archive.search_encoding import encode, pairs
from archive.search_words import LONGEST, SHORTEST, frequent_words, with_beginnings, words_in

TEXTS = st.lists(st.text("国务院发a1， \n", max_size=30).map(encode), min_size=1, max_size=10)
WHOLE = "国务院发展改革委员会"


def stretches(text: str) -> set[str]:
    """Every piece of a text that is as long as a word, and of letters and digits only."""
    lengths = range(SHORTEST, LONGEST + 1)
    pieces = {text[at : at + length] for length in lengths for at in range(len(text) - length + 1)}
    return {piece for piece in pieces if piece.isalnum()}


@given(TEXTS, st.sampled_from([0.0, 0.3, 0.7]))
def test_a_word_is_what_stands_in_enough_texts(texts: list[str], share: float) -> None:
    held = [stretches(text) for text in texts]
    least = max(2, int(share * len(texts)))
    expected = {word for word in set().union(*held) if sum(word in one for one in held) >= least}
    assert frequent_words(texts, share) == expected


@given(TEXTS, st.text("国务院发a1， \n", max_size=40).map(encode))
def test_the_words_in_a_text_are_those_that_stand_there(texts: list[str], text: str) -> None:
    words = frequent_words(texts, 0.0)
    expected = {word for word in words if word in text}
    assert words_in(text, pairs(text), with_beginnings(words)) == expected


def test_the_longest_word_is_found_to_the_end_of_a_text() -> None:
    words = frequent_words([WHOLE, WHOLE], 0.0)
    assert words == stretches(WHOLE)
    assert words_in(WHOLE, pairs(WHOLE), with_beginnings(words)) == words
    assert words_in("国务", pairs("国务"), with_beginnings(words)) == set()
