"""Dates as list rows print them: 2023-10-30, 2023/10/30, 2023年10月30日, [10-30], a big 30 over a small 2023-10."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
YEAR, MONTH, DAY = r"(?P<y>(?:19|20)\d\d)", r"(?P<m>1[0-2]|0?[1-9])", r"(?P<d>3[01]|[12]\d|0?[1-9])"
FULL = re.compile(rf"(?<!\d){YEAR}\s?(?:[-/.．－—]|年)\s?{MONTH}\s?(?:[-/.．－—]|月)\s?{DAY}(?!\d)")
DAY_FIRST = re.compile(rf"(?<!\d){DAY}\s?(?P<s>[-/.])\s?{MONTH}\s?(?P=s)\s?{YEAR}(?!\d)")  # 4.6.2024, in Hong Kong
COMPACT = re.compile(r"(?<!\d)(?P<y>20\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?!\d)")
SPLIT = (
    re.compile(rf"^\D{{0,3}}{DAY}日?\s+{YEAR}\s?[-/.年]\s?{MONTH}月?\D{{0,3}}$"),  # 30 over 2023-10
    re.compile(rf"^\D{{0,3}}{YEAR}\s?[-/.年]\s?{MONTH}月?\s+{DAY}日?\D{{0,3}}$"),  # 2023-10 over 30
    re.compile(rf"^\D{{0,3}}{MONTH}\s?[-/.月]\s?{DAY}日?\s+{YEAR}年?\D{{0,3}}$"),  # 10-30 over 2023
    re.compile(rf"^\D{{0,3}}{YEAR}年?\s+{MONTH}\s?[-/.月]\s?{DAY}日?\D{{0,3}}$"),  # 2023 over 10-30
)
YEARLESS = re.compile(rf"^\W*{MONTH}\s?(?:-|/|\.|月)\s?{DAY}日?\W*$")
# 113-06-14, 民國113年6月14日: years of the Republic, alone or behind a label
REPUBLIC = re.compile(
    rf"(?P<before>\W*(?:[^\d\W]{{0,4}}(?:日期|時間)\W*)?(?:中華)?(?:民國)?\s?)(?P<y>1[0-4]\d|[6-9]\d)"
    rf"(?P<rest>\s?(?:[-/.]|年)\s?{MONTH}\s?(?:[-/.]|月)\s?{DAY}日?(?!\d)(?:\s\d{{1,2}}:\d\d(?::\d\d)?)?\W*)"
)
FIRST_YEAR = 1911
PERIOD = re.compile(r"\W*(?P<year>(?:19|20)\d\d)\s?年?(?:度|\s?(?P<month>\d{1,2})\s?月)?\W*")  # over the rows of it
IN_ADDRESS = (
    re.compile(r"/t(?P<y>20\d\d)(?P<m>\d\d)(?P<d>\d\d)_\d+"),
    re.compile(r"/(?P<y>(?:19|20)\d\d)[/-]?(?P<m>\d{1,2})[/-](?P<d>\d{1,2})/"),
    re.compile(r"/(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)(?=[/_]|i?\d*\.)"),
)
YEAR_IN_ADDRESS = re.compile(r"/(?:t)?((?:19|20)\d\d)(?=[/-]|\d{2}(?:\d\d)?[/_])")


def iso(year: int | str, month: int | str, day: int | str) -> str | None:
    """The ISO date, None where the calendar has no such day."""
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def dates_in(text: str) -> list[str]:
    """Every full date in a text, in order."""
    found = [_iso(match) for pattern in (FULL, DAY_FIRST) for match in pattern.finditer(text)]
    return [day for day in found if day]


def date_of(text: str) -> str | None:
    """The date a short text gives, full or over two lines; compact (20231030) only where nothing else stands."""
    days = dates_in(text)
    if days:
        return days[0]
    for pattern in SPLIT:
        found = pattern.match(text)
        if found:
            return _iso(found)
    compact = COMPACT.fullmatch(text.strip(" \t\r\n[]()（）【】"))
    return _iso(compact) if compact else None


def western(text: str) -> str:
    """A text that is a date by the year of the Republic and nothing else, by our year; any other text as it is."""
    found = REPUBLIC.fullmatch(text) if len(text) <= 40 else None
    return f"{found['before']}{int(found['y']) + FIRST_YEAR}{found['rest']}" if found else text


def whole_date(text: str, fuller: str) -> str | None:
    """The date of "06-14" in a fuller text beside it, its element's title; None where that says another day."""
    found = YEARLESS.match(text)
    days = dates_in(fuller[:40]) if found else []
    return next(
        (day for day in days if found and (int(day[5:7]), int(day[8:])) == (int(found["m"]), int(found["d"]))), None
    )


def yearless_date(text: str, url: str) -> str | None:
    """The date of "10-30", its year taken from the article's address."""
    found, year = YEARLESS.match(text), YEAR_IN_ADDRESS.search(url)
    return iso(year[1], found["m"], found["d"]) if found and year else None


def under(text: str, heading: str) -> str | None:
    """The date of "04-27" under "2023年4月" or "2023"; None where one is none, or the months differ."""
    found, over = YEARLESS.match(text), PERIOD.fullmatch(heading)
    if not found or not over or (over["month"] and int(over["month"]) != int(found["m"])):
        return None
    return iso(over["year"], found["m"], found["d"])


def date_in_address(url: str) -> str | None:
    for pattern in IN_ADDRESS:
        found = pattern.search(url)
        if found:
            day = _iso(found)
            if day:
                return day
    return None


def date_of_value(value: object) -> str | None:
    """The date in a JSON value: text, or seconds or milliseconds since 1970, read in China's zone."""
    if isinstance(value, str):
        text = value.strip()
        if not text.isdecimal() or len(text) == 8:
            return date_of(text[:40])
        value = int(text[:16])
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    seconds = value / 1000 if value > 1e11 else value
    if not 3e8 < seconds < 4.1e9:
        return None
    return datetime.fromtimestamp(seconds, CHINA).date().isoformat()


def _iso(found: re.Match[str]) -> str | None:
    return iso(found["y"], found["m"], found["d"])
