"""Whether a column's pages read as they used to: fill rates, lengths, rows, against its earlier runs. Pure.

A field drifts when the newest pages lack it more often than chance and more often than they ever did: three tests, and
all must agree. Chance: fewer than one in 10,000 such samples would be as poor at the old rate. Habit: no stretch of as
many pages before was as poor; notices without a source come in batches. Size: the rate fell by a fifth or more.
Few pages a run are pooled over the newest runs, so a column with one article a day is judged on the third.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp, lgamma, log, log1p
from statistics import median

from archive.health import FIELDS, Sight

BASE_RUNS = 30  # with pages read, before the ones that are judged
BASE_PAGES = 8  # fewer are no habit
POOLED_RUNS = 7  # at most, of the newest runs
CHANCE = 1e-4
FALL = 0.2  # least fall of a rate, in share of the pages
LENGTH_PAGES = 5  # least pages for a judgement on lengths
LENGTH_RUNS = 5
LENGTH_FACTOR = 2.0  # shorter or longer than ever before by that
ROWS_RUNS = 5
ROWS_FACTOR = 0.5  # fewer rows on the first page than ever by that


@dataclass(frozen=True, slots=True)
class Drift:
    """One thing of a column that reads otherwise than before."""

    what: str  # a field, or "length", "rows"
    says: str  # figures, in words
    good: tuple[str, int] | None = None  # address and capture of the last page that was well
    bad: tuple[str, int] | None = None  # and of the first that was not


def drifts(history: Sequence[Sight], present: Sight) -> list[Drift]:
    """What drifted up to the present run; `history` oldest first, without `present`."""
    usual = [sight for sight in history if not sight.odd]
    found = [drift for name in FIELDS if (drift := _field(usual, history, present, name))]
    if not any(drift.what == "body" for drift in found):  # without bodies lengths say the same again
        found += filter(None, [_length(usual, present)])
    return [*found, *filter(None, [_rows(usual, present)])]


def _field(usual: Sequence[Sight], history: Sequence[Sight], present: Sight, name: str) -> Drift | None:
    for window, first in _windows([*history, present]) if _lacks(present, name) else ():
        base = [sight for sight in usual if sight.run_id < first and sight.read][-BASE_RUNS:]
        pages, filled = sum(s.read for s in base), sum(s.filled.get(name, 0) for s in base)
        seen, had = sum(s.read for s in window), sum(s.filled.get(name, 0) for s in window)
        if pages < BASE_PAGES or had / seen > filled / pages - FALL:
            continue
        if _chance(had, seen, (filled + 0.5) / (pages + 1)) < CHANCE and had / seen < _poorest(base, seen, name):
            says = f"{had} of {seen} pages have a {name}, {filled} of {pages} had one before"
            return Drift(name, says, _last(base, name, "good"), _first(window, name))
    return None


def _lacks(sight: Sight, name: str) -> bool:
    """Whether a run misses the field often enough to look further; one that does not ends an alarm."""
    return sight.read > 0 and sight.filled.get(name, 0) <= (1 - FALL) * sight.read


def _windows(sights: Sequence[Sight]) -> Iterator[tuple[Sequence[Sight], int]]:
    """The newest run with pages, the two newest, and so on, each with the number of its first run."""
    read = [sight for sight in sights if sight.read][-POOLED_RUNS:]
    for size in range(1, len(read) + 1):
        yield read[-size:], read[-size].run_id


def _chance(had: int, seen: int, rate: float) -> float:
    """How likely at most `had` of `seen` pages have what a page has at `rate`; by logarithms, for runs of any size."""
    ways = (lgamma(seen + 1) - lgamma(k + 1) - lgamma(seen - k + 1) for k in range(had + 1))
    return sum(exp(way + k * log(rate) + (seen - k) * log1p(-rate)) for k, way in enumerate(ways))


def _poorest(base: Sequence[Sight], seen: int, name: str) -> float:
    """The lowest rate among stretches of neighbouring runs of at least `seen` pages; 1 where there is none."""
    lowest = 1.0
    for start in range(len(base)):
        pages = filled = 0
        for sight in base[start:]:
            pages, filled = pages + sight.read, filled + sight.filled.get(name, 0)
            if pages >= seen:
                lowest = min(lowest, filled / pages)
                break
    return lowest


def _length(usual: Sequence[Sight], present: Sight) -> Drift | None:
    """Bodies half as long as in any run before, or twice as long, and outside the band of their spread."""
    base = [s.length for s in usual if s.length and s.read >= LENGTH_PAGES][-BASE_RUNS:]
    if len(base) < LENGTH_RUNS or present.read < LENGTH_PAGES or not present.length:
        return None
    middle = median(map(log, base))
    spread = 1.4826 * median(abs(log(length) - middle) for length in base)
    beyond = present.length * LENGTH_FACTOR < min(base) or present.length > max(base) * LENGTH_FACTOR
    if not beyond or abs(log(present.length) - middle) < 3 * spread:
        return None
    says = f"bodies have {present.length} characters in the middle of {present.read}, {min(base)} to {max(base)} before"
    return Drift("length", says, _last(usual, "body", "good"), _first([present], "body", "good"))


def _rows(usual: Sequence[Sight], present: Sight) -> Drift | None:
    base = [s.rows for s in usual if s.rows][-BASE_RUNS:]
    if len(base) < ROWS_RUNS or present.rows is None or present.rows >= min(base) * ROWS_FACTOR:
        return None
    return Drift("rows", f"{present.rows} rows on the first list page, {min(base)} to {max(base)} before")


def _last(sights: Sequence[Sight], name: str, which: str) -> tuple[str, int] | None:
    pages = [sight.pages[name][which] for sight in sights if which in sight.pages.get(name, {})]
    return (pages[-1][0], pages[-1][1]) if pages else None


def _first(sights: Sequence[Sight], name: str, which: str = "bad") -> tuple[str, int] | None:
    pages = [sight.pages[name][which] for sight in sights if which in sight.pages.get(name, {})]
    return (pages[0][0], pages[0][1]) if pages else None
