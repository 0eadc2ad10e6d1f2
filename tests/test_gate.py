"""The gate of one host: one request at a time, and how long it is shut after each answer."""

from __future__ import annotations

import asyncio
import pickle
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from trapserver import Reply, TrapServer, page

from crawler.fetch_steps import StepFetcher
from crawler.gate import MAX_ADAPTIVE, MAX_BACKOFF, THROTTLED_WAIT, Gate, gate_for, retry_seconds
from crawler.refusal import Refusal

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("315360000", 315_360_000.0),
        ("9" * 400, 999_999_999_999.0),
        (format_datetime(NOW + timedelta(minutes=2), usegmt=True), 120.0),
        ("Tue, 24 Nov 2026 09:02:00 +0800", 120.0),
        ("Tue, 24 Nov 2026 01:02:00", 120.0),
        (format_datetime(NOW - timedelta(days=1), usegmt=True), 0.0),
        ("-5", None),
        ("2.5", None),
        ("soon", None),
        ("１２０", None),
        ("", None),
        ("Tue, 99 Nov 2026 01:02:00 GMT", None),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    assert retry_seconds(value, NOW) == seconds


def goes_on() -> None:
    return None


def left(gate: Gate) -> float:
    """Seconds until the gate opens."""
    return gate._seconds_left()


def ask(gate: Gate, status: int | None, *, elapsed: float = 0.0, delay: float = 2.0, retry_after: str = "") -> float:
    """One request through a gate whose waiting time is skipped; returns the seconds it is shut for afterwards."""

    async def go() -> float:
        gate._open_at = gate._last_end = 0.0
        crawl_delay, gate.crawl_delay = gate.crawl_delay, 0.0
        await gate.enter(goes_on)
        gate.crawl_delay = crawl_delay
        gate.leave(status, elapsed, delay, retry_after)
        return left(gate)

    return asyncio.run(go())


def new_gate() -> Gate:
    return Gate("www.erqi.gov.cn", jitter=lambda: 1.0)


def test_the_wait_is_the_longest_of_what_applies() -> None:
    assert ask(new_gate(), 200) == pytest.approx(2, abs=0.1)
    assert ask(new_gate(), 200, elapsed=1.5) == pytest.approx(7.5, abs=0.1)
    assert ask(new_gate(), 200, elapsed=20) == pytest.approx(MAX_ADAPTIVE, abs=0.1)
    assert ask(new_gate(), 200, elapsed=20, delay=0) <= 0, "this machine is not spared"
    slow = new_gate()
    slow.crawl_delay = 9
    assert ask(slow, 200) == pytest.approx(9, abs=0.1)
    assert ask(slow, 200, delay=0) == pytest.approx(9, abs=0.1)


@pytest.mark.parametrize(
    ("status", "retry_after", "crawl_delay", "shut"),
    [(200, "", 0.0, 2.0), (200, "", 9.0, 9.0), (429, "120", 0.0, 120.0), (503, "", 0.0, THROTTLED_WAIT)],
)
def test_the_gate_of_the_next_process_is_as_shut(
    status: int, retry_after: str, crawl_delay: float, shut: float
) -> None:
    first, second = new_gate(), new_gate()
    first.crawl_delay = crawl_delay
    ask(first, status, retry_after=retry_after)
    second.go_on(pickle.loads(pickle.dumps(first.state())))
    assert left(second) == pytest.approx(shut, abs=0.5)
    assert second.state() == replace(first.state(), opens=pytest.approx(first.state().opens, abs=0.5))


def test_three_refusals_in_a_row_count_over_processes() -> None:
    gate = new_gate()
    for _ in range(3):
        gate, before = new_gate(), gate
        gate.go_on(before.state())
        ask(gate, 429)
    assert gate.closed and "3 times in a row" in gate.closed


def test_steps_leave_a_host_alone_that_asks_for_it() -> None:
    """`portal add` and `portal check --live` fetch step by step, each in a process of its own."""
    with TrapServer() as server:
        server.routes |= {"/robots.txt": Reply(404), "/b/": page()}
        server.routes["/a/"] = page(b"", ("Retry-After", "7200"), status=429)
        fetch = StepFetcher(allow_loopback=True)
        for path in ("/a/", "/b/"):
            assert "asked us to wait 7200 s" in str(fetch([server.url(path)])[server.url(path)].problem)
        assert server.paths() == ["/robots.txt", "/a/"]


def test_jitter_only_adds() -> None:
    waits = [ask(Gate("h"), 200) for _ in range(50)]
    assert min(waits) >= 1.99
    assert max(waits) <= 2.5
    assert max(waits) - min(waits) > 0.1


def test_errors_in_a_row_double_the_wait_and_success_ends_it() -> None:
    gate = new_gate()
    assert [round(ask(gate, status)) for status in (500, None, 502, 504)] == [4, 8, 16, 32]
    for _ in range(2000):
        gate._errors += 1
    assert ask(gate, 500) == pytest.approx(MAX_BACKOFF, abs=0.1)
    assert ask(gate, 404) == pytest.approx(2, abs=0.1)
    assert ask(gate, 500) == pytest.approx(4, abs=0.1)
    assert ask(new_gate(), 500, delay=0) <= 0


def test_429_without_a_retry_after_waits_long() -> None:
    gate = new_gate()
    assert ask(gate, 429) == pytest.approx(THROTTLED_WAIT, abs=0.1)
    assert ask(gate, 503, retry_after="rubbish") == pytest.approx(2 * THROTTLED_WAIT, abs=0.1)


def test_retry_after_is_waited_for_exactly() -> None:
    assert ask(new_gate(), 429, retry_after="7") == pytest.approx(7, abs=0.1)
    assert ask(new_gate(), 503, delay=0, retry_after="3600") == pytest.approx(3600, abs=0.1)
    assert ask(new_gate(), 200, retry_after="7") == pytest.approx(2, abs=0.1), "means nothing on a page"
    assert ask(new_gate(), 429, retry_after="Tue, 24 Nov 2020 01:02:00 GMT") == pytest.approx(2, abs=0.1)


def test_who_asks_for_more_than_an_hour_is_left_alone() -> None:
    gate = new_gate()
    ask(gate, 503, retry_after="86400")
    with pytest.raises(Refusal, match="asked us to wait 86400 s; stopped until the next run") as caught:
        ask(gate, 200)
    assert caught.value.state == "retry_later"


def test_three_in_a_row_close_the_gate_and_two_do_not() -> None:
    gate = new_gate()
    for status in (429, 503, 200, 429, 503):
        ask(gate, status, retry_after="0")
    assert gate.closed is None
    ask(gate, 429, retry_after="0")
    with pytest.raises(Refusal, match="3 times in a row"):
        ask(gate, 200)


def test_one_at_a_time_in_the_order_of_arrival_and_none_lost_when_stopped() -> None:
    async def go() -> list[str]:
        gate, order = Gate("h", jitter=lambda: 1.0), []

        async def visit(name: str) -> None:
            await gate.enter(goes_on)
            order.append(f"{name} in")
            await asyncio.sleep(0.3)
            order.append(f"{name} out")
            gate.leave(200, 0.0, 0.0)

        await asyncio.gather(*(visit(name) for name in "abcd"))
        return order

    assert asyncio.run(go()) == [f"{name} {way}" for name in "abcd" for way in ("in", "out")]


def test_stopping_wakes_whoever_waits_and_leaves_the_gate_usable() -> None:
    async def go() -> float:
        gate = new_gate()
        await gate.enter(goes_on)
        gate.leave(429, 0.0, 2.0, "3000")
        waiting = [asyncio.ensure_future(gate.enter(goes_on)) for _ in range(3)]
        await asyncio.sleep(0.1)
        began = time.monotonic()
        gate.stopped = True
        results = await asyncio.gather(*waiting, return_exceptions=True)
        assert [(r.state, r.reason) for r in results if isinstance(r, Refusal)] == [("pending", "stopping")] * 3
        gate.stopped, gate._open_at = False, 0.0
        await asyncio.wait_for(gate.enter(goes_on), 1)
        return time.monotonic() - began

    assert asyncio.run(go()) < 2


def test_ports_of_a_public_host_share_a_gate_and_servers_on_this_machine_do_not() -> None:
    assert gate_for("http://www.a.gov.cn/x") is gate_for("https://WWW.a.gov.cn.:8080/y")
    assert gate_for("http://127.0.0.1:1/") is not gate_for("http://127.0.0.1:2/")
