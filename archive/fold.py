"""Folding: one character to one character, so that text in either script or width is found by either.

Full width to half width, upper case to lower, traditional characters and regional variants to simplified, every white
space but line feed and tab to a space. Positions in the folded text are positions in the text. The table is
archive/data/fold.txt, written by tools/make_fold_table.py; folding twice changes nothing.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def fold_table() -> dict[int, int]:
    """Code point to code point, for `str.translate`."""
    text = (files("archive") / "data" / "fold.txt").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return {int(character[2:], 16): int(folded[2:], 16) for character, folded in rows}


def fold(text: str) -> str:
    return text.translate(fold_table())
