"""Pieces of text round the places found: a snippet of one line, keyword-in-context lines, marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.fold import Needle

SNIPPET = 90  # characters


@dataclass(frozen=True, slots=True)
class Context:
    """One occurrence: what stands before it, the word as printed, what stands after it. One line each."""

    before: str
    word: str
    after: str


def snippet(body: str, needles: Sequence[Needle], length: int = SNIPPET) -> str:
    """About `length` characters round the first place found, or the beginning; … where text is cut."""
    places = [match.span() for needle in needles if (match := needle.pattern.search(body))]
    start, end = min(places, default=(0, 0))
    low = max(0, min(start - length // 3, len(body) - length))
    high = max(low + length, min(end, low + 3 * length))
    text = " ".join(body[low:high].split())
    return f"{'…' if low > 0 else ''}{text}{'…' if high < len(body) else ''}"


def contexts(text: str, needles: Sequence[Needle], width: int = 20) -> Iterator[Context]:
    """Every occurrence with `width` characters on both sides, in the order of the text."""
    for start, end in sorted({span for needle in needles for span in needle.spans(text)}):
        before, after = text[max(0, start - width) : start], text[end : end + width]
        yield Context(_line(before), _line(text[start:end]), _line(after))


def mark(text: str, needles: Sequence[Needle], before: str, after: str) -> str:
    """`text` with every place found between `before` and `after`; places that touch or overlap become one."""
    spans: list[tuple[int, int]] = []
    for start, end in sorted(span for needle in needles for span in needle.spans(text)):
        if spans and start <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
        else:
            spans.append((start, end))
    pieces, at = [], 0
    for start, end in spans:
        pieces += [text[at:start], before, text[start:end], after]
        at = end
    return "".join([*pieces, text[at:]])


def _line(text: str) -> str:
    return text.replace("\n", " ").replace("\t", " ")
