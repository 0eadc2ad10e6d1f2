"""When a walk over the list pages of a column ends: a pure state machine, asked once per page.

A pass reads pages from the first on. It ends at the end of the list (no next page, no rows, 404, a page that was read
before), in an incremental walk after a streak of known rows, at a page of rows older than were asked for, at the page
budget, or at a page that could not be got.
Items withdrawn while a pass runs shift rows up over the page border, past the reader: so a pass of several pages that
found something new is followed by another one, at least as deep, until one finds nothing new. Only then is the walk
complete.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

from archive.records import Listing, ListRow, Pager
from crawler.listing.files import files_unread, is_file, next_file

KNOWN_STREAK = 10  # known rows at the end of a page that end an incremental pass: pinned rows break the order
MAX_PAGES = 5_000  # of one pass; the longest column seen declares 1,626
MAX_PASSES = 5
GONE = (404, 410)
SHELL = "shell"  # stands in `first_row` once a page without rows was followed to where its script finds them


@dataclass(frozen=True, slots=True)
class WalkState:
    """Where a walk stands: the columns of table `walks`."""

    pass_: int = 1
    pages_read: int = 0  # with rows, in this pass
    depth: int = 0  # pages asked for in the first pass: later passes go at least as deep
    new_found: int = 0  # addresses not known, in this pass
    streak: int = 0  # known rows in a row, now
    first_row: str | None = None  # marks of three earlier pages: the first, the last power of two, the one before
    full: bool = False  # every list to its end


@dataclass(frozen=True, slots=True)
class Step:
    """What to do after a page."""

    state: WalkState
    next: Mapping[str, Any] | None  # {url, method, body, headers} of the next list page
    complete: bool  # the walk ended by itself
    reason: str


def decide(
    state: WalkState,
    listing: Listing | None,
    status: int,
    known: Callable[[str], bool],
    *,
    max_pages: int = MAX_PAGES,
    first_request: Mapping[str, Any] | None = None,
    asked: Mapping[str, Any] | None = None,
    since: str | None = None,
    told: str | None = None,
) -> Step:
    """Count one list page, that was `asked` for, in and say how the walk goes on. `listing` None: it was not got.

    `told` says what came of such a page where its status does not.

    `known` tells in the first pass what an earlier complete walk knew, in later passes what was met before this page.
    Rows dated before `since` are not wanted: they count as known, and a page of nothing else ends the pass.
    """
    if unread := files_unread(asked):
        return Step(state, None, False, f"the index names {unread} files more than are read")
    if status in GONE and (following := next_file(asked)):
        return Step(state, following, False, "one file of the list is gone")
    if status in GONE:
        return _past_the_end(state, f"page {state.pages_read + 1} {told or f'answered {status}'}", first_request)
    if (listing is None or status >= 400) and (following := next_file(asked)):
        following["more"] += 1  # the others are read, and the walk is not complete
        return Step(state, following, False, "one file of the list could not be read")
    if listing is None or status >= 400:
        return Step(state, None, False, f"page {state.pages_read + 1} could not be read ({told or f'status {status}'})")
    if not listing.rows:
        following = request_of(listing.pager)
        if following is not None and (state.first_row is None or is_file(following)):
            shell = replace(state, first_row=state.first_row or SHELL)
            return Step(shell, following, False, "the page names the address of its rows")
        return _past_the_end(state, f"no rows on page {state.pages_read + 1}", first_request)
    mark = _mark(listing)
    in_files = is_file(asked)  # in no order that we know: each is read to the last
    if mark in (state.first_row or "").split() and not in_files:
        return _past_the_end(state, f"page {state.pages_read + 1} repeats an earlier page", first_request)
    state = _counted(state, listing, mark, lambda row: is_older(row, since) or known(row.url))
    following = request_of(listing.pager)
    if following is None and state.pages_read == 1 and _is_cut_short(listing.pager):
        reason = f"page 1 of {listing.pager.total_pages} names no next page; state list.pager in the definition"
        return Step(state, None, False, reason)
    if following is None or _leads_back(following, first_request):
        return _end_of_pass(state, f"end of the list after {state.pages_read} pages", first_request)
    if not state.full and not in_files and state.streak >= KNOWN_STREAK and state.pages_read >= state.depth:
        return _end_of_pass(state, f"{state.streak} known rows in a row", first_request)
    if _all_older(listing, since) and not in_files and state.pages_read >= state.depth:
        return _end_of_pass(replace(state, full=False), f"a page of rows older than {since}", first_request)
    if state.pages_read >= max_pages:
        return Step(state, None, False, f"page budget of {max_pages} used up, the list goes on")
    return Step(state, following, False, "next page")


def is_older(row: ListRow, since: str | None) -> bool:
    """Whether the row is dated before `since` (ISO date)."""
    return bool(since and row.date and row.date[:10] < since)


def _all_older(listing: Listing, since: str | None) -> bool:
    dated = [row for row in listing.rows if row.date]
    return bool(dated) and all(is_older(row, since) for row in dated)


def request_of(pager: Pager) -> dict[str, Any] | None:
    """The request for the next page of a list, None at its end."""
    if pager.next_request is not None:
        asked = pager.next_request
        return {
            "url": asked["url"],
            "method": asked.get("method", "GET"),
            "body": asked.get("body"),
            "headers": dict(asked.get("headers") or {}),
            **{key: asked[key] for key in ("then", "more") if key in asked},
        }
    if pager.next_url:
        return {"url": pager.next_url, "method": "GET", "body": None, "headers": {}}
    return None


def leads_on(listing: Listing) -> bool:
    """Whether a page without rows is a shell that names where they are: an interface, a file. Nothing odd then."""
    leads = listing.pager.kind in ("file_list", "json_page") and request_of(listing.pager) is not None
    return leads and not listing.rows and not listing.issues


def _past_the_end(state: WalkState, reason: str, first_request: Mapping[str, Any] | None) -> Step:
    if not state.pages_read:
        return Step(state, None, False, f"{reason}: the column's first page is no list")
    # a page that should have been there may have gone with the rows that moved up: depth counts it
    depth = state.pages_read + 1 if state.pass_ == 1 else state.depth
    return _end_of_pass(replace(state, depth=depth), reason, first_request)


def _end_of_pass(state: WalkState, reason: str, first_request: Mapping[str, Any] | None) -> Step:
    """The walk is complete, or read once more."""
    depth = max(state.depth, state.pages_read)
    state = replace(state, depth=depth)
    if not state.new_found or depth == 1:
        return Step(state, None, True, reason)
    if first_request is None or state.pass_ >= MAX_PASSES:
        return Step(state, None, False, f"{reason}; pass {state.pass_} still found {state.new_found} new addresses")
    again = WalkState(pass_=state.pass_ + 1, depth=depth, full=state.full)
    return Step(again, first_request, False, f"{reason}; {state.new_found} new addresses, to be read once more")


def _counted(state: WalkState, listing: Listing, mark: str, known: Callable[[ListRow], bool]) -> WalkState:
    new, streak = state.new_found, state.streak
    rows: dict[str, ListRow] = {}
    for row in listing.rows:
        rows.setdefault(row.url, row)
    for row in rows.values():
        is_known = known(row)
        new += not is_known
        streak = streak + 1 if is_known else 0
    pages = state.pages_read + 1
    return replace(
        state, pages_read=pages, new_found=new, streak=streak, first_row=_marks(state.first_row, mark, pages)
    )


def _mark(listing: Listing) -> str:
    """Short mark of a page by its rows: not its first row alone, which may be pinned on every page."""
    return blake2b("\n".join(row.url for row in listing.rows).encode("utf-8", "replace"), digest_size=8).hexdigest()


def _marks(before: str | None, mark: str, page: int) -> str:
    """Marks kept: the first page, the last whose number is a power of two (Brent: finds any cycle), this one."""
    first, milestone = before.split()[:2] if before and before != SHELL else (mark, mark)
    return f"{first} {mark if page & (page - 1) == 0 else milestone} {mark}"


def _is_cut_short(pager: Pager) -> bool:
    """Whether a first page declares more pages but leads to none; other kinds may hold several pages' rows in one."""
    return pager.kind in ("numbered", "next_link", "descending", "postback") and (pager.total_pages or 1) > 1


def _leads_back(following: Mapping[str, Any], first_request: Mapping[str, Any] | None) -> bool:
    return (
        first_request is not None
        and following["url"] == first_request["url"]
        and following.get("body") == first_request.get("body")
    )
