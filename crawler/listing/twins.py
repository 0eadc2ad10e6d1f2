"""Mobile twins: a row beside which the same page stands once more in its form for phones is one row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from archive.records import ListRow

# Mobile address -> the desktop one: Guangdong's mpost_, UCAP's /m/ beside /pc/, hosts m. and wap.
MOBILE = (
    (re.compile(r"/mpost_(?=\d)"), "/post_"),
    (re.compile(r"/m/"), "/pc/"),
    (re.compile(r"^(https?://)(?:m|wap)\."), r"\1www."),
)


def without_twins(rows: Sequence[ListRow]) -> tuple[ListRow, ...]:
    """The rows without those whose desktop form is there too; a date that only the twin carries is kept."""
    urls = {row.url for row in rows}
    twins = {row.url: desktop for row in rows if (desktop := _desktop(row.url)) != row.url and desktop in urls}
    if not twins:
        return tuple(rows)
    dates = {twins[row.url]: row.date for row in rows if row.url in twins}
    return tuple(replace(row, date=row.date or dates.get(row.url)) for row in rows if row.url not in twins)


def _desktop(url: str) -> str:
    for pattern, instead in MOBILE:
        changed = pattern.sub(instead, url, count=1)
        if changed != url:
            return changed
    return url
