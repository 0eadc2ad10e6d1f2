"""Whether a column has been silent for longer than it ever is, in working days. Pure.

A column's habit is the longest pause between two days on which it published, one exception aside. Daily news are missed
within a week, the yearly report after years; Spring Festival holds no working days, so that it is no pause.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from crawler.workdays import workdays_between

PAUSES = 250  # the newest that make the habit
FEWEST = 3  # pauses; below that nothing is known of the habit
SURE = 10  # pauses from which the longest is trusted to be long
LEAST = 3  # working days of silence that are never an alarm


@dataclass(frozen=True, slots=True)
class Silence:
    """A pause that is longer than the habit."""

    last: date  # the newest day on which something was published
    days: int  # working days since then, neither end counted
    longest: int  # the longest usual pause
    allowed: int


def silence(published: Iterable[date], today: date, met: date) -> Silence | None:
    """The silence up to `today`, or None where it is within the habit, or the habit is not known.

    A column that was past its habit on the day we met it, `met`, is dead: no alarm until it has published again.
    """
    days = sorted({day for day in published if day <= today})
    if days and days[-1] < met and _pause(days, met):
        return None
    return _pause(days, today)


def _pause(days: list[date], today: date) -> Silence | None:
    pauses = [workdays_between(first, then) for first, then in pairwise(days[-PAUSES - 1 :])]
    if len(pauses) < FEWEST:
        return None
    known = len(pauses) >= SURE
    longest = sorted(pauses)[-2 if known else -1]  # one pause of its own kind is no habit
    allowed = max(LEAST, (2 if known else 3) * longest + 1)
    now = workdays_between(days[-1], today)
    return Silence(days[-1], now, longest, allowed) if now > allowed else None
