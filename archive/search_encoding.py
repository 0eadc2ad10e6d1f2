"""How a text stands in the tokens of the index: folded, with stand-ins for white space, which no token can hold."""

from __future__ import annotations

from functools import cache
from operator import add

from archive.fold import fold_table

STAND_INS = {" ": "\xa0", "\n": "\x85", "\t": "\x9f"}


@cache
def _token_table() -> dict[int, int | None]:
    """Folding and the stand-ins for white space in one step.

    NUL and lone surrogates become what the writer stores of them: nothing, and a question mark.
    """
    table = {ord(character): ord(stand_in) for character, stand_in in STAND_INS.items()}
    folding = {character: table.get(folded, folded) for character, folded in fold_table().items()}
    return table | folding | dict.fromkeys(range(0xD800, 0xE000), ord("?")) | {0: None}


def encode(text: str) -> str:
    """Folded, and as it stands in tokens."""
    return text.translate(_token_table())


def pairs(encoded: str) -> list[str]:
    """The pairs of neighbouring characters, in order: as many as characters, less one."""
    return list(map(add, encoded, encoded[1:]))
