"""Working days of Chinese offices: weekdays, without public holidays, with make-up workdays (chinese-calendar)."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from chinese_calendar import is_workday

log = logging.getLogger("dibao")

CHINA = ZoneInfo("Asia/Shanghai")


def day_in_china(moment: datetime) -> date:
    return moment.astimezone(CHINA).date()


@lru_cache(maxsize=4096)
def works(day: date) -> bool:
    """Whether offices work that day; in years whose holidays are not published yet, every weekday counts."""
    try:
        return bool(is_workday(day))
    except NotImplementedError:
        _say_once(day.year)
        return day.weekday() < 5


def workdays_between(first: date, last: date) -> int:
    """Working days strictly between two days; 0 for neighbours, and where `last` is not later."""
    days = (last - first).days
    return sum(works(first + timedelta(days=n)) for n in range(1, days))


@lru_cache(maxsize=64)
def _say_once(year: int) -> None:
    log.info(
        "no public holidays known for %d: every weekday counts as a working day; a newer Dibao may know them", year
    )
