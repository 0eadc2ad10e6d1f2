"""How often a portal or a column is to be crawled: "30m", "6h", "1d", "2w"."""

from __future__ import annotations

import re
from datetime import timedelta

from crawler.errors import PortalError

DEFAULT = timedelta(days=1)
LEAST, MOST = timedelta(minutes=15), timedelta(days=366)
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
FORM = re.compile(r"([0-9]{1,5})\s*([mhdw])")


def parse_every(text: str | None) -> timedelta:
    """The interval that is written; a day where nothing is. Raises PortalError for text that is none."""
    if text is None:
        return DEFAULT
    found = FORM.fullmatch(text.strip())
    interval = int(found[1]) * UNITS[found[2]] if found else timedelta(0)
    if not LEAST <= interval <= MOST:
        raise PortalError(f'every = "{text}": write a number and m, h, d or w, from "15m" to "366d": "6h", "1d", "2w"')
    return interval
