"""Dates as people and systems print them, to `Moment`: never more precise than written."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
OLDEST = 1998  # year of the first government portals: an earlier date is kept, and flagged
FULL_WIDTH, HALF_WIDTH = "０１２３４５６７８９：－／．", "0123456789:-/."
WIDE, NARROWED = re.compile(f"[{FULL_WIDTH}]"), str.maketrans(FULL_WIDTH, HALF_WIDTH)
_CHINESE = {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"○": 0, "零": 0, "O": 0}
DATE = re.compile(
    r"(?<![\d.])((?:19|20)\d{2})\s?(?:[-—–/.]|\s?年)\s?(\d{1,2})\s?(?:[-—–/.]|\s?月)\s?(\d{1,2})(?:(?!\d)|(?=\d\d:\d\d))\s?日?"
    r"(?:(?:[\sT\-日]{0,3}|\s?[（(]?(?:星期|周)[一二三四五六日天][）)]?\s?)(?:(上午|下午|AM|PM)\s?)?(\d{1,2})\s?(?:[:∶]|时|點|点)\s?(\d{1,2})\s?(?:(?:[:∶]|分)\s?(\d{1,2}))?\s?(am|pm|AM|PM)?)?"
)
CHINESE_DATE = re.compile(
    r"([〇○零一二三四五六七八九O]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
OFFSET = re.compile(r"(?:\.\d{1,9})?\s?(?:Z|([+-])(\d\d):?(\d\d))(?!\d)")
ERAS = {"民國": 1911, "民国": 1911, "令和": 2018, "平成": 1988, "昭和": 1925}  # era -> the year before its first
ERA_DATE = re.compile(r"(民國|民国|令和|平成|昭和)\s?(元|\d{1,3})\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日")
OTHER_DATE = re.compile(
    r"\b(\d{1,2})(?:[-./ ]|\.\s)(\d{1,2})(?:[-./ ]|\.\s)((?:19|20)\d{2})\b"
    r"|\b(\d{1,2})(?:\.|er|º|st|nd|rd|th)?\s+(?:de\s+)?([^\W\d_]{3,12})\.?,?\s+(?:de\s+)?((?:19|20)\d{2})\b"
    r"|\b([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,\s?|\s+)((?:19|20)\d{2})\b"
)
OTHER_CLOCK = re.compile(
    r"(?:\s*(?:року|года|г\.|р\.))?(?:\s*\([A-Za-z]+\))?[\s,]+(?:(?:at|à|às|um|alle|ore|о)\s+)?(\d{1,2})[:h](\d\d)(?::(\d\d))?\s?([ap]\.?m\b\.?)?",
    re.IGNORECASE,
)
WORDED_CLOCK = re.compile(
    r",?\s(?:at|à|às|um|alle|ore|о)\s(\d{1,2})[:h](\d\d)(?::(\d\d))?(\s?[ap]\.?m\b\.?)?", re.IGNORECASE
)
JAVA_DATE = re.compile(r"\b[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d\d) (\d\d):(\d\d):(\d\d) [A-Z]{3,4} ((?:19|20)\d{2})\b")
# A date in two pieces, each large or small in an element of its own: 30 | 2023-06, 06-30 | 2023, 2023年 | 6月30日
PARTED = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<day>\d{1,2})日?\s+(?P<year>(?:19|20)\d\d)\s?[-/.年]\s?(?P<month>\d{1,2})月?",
        r"(?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?\s+(?P<year>(?:19|20)\d\d)年?",
        r"(?P<year>(?:19|20)\d\d) (?P<month>\d\d) (?P<day>\d\d)",
        r"(?P<year>(?:19|20)\d\d)年?\s+(?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?(?P<clock>\s+\d{1,2}:\d\d(?::\d\d)?)?",
    )
)
COMPACT = re.compile(r"\s?((?:19|20)\d\d)([01]\d)([0-3]\d)(?!\d)")  # only behind a label: a number elsewhere
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januar january janvier enero janeiro gennaio января січня stycznia ledna ianuarie ocak",
            "feb februar february février febrero fevereiro febbraio февраля лютого lutego února februarie şubat",
            "mar märz march mars marzo março марта березня marca března martie maart mac maret",
            "apr april avril abril aprile апреля квітня kwietnia dubna aprilie nisan",
            "may mai mayo maio maggio мая травня maja května mei maj mayıs",
            "jun juni june juin junio junho giugno июня червня czerwca června iunie haziran",
            "jul juli july juillet julio julho luglio июля липня lipca července iulie julai temmuz",
            "aug august août agosto августа серпня sierpnia srpna ogos ağustos agustus",
            "sep sept september septembre septiembre setembro settembre сентября вересня września září septembrie eylül",
            "oct okt oktober october octobre octubre outubro ottobre октября жовтня października října octombrie ekim",
            "nov november novembre noviembre novembro ноября листопада listopada listopadu noiembrie kasım",
            "dec dez dezember december décembre diciembre dezembro dicembre декабря грудня grudnia prosince decembrie disember desember aralık",
        ),
        1,
    )
    for name in names.split()
}


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as written: precision "day", "minute" or "second"."""

    value: datetime
    precision: str
    raw: str
    zone: timezone = CHINA

    def iso(self) -> str:
        """2023-06-30, 2023-06-30T09:11+08:00 or 2023-06-30T09:11:05+08:00."""
        if self.precision == "day":
            return self.value.strftime("%Y-%m-%d")
        return self.value.replace(tzinfo=self.zone).isoformat(
            timespec="minutes" if self.precision == "minute" else "seconds"
        )


def half_width(text: str) -> str:
    """Digits and the marks of dates as most pages print them, one character for one."""
    return text.translate(NARROWED) if WIDE.search(text) else text


def parse_times(text: str) -> list[Moment]:
    """Every date in a text, in order; impossible ones are left out. Never raises."""
    text = half_width(text)
    found = []
    for match in DATE.finditer(text):
        moment = moment_of(match)
        if moment:
            found.append(_zoned(moment, text[match.end() :]))
    if not found:
        found = [m for match in CHINESE_DATE.finditer(text) if (m := _chinese(match))]
    if not found:
        found = [m for match in ERA_DATE.finditer(text) if (m := _of_era(match))]
    if not found:
        found = [m for match in JAVA_DATE.finditer(text) if (m := _of_java(match))]
    if not found:
        found = [m for match in OTHER_DATE.finditer(text) if (m := _other(match))]
    return found


def parted_date(text: str) -> Moment | None:
    """The date of a text that is nothing but one in pieces."""
    matches = (pattern.fullmatch(half_width(text)) for pattern in PARTED)
    match = next((one for one in matches if one), None)
    if match is None:
        return None
    moment = _day(match["year"], match["month"], match["day"], match.group())
    clock = OTHER_CLOCK.match(match.groupdict().get("clock") or "")
    return replace(_at(moment, clock), raw=match.group()) if moment and clock else moment


def compact_date(text: str, at: int) -> Moment | None:
    """20230630 at this place."""
    match = COMPACT.match(text, at)
    if match is None:
        return None
    year, month, day = match.groups()
    return _day(year, month, day, match.group())


def moment_of(match: re.Match[str]) -> Moment | None:
    year, month, day, half, hour, minute, second, after = match.groups()
    try:
        date = datetime(int(year), int(month), int(day))
    except ValueError:
        return None
    raw = match.group().strip()
    if hour is None and (said := WORDED_CLOCK.match(match.string, match.end())):
        return _at(Moment(date, "day", raw), said)
    if hour is None or int(hour) > 23 or int(minute) > 59:
        return Moment(date, "day", raw)
    clock = int(hour)
    if ((half or "") == "下午" or (half or after or "").upper() == "PM") and clock < 12:
        clock += 12
    precise = "second" if second is not None and int(second) < 60 else "minute"
    seconds = int(second) if precise == "second" else 0
    return Moment(date.replace(hour=clock, minute=int(minute), second=seconds), precise, raw)


def _zoned(moment: Moment, rest: str) -> Moment:
    """With the offset printed behind it, as machines do; China time where none is."""
    offset = OFFSET.match(rest) if moment.precision != "day" else None
    if offset is None:
        return moment
    minutes = int(offset[2] or 0) * 60 + int(offset[3] or 0)
    if minutes > 14 * 60:
        return moment
    return replace(moment, zone=timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes)))


def _chinese(match: re.Match[str]) -> Moment | None:
    year = int("".join(str(_CHINESE[c]) for c in match[1]))
    try:
        return Moment(datetime(year, _chinese_number(match[2]), _chinese_number(match[3])), "day", match.group())
    except ValueError:
        return None


def _of_era(match: re.Match[str]) -> Moment | None:
    year = ERAS[match[1]] + (1 if match[2] == "元" else int(match[2]))
    try:
        return Moment(datetime(year, int(match[3]), int(match[4])), "day", match.group())
    except ValueError:
        return None


def _day(year: str, month: str, day: str, raw: str) -> Moment | None:
    try:
        return Moment(datetime(int(year), int(month), int(day)), "day", raw)
    except ValueError:
        return None


def _of_java(match: re.Match[str]) -> Moment | None:
    """Fri Jun 30 09:11:00 CST 2023: what Java prints when nobody gave a form; CST is China's time there."""
    month, day, hour, minute, second, year = match.groups()
    try:
        value = datetime(int(year), MONTHS.get(month.lower(), 0), int(day), int(hour), int(minute), int(second))
    except ValueError:
        return None
    return Moment(value, "second", match.group())


def _chinese_number(text: str) -> int:
    tens, ten, ones = text.partition("十")
    if not ten:
        return _CHINESE.get(text, 0)
    return (_CHINESE.get(tens, 0) if tens else 1) * 10 + (_CHINESE.get(ones, 0) if ones else 0)


def _other(match: re.Match[str]) -> Moment | None:
    a, b, c, day, name, year, name2, day2, year2 = match.groups()
    if a:
        moment = _day(c, b, a, match.group()) or _day(c, a, b, match.group())  # the month first where it must be
        clock = OTHER_CLOCK.match(match.string, match.end())
        return _at(moment, clock) if moment and clock else moment
    month = MONTHS.get((name or name2).lower()) or MONTHS.get((name or name2).lower()[:3])
    moment = _day(year or year2, str(month or 0), day or day2, match.group())
    clock = OTHER_CLOCK.match(match.string, match.end())
    return _at(moment, clock) if moment and clock else moment


def _at(moment: Moment, clock: re.Match[str]) -> Moment:
    """The day with the hours printed behind it, 24 of them or twice twelve."""
    hour, minute, second, half = int(clock[1]), int(clock[2]), clock[3], (clock[4] or "").lower()
    if hour > (12 if half else 23) or minute > 59 or int(second or 0) > 59:
        return moment
    hour = hour % 12 + (12 if half[0] == "p" else 0) if half else hour
    value = moment.value.replace(hour=hour, minute=minute, second=int(second or 0))
    return replace(moment, value=value, precision="second" if second else "minute", raw=moment.raw + clock.group())
