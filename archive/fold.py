"""Folding: one character to one character, so that text in either script or width is found by either.

Full width to half width, upper case to lower, traditional characters and regional variants to simplified, every white
space but line feed and tab to a space. Positions in the folded text are positions in the text. The table is
archive/data/fold.txt, written by tools/make_fold_table.py; folding twice changes nothing.
"""

from __future__ import annotations

import re
from functools import cache, cached_property
from importlib.resources import files

LONG = 64  # characters; a pattern of more takes longer to make, and to run over a text like it, than folding the text


@cache
def fold_table() -> dict[int, int]:
    """Code point to code point, for `str.translate`."""
    text = (files("archive") / "data" / "fold.txt").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return {int(character[2:], 16): int(folded[2:], 16) for character, folded in rows}


def fold(text: str) -> str:
    return text.translate(fold_table())


@cache
def _unfolded() -> dict[str, str]:
    """Folded character to all characters that fold to it, itself first."""
    variants: dict[str, str] = {}
    for character, folded in fold_table().items():
        variants[chr(folded)] = variants.get(chr(folded), chr(folded)) + chr(character)
    return variants


class Needle:
    """A word to be found in text as printed. `folded=False` takes it as it is written."""

    def __init__(self, word: str, *, folded: bool = True) -> None:
        self.word, self.folded = fold(word) if folded else word, folded

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        variants = _unfolded() if self.folded else {}
        return re.compile("".join(f"[{re.escape(variants[c])}]" if c in variants else re.escape(c) for c in self.word))

    def found_in(self, text: str) -> bool:
        """Whether `fold(word) in fold(text)`, without folding the text: most text is printed as it folds."""
        if not self.folded or self.word in text:
            return self.word in text
        if len(self.word) > LONG:
            return self.word in fold(text)
        return self.pattern.search(text) is not None

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where it stands, without overlaps."""
        return [match.span() for match in self.pattern.finditer(text)]
