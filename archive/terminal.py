"""What the terminal is shown: text without control over it, tables, bars, keyword-in-context lines.

Titles come from strangers: an escape sequence in one could rename the window or hide a line. `clean` leaves nothing
that moves the cursor or turns the direction of writing.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterable, Sequence

# C0 and C1 controls, line and paragraph separators, bidirectional marks, overrides and isolates, BOM, lone surrogates.
UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
BLOCKS = "▏▎▍▌▋▊▉█"


def clean(text: str) -> str:
    """On one line and harmless: white space controls become a space, all others U+FFFD."""
    return UNSAFE.sub(lambda match: " " if match[0] in "\t\n\r\v\f\u2028\u2029" else "\ufffd", text)


def width(text: str) -> int:
    """Columns a text takes: Chinese characters take two, combining ones none."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def cut(text: str, columns: int) -> str:
    """At most `columns` columns, with … where something is left out."""
    if width(text) <= columns:
        return text
    kept, room = [], columns - 1
    for character in text:
        room -= width(character)
        if room < 0:
            break
        kept.append(character)
    return "".join(kept) + "…"


def pad(text: str, columns: int, *, right: bool = False) -> str:
    space = " " * max(0, columns - width(text))
    return space + text if right else text + space


def table(head: Sequence[str], rows: Iterable[Sequence[object]], *, most: int = 60) -> str:
    """Columns as wide as their widest cell, at most `most`; numbers to the right."""
    body = [list(row) for row in rows]
    cells = [[cut(clean(_shown(value)), most) for value in row] for row in [head, *body]]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    right = [bool(body) and all(isinstance(row[i], int | float) for row in body) for i in range(len(head))]
    lines = [
        "  ".join(pad(c, w, right=r) for c, w, r in zip(line, widths, right, strict=True)).rstrip() for line in cells
    ]
    return "\n".join([lines[0], "  ".join("─" * w for w in widths), *lines[1:]])


def bars(counts: Iterable[tuple[str, int]], *, columns: int = 40) -> str:
    """One line a name: the name, a bar, the number. The longest bar takes `columns`."""
    rows = [(clean(name), number) for name, number in counts]
    most = max((number for _, number in rows), default=0)
    names = max((width(name) for name, _ in rows), default=0)
    digits = max((len(f"{number:,}") for _, number in rows), default=0)
    lines = (f"{pad(name, names)}  {number:>{digits},}  {_bar(number, most, columns)}" for name, number in rows)
    return "\n".join(line.rstrip() for line in lines)


def _bar(number: int, most: int, columns: int) -> str:
    eighths = round(8 * columns * number / most) if most else 0
    if number and not eighths:
        eighths = 1
    full, rest = divmod(eighths, 8)
    return "█" * full + (BLOCKS[rest - 1] if rest else "")


def _shown(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.15g}" if isinstance(value, float) else str(value)  # all that a float is sure of, as SQLite does


class LineFormatter(logging.Formatter):
    """One line an event: titles and addresses of hostile pages cannot move the cursor or start a second line."""

    def format(self, record: logging.LogRecord) -> str:
        return clean(" ".join(super().format(record).split()))
