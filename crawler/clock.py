"""Whether this machine's clock can be right: portals say what time it is in the Date of every answer."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from crawler.answers import Answer

MOST = 600  # seconds that a clock, ours or the portal's, is off without a word


def clock_note(answer: Answer, now: datetime) -> str | None:
    """What to tell the operator, or None where both clocks agree or the answer has no readable Date."""
    try:
        theirs = parsedate_to_datetime(answer.header("Date") or "")
    except (ValueError, TypeError):
        return None
    off = (now - (theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC))).total_seconds()
    if abs(off) <= MOST:
        return None
    hours, minutes = divmod(int(abs(off)) // 60, 60)
    return (
        f"this machine's clock is {hours} h {minutes} min {'ahead of' if off > 0 else 'behind'} the portal's "
        f"({theirs:%Y-%m-%d %H:%M} UTC); the archive's times are this machine's: set it right (NTP)"
    )
