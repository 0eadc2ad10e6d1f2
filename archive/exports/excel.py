"""What Excel makes of a cell, and how it is kept from it.

A cell that begins like a formula (also in full width, behind spaces or an invisible character) gets a leading quote;
one over 32,767 characters is cut with a mark; controls and direction marks are taken out. Line breaks stay. All of it
changes the text, so it is done in the forms for Excel only, and counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST = 32_767  # UTF-16 units of a cell
CUT = "…〔cut: the cell is full〕"
FORMULA = re.compile("[\\s\u200b-\u200f\u2060\ufeff]*[=+\\-@＝＋－＠﹢﹣﹦﹫−]|[\t\r\n]")
CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


@dataclass(slots=True)
class Changes:
    """How many cells are not as in the archive."""

    quoted: int = 0
    cut: int = 0
    cleaned: int = 0


def safe_text(text: str, changes: Changes, *, quote: bool = True) -> str:
    """The cell for Excel. `quote=False` for a format whose cells have a type, where no text is a formula."""
    if "\r" in text or CONTROLS.search(text):
        text = CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", " "))
        changes.cleaned += 1
    if quote and FORMULA.match(text):
        text = "'" + text
        changes.quoted += 1
    if len(text) > MOST // 2 and _units(text) > MOST:
        text = _first_units(text, MOST - len(CUT)) + CUT
        changes.cut += 1
    return text


def _units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def _first_units(text: str, units: int) -> str:
    """At most `units` UTF-16 units, no character halved."""
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore")
