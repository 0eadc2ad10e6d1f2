"""The hours in which a portal may be asked: "22:00-06:00", in China's time or in the zone that stands behind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crawler.errors import PortalError

ZONE = "Asia/Shanghai"
FORM = re.compile(r"\s*(\d{1,2}):(\d\d)\s*[-–]\s*(\d{1,2}):(\d\d)(?:\s+(\S+))?\s*")


@dataclass(frozen=True, slots=True)
class Window:
    begin: time
    end: time  # before `begin`: past midnight
    zone: ZoneInfo

    @classmethod
    def parse(cls, text: str | None) -> Self | None:
        """Raises PortalError for text that is no window; nothing is always open."""
        if not text:
            return None
        found = FORM.fullmatch(text)
        try:
            if found is None:
                raise ValueError
            begin, end = (_time(found[n], found[n + 1]) for n in (1, 3))
            return cls(begin, end, ZoneInfo(found[5] or ZONE))
        except (ValueError, ZoneInfoNotFoundError):
            raise PortalError(
                f'window = "{text}": not of the form "22:00-06:00" or "22:00-06:00 Asia/Urumqi"'
            ) from None

    def is_open(self, moment: datetime) -> bool:
        """Whether a request may start at `moment` (aware). Begin and end alike: the whole day."""
        now = moment.astimezone(self.zone).time()
        if self.begin < self.end:
            return self.begin <= now < self.end
        return now >= self.begin or now < self.end

    def __str__(self) -> str:
        return f"{self.begin:%H:%M}-{self.end:%H:%M} {self.zone.key}"


def _time(hour: str, minute: str) -> time:
    """24:00 is the midnight at the end of the day. Raises ValueError."""
    return time() if (hour, minute) == ("24", "00") else time(int(hour), int(minute))
