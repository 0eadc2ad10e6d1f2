"""The stop rules of a walk over list pages: never an endless walk, never one page too few."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import astuple, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import Listing, ListRow, Pager
from crawler.listing.files import MAX_FILES, first_file, next_file, pager_in_file
from crawler.listing.walk import KNOWN_STREAK, MAX_PASSES, Step, WalkState, decide

FIRST = {"url": "http://a.gov.cn/xw/"}


def page(urls: list[str], following: str | None) -> Listing:
    return Listing(tuple(ListRow(url, url) for url in urls), Pager("numbered", following))


class Site:
    """A column of pages; `change` is called before each page is served, as portals do while a crawl runs."""

    def __init__(self, items: list[str], size: int, change: Callable[[Site, int], None] | None = None) -> None:
        self.items, self.size, self.change, self.served = items, size, change, 0
        self.calm_later = False  # changes end with the first pass

    def get(self, url: str) -> Listing:
        if url == FIRST["url"] and self.served:
            self.change = None if self.calm_later else self.change
        if self.change:
            self.change(self, self.served)
        self.served += 1
        at = 0 if url == FIRST["url"] else int(url.rpartition("_")[2])
        more = (at + 1) * self.size < len(self.items)
        return page(self.items[at * self.size : (at + 1) * self.size], f"{FIRST['url']}_{at + 1}" if more else None)


def walk(site: Site, seen: set[str], *, full: bool = True) -> Step:
    """A whole walk; the state goes through its columns between pages, as it does in the archive."""
    before, url, state = set(seen), FIRST["url"], WalkState(full=full)
    for _ in range(2_000):
        listing = site.get(url)
        met = before if state.pass_ == 1 else set(seen)
        step = decide(WalkState(*astuple(state)), listing, 200, met.__contains__, first_request=FIRST)
        seen.update(row.url for row in listing.rows)
        if step.next is None:
            return step
        state, url = step.state, step.next["url"]
    raise AssertionError("the walk does not end")


@given(st.integers(1, 80), st.integers(1, 12), st.lists(st.integers(0, 5), max_size=12), st.booleans())
def test_every_item_that_stays_is_met_whatever_comes_and_goes(
    count: int, size: int, changes: list[int], insert: bool
) -> None:
    def change(site: Site, served: int) -> None:
        for n in range(changes[served] if served < len(changes) else 0):
            if insert:
                site.items.insert(0, f"new{served}-{n}")
            elif site.items:
                site.items.pop(0)

    site, seen = Site([f"i{n}" for n in range(count)], size, change), set[str]()
    site.calm_later = True
    step = walk(site, seen)
    assert not site.items or step.complete
    assert set(site.items) <= seen or site.served == 1


def test_withdrawn_rows_cost_no_item() -> None:
    def withdraw(site: Site, served: int) -> None:
        if served == 1:
            del site.items[:3]  # rows of page 2 shift up to page 1, which was read

    site, seen = Site([f"i{n}" for n in range(30)], 10, withdraw), set[str]()
    step = walk(site, seen)
    assert step.complete
    assert step.state.pass_ == 3
    assert seen == {f"i{n}" for n in range(30)}


@pytest.mark.parametrize(("pinned", "fresh"), [(0, 3), (12, 3), (9, 25)])
def test_an_incremental_walk_goes_past_pinned_rows_and_stops_at_known_ones(pinned: int, fresh: int) -> None:
    old = [f"old{n}" for n in range(200)]
    site = Site([f"pin{n}" for n in range(pinned)] + [f"new{n}" for n in range(fresh)] + old, 20)
    seen = {*old, *(f"pin{n}" for n in range(pinned))}
    step = walk(site, seen, full=False)
    assert step.complete
    assert {f"new{n}" for n in range(fresh)} <= seen
    assert site.served <= 2 * (1 + (pinned + fresh + KNOWN_STREAK) // 20)


def test_a_first_page_of_old_rows_ends_an_incremental_walk_and_not_a_full_one() -> None:
    old = [f"old{n}" for n in range(60)]
    short, whole = Site(list(old), 20), Site(list(old), 20)
    assert walk(short, set(old), full=False).complete
    assert short.served == 1
    assert walk(whole, set(old), full=True).complete
    assert whole.served == 3


def test_rows_pinned_on_every_page_are_no_repeat() -> None:
    state = WalkState(full=True)
    for number in range(5):
        step = decide(state, page(["pin", f"a{number}", f"b{number}"], f"p{number}"), 200, lambda url: False)
        assert step.next is not None
        state = step.state


@pytest.mark.parametrize("period", [1, 2, 3, 7])
@pytest.mark.parametrize("lead", [1, 4, 9])
def test_pages_that_come_again_end_the_walk(lead: int, period: int) -> None:
    state, served = WalkState(full=True), 0
    for served in range(200):
        at = served if served < lead else lead - 1 + (served - lead + 1) % period
        step = decide(state, page([f"i{at}"], f"next{served}"), 200, lambda url: True, first_request=FIRST)
        state = step.state
        if step.next is None:
            break
    assert step.complete
    assert "repeats" in step.reason
    assert served >= lead
    assert served <= 4 * (lead + period)


@pytest.mark.parametrize(
    ("state", "listing", "status", "complete", "word"),
    [
        (WalkState(pages_read=3, full=True), None, 404, True, "404"),
        (WalkState(pages_read=3, full=True), None, 410, True, "410"),
        (WalkState(), None, 404, False, "404"),
        (WalkState(pages_read=3), None, 503, False, "503"),
        (WalkState(pages_read=3), page(["a"], "b"), 500, False, "500"),
        (WalkState(pages_read=3, full=True), page([], None), 200, True, "no rows"),
        (WalkState(), page([], None), 200, False, "no list"),
        (WalkState(first_row="shell"), page([], "again"), 200, False, "no list"),
        (WalkState(), page(["a"], None), 200, True, "end of the list"),
        (WalkState(pages_read=1), page(["a"], FIRST["url"]), 200, False, "to be read once more"),
    ],
)
def test_ends(state: WalkState, listing: Listing | None, status: int, complete: bool, word: str) -> None:
    step = decide(state, listing, status, lambda url: False, first_request=FIRST)
    assert step.complete is complete
    assert word in step.reason
    assert (step.next == FIRST) == ("once more" in word)


def test_the_budget_cuts_and_says_so() -> None:
    step = decide(WalkState(pages_read=9), page(["x"], "more"), 200, lambda url: False, max_pages=10)
    assert step.next is None
    assert not step.complete
    assert "budget of 10" in step.reason


def test_a_first_page_of_many_that_leads_nowhere_is_no_complete_walk() -> None:
    listing = Listing((ListRow("a"),), Pager("next_link", total_pages=12))
    step = decide(WalkState(), listing, 200, lambda url: False, first_request=FIRST)
    assert not step.complete
    assert "page 1 of 12" in step.reason


def test_a_shell_is_followed_once_to_where_its_rows_are() -> None:
    step = decide(WalkState(), page([], "http://a.gov.cn/list.json"), 200, lambda url: False, first_request=FIRST)
    assert step.next is not None
    assert step.next["url"].endswith("list.json")
    assert step.state.pages_read == 0
    rows = decide(step.state, page(["a"], None), 200, lambda url: False, first_request=FIRST)
    assert rows.complete
    assert rows.state.pages_read == 1


def file_asked(left: int, more: int = 0) -> dict[str, Any]:
    return {"url": "map0", "then": [f"map{number + 1}" for number in range(left)], "more": more}


def test_files_of_an_index_are_read_to_the_last_whatever_they_hold() -> None:
    """Known rows, no rows, the rows of the file before, 404: none of them says anything about the next file."""
    state = WalkState(pages_read=1, streak=500)
    asked: Mapping[str, Any] | None = file_asked(4)
    for listing, status in [(page(["a"], None), 200), (page([], None), 200), (page(["a"], None), 200), (None, 404)]:
        listing = listing and replace(listing, pager=pager_in_file(asked or {}))
        step = decide(state, listing, status, lambda url: True, first_request=FIRST, asked=asked)
        state, asked = step.state, step.next
    assert asked is not None
    assert (asked["url"], asked["then"]) == ("map4", [])
    last = decide(state, page(["z"], None), 200, lambda url: True, first_request=FIRST, asked=asked)
    assert last.complete


def test_an_index_of_more_files_than_are_read_is_no_complete_walk() -> None:
    files = [f"map{number}" for number in range(MAX_FILES + 7)]
    asked = first_file(files).next_request
    for _ in range(MAX_FILES - 1):
        asked = next_file(asked)
    assert next_file(asked) is None
    step = decide(WalkState(pages_read=5), page(["a"], None), 200, lambda url: False, first_request=FIRST, asked=asked)
    assert not step.complete
    assert step.next is None
    assert "7 files more" in step.reason


def test_a_list_that_never_rests_is_cut_after_some_passes() -> None:
    def insert(site: Site, served: int) -> None:
        site.items.insert(0, f"new{served}")

    step = walk(Site([f"i{n}" for n in range(30)], 10, insert), set())
    assert not step.complete
    assert step.state.pass_ == MAX_PASSES


@pytest.mark.parametrize("status", [0, 403, 500])
def test_a_file_that_is_not_got_hides_no_other_and_the_walk_is_not_complete(status: int) -> None:
    """One file that failed every day: those behind it were never read."""
    asked: Mapping[str, Any] | None = file_asked(4)
    read, state = [], WalkState(pages_read=1, full=True)
    while asked:
        listing = None if asked["url"] == "map1" else Listing((ListRow(asked["url"], "a"),), pager_in_file(asked))
        read += [asked["url"]] if listing else []
        step = decide(state, listing, 200 if listing else status, lambda url: False, asked=asked, first_request=FIRST)
        state, asked = step.state, step.next
    assert read == ["map0", "map2", "map3", "map4"]
    assert (step.complete, step.reason) == (False, "the index names 1 files more than are read")
