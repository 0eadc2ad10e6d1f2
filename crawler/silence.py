"""Whether a column has been silent for longer than it ever is, in working days. Pure.

A column's habit is the longest pause between two days on which it published. Daily news are missed within a week, the
yearly report after years; a pause over Spring Festival counts hardly any working days, and is none.
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
    longest: int  # the longest pause before
    allowed: int


def silence(published: Iterable[date], today: date) -> Silence | None:
    """The silence up to `today`, or None where it is within the habit, or the habit is not known."""
    days = sorted({day for day in published if day <= today})[-PAUSES - 1 :]
    pauses = [workdays_between(first, then) for first, then in pairwise(days)]
    if len(pauses) < FEWEST:
        return None
    longest = max(pauses)
    allowed = max(LEAST, (2 if len(pauses) >= SURE else 3) * longest + 1)
    now = workdays_between(days[-1], today)
    return Silence(days[-1], now, longest, allowed) if now > allowed else None
