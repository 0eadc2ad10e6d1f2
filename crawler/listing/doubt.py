"""What a finished walk leaves in doubt: a list that ended before its pager says it ends, or was not read to its end."""

from __future__ import annotations

from crawler.listing.walk import WalkState

BY_PAGE = ("numbered", "descending", "next_link", "postback")  # kinds that declare pages as they are read: one by one
ENOUGH = 0.9  # of the declared records: totals count what editors hide, too


def doubt(
    state: WalkState, kind: str, rows: int, pages: int | None, records: int | None, *, complete: bool, reason: str
) -> str | None:
    """One line for the operator, or None: the list was read as far as it says it goes.

    `rows` were met in the last pass; `pages` and `records` are what the list itself declared.
    """
    if not complete:
        return f"the list was not read to its end: {reason}"
    if not state.full:
        return None  # ended at what is known, as it should
    if kind in BY_PAGE and pages and state.pages_read < pages:
        return f"its pager declares {pages} pages, {state.pages_read} were there ({reason})"
    if records and rows < ENOUGH * records:
        return f"it declares {records} records, {rows} were listed ({reason})"
    return None
