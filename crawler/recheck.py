"""When a held article is asked for again: young ones densely, old ones thinly."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

# (age up to, interval) in days; an article older than the last age follows the last interval.
DEFAULT_RECHECK: tuple[tuple[float, float], ...] = ((7, 1), (30, 7), (365, 60), (3650, 365))


def utc(moment: datetime) -> str:
    """The archive's own form of a time: 2026-11-24T01:02:03Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def next_check(published: str | None, now: datetime, schedule: Sequence[tuple[float, float]] = ()) -> str:
    """The time, in UTC, at which an article published at `published` is due again.

    `schedule` is rows of (age in days up to which the row holds, interval in days). Unknown and impossible dates
    count as young: an edit is likelier than a saving.
    """
    rows = sorted(schedule or DEFAULT_RECHECK)
    age = max(_age_days(published, now), 0)
    interval = next((every for limit, every in rows if age <= limit), rows[-1][1])
    return utc(now + timedelta(days=interval))


def _age_days(published: str | None, now: datetime) -> float:
    try:
        moment = datetime.fromisoformat(published or "")
    except ValueError:
        return 0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (now - moment) / timedelta(days=1)
