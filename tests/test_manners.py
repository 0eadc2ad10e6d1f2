"""Manners: pure rules, one gate on its own, and what servers see of real crawls."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace
from typing import Any

import pytest
from tiny_crawl import crawl
from trapserver import Asked, Reply, TrapServer, in_turn, page

from crawler.errors import ConfigError, PortalError
from crawler.manners import DEFAULT_DELAY, delay_for, require_contact, user_agent
from crawler.options import CrawlOptions
from crawler.window import Window

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("window", "hours"),
    [
        ("22:00-06:00", {22, 23, 0, 1, 2, 3, 4, 5}),
        ("00:00-06:00", {0, 1, 2, 3, 4, 5}),
        ("08:00 – 10:00", {8, 9}),
        ("20:00-24:00", {20, 21, 22, 23}),
        ("00:00-24:00", set(range(24))),
        ("00:00-06:00 Asia/Urumqi", {2, 3, 4, 5, 6, 7}),  # two hours behind Beijing
    ],
)
def test_windows_are_hours_of_the_portal(window: str, hours: set[int]) -> None:
    parsed = Window.parse(window)
    assert parsed is not None
    midnight_in_beijing = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    assert {hour for hour in range(24) if parsed.is_open(midnight_in_beijing + timedelta(hours=hour))} == hours


@pytest.mark.parametrize("window", ["night", "22-6", "25:61-06:00", "22:00-06:75", "22:00-06:00 Asia/Nowhere"])
def test_a_window_that_cannot_be_read_is_named(window: str) -> None:
    with pytest.raises(PortalError, match="window = "):
        Window.parse(window)


def portal(url: str, *hosts: str, delay_s: float | None = None) -> Any:
    return SimpleNamespace(id="erqi", url=url, hosts=hosts, delay_s=delay_s)


PUBLIC, LOCAL = "http://www.erqi.gov.cn/", "http://127.0.0.1:8000/"


@pytest.mark.parametrize(
    ("url", "delay_s", "options", "delay"),
    [
        (PUBLIC, None, CrawlOptions(), DEFAULT_DELAY),
        (PUBLIC, 5.0, CrawlOptions(), 5.0),
        (PUBLIC, 5.0, CrawlOptions(delay=0.5), 0.5),
        (PUBLIC, None, CrawlOptions(allow_loopback=True), DEFAULT_DELAY),
        (LOCAL, 5.0, CrawlOptions(allow_loopback=True), 0.0),
        (LOCAL, None, CrawlOptions(allow_loopback=True, delay=1.0), 1.0),
        (LOCAL, None, CrawlOptions(), DEFAULT_DELAY),
    ],
)
def test_delay(url: str, delay_s: float | None, options: CrawlOptions, delay: float) -> None:
    assert delay_for(portal(url, delay_s=delay_s), options, url) == delay


@pytest.mark.parametrize("contact", [None, "", "  "])
def test_no_contact_no_crawl_of_a_public_host(contact: str | None) -> None:
    with pytest.raises(ConfigError, match=r"erqi: no contact set.*\$DIBAO_CONTACT") as caught:
        require_contact(portal(PUBLIC, "www.erqi.gov.cn"), CrawlOptions(contact=contact, allow_loopback=True))
    assert caught.value.exit_code == 2
    with pytest.raises(ConfigError):
        require_contact(portal(LOCAL, "127.0.0.1", "www.erqi.gov.cn"), CrawlOptions(contact=contact))


def test_this_machine_needs_no_contact() -> None:
    require_contact(portal(LOCAL, "127.0.0.1"), CrawlOptions(allow_loopback=True))
    require_contact(portal(PUBLIC), CrawlOptions(contact="a@example.org"))


def test_user_agent_names_version_and_contact_on_one_line() -> None:
    agent = user_agent("https://example.org/bot a@example.org\r\nX-Evil: 1 (张)")
    assert agent.startswith("Dibao/")
    assert agent.endswith("(+https://example.org/bot a@example.orgX-Evil: 1)")
    assert user_agent(None).startswith("Dibao/")
    assert "+" not in user_agent(None).partition("/")[2].partition("(")[2]


class Counting:
    """A page that takes a while, and knows how many ask for it at once."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.now, self.most, self.lock = seconds, 0, 0, threading.Lock()

    def __call__(self, asked: Asked, sock: Any) -> Reply:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(self.seconds)
        with self.lock:
            self.now -= 1
        return page()


def later(status: int, value: str) -> Reply:
    return page(b"later", ("Retry-After", value), status=status)


@pytest.fixture(scope="module")
def seen() -> Any:
    names = (
        "shared",
        "adaptive",
        "seconds",
        "date",
        "past",
        "ten years",
        "three",
        "delay",
        "requests",
        "bytes",
        "window",
    )
    servers = {name: TrapServer() for name in names}
    slow = Counting(0.15)
    for server in servers.values():
        server.__enter__()
        server.routes["/*"] = page()
    servers["shared"].routes["/*"] = slow
    servers["adaptive"].routes["/*"] = Counting(0.3)
    servers["seconds"].routes["/1"] = later(429, "2")
    servers["date"].routes["/1"] = lambda asked, sock: later(
        503, format_datetime(datetime.now(UTC) + timedelta(seconds=3), usegmt=True)
    )
    servers["past"].routes["/1"] = later(503, "Tue, 24 Nov 2020 01:02:00 GMT")
    servers["ten years"].routes["/1"] = later(429, "315360000")
    servers["three"].routes["/*"] = in_turn(later(429, "0"), later(503, "0"), later(429, "0"), page())
    urls = {name: [server.url(f"/{n}") for n in range(1, 6)] for name, server in servers.items()}
    wanted: dict[str, dict[str, Any]] = {
        "adaptive": {"options": {"delay": 0.1}},
        "delay": {"options": {"delay": 0.5, "contact": "a@example.org"}},
        "requests": {"options": {"max_requests": 3}},
        "bytes": {"options": {"max_bytes": 2000}},
        "window": {"portal": {"window": _not_now()}},
    }
    crawls = [{"id": name, "urls": urls[name], **wanted.get(name, {})} for name in names]
    crawls.append({"id": "shared too", "urls": urls["shared"]})
    found = crawl(crawls)
    for server in servers.values():
        server.__exit__(None, None, None)
    return found, servers, slow


def _not_now() -> str:
    """A window in China's time that opens in two hours."""
    opens = datetime.now(UTC) + timedelta(hours=8 + 2)
    return f"{opens:%H:%M}-{opens + timedelta(hours=1):%H:%M}"


def test_one_request_at_a_time_over_all_crawlers_of_the_process(seen: Any) -> None:
    found, servers, slow = seen
    assert len(found["shared"]["outcomes"]) == len(found["shared too"]["outcomes"]) == 5
    assert servers["shared"].connections == 12
    assert slow.most == 1


def test_a_slow_host_is_asked_less_often(seen: Any) -> None:
    assert all(gap >= 5 * 0.3 + 0.3 for gap in seen[1]["adaptive"].gaps()[1:])


@pytest.mark.parametrize(("name", "least"), [("seconds", 2.0), ("date", 1.9)])
def test_retry_after_is_kept(seen: Any, name: str, least: float) -> None:
    server = seen[1][name]
    place = server.paths().index("/1")
    assert least <= server.gaps()[place] <= least + 3
    assert seen[0][name]["ledger"][0]["backoffs"] == 1
    assert seen[0][name]["ledger"][0]["waited"] >= least - 0.2


def test_a_date_in_the_past_is_no_wait(seen: Any) -> None:
    server = seen[1]["past"]
    assert server.gaps()[server.paths().index("/1")] < 1
    assert len(server.paths()) == 6


def test_ten_years_close_the_portal_for_this_run(seen: Any) -> None:
    outcomes = seen[0]["ten years"]["outcomes"]
    assert [outcome.get("state") for outcome in outcomes].count("retry_later") == 4
    assert seen[1]["ten years"].paths() == ["/robots.txt", "/1"]
    assert "asked us to wait 315360000 s; stopped until the next run" in seen[0]["ten years"]["reports"][0]
    assert len(seen[0]["ten years"]["reports"]) == 1


def test_three_refusals_in_a_row_close_the_portal(seen: Any) -> None:
    assert len(seen[1]["three"].paths()) == 4
    assert [outcome.get("state") for outcome in seen[0]["three"]["outcomes"]].count("retry_later") == 2
    assert "3 times in a row" in seen[0]["three"]["reports"][0]


def test_delay_and_name(seen: Any) -> None:
    server = seen[1]["delay"]
    assert all(gap >= 0.5 for gap in server.gaps())
    assert len({round(gap, 3) for gap in server.gaps()}) > 1, "jitter"
    assert {asked.headers["user-agent"] for asked in server.log} == {user_agent("a@example.org")}
    assert all("cookie" not in asked.headers and "referer" not in asked.headers for asked in server.log)


def test_a_budget_of_requests_counts_robots_too(seen: Any) -> None:
    found, servers, _ = seen
    assert servers["requests"].connections == 3
    assert found["requests"]["stopped"] == "budget"
    assert [outcome.get("state") for outcome in found["requests"]["outcomes"]].count("pending") == 3
    assert found["requests"]["reports"] == ["budget: budget of 3 requests used"]


def test_a_budget_of_bytes(seen: Any) -> None:
    found, servers, _ = seen
    assert found["bytes"]["stopped"] == "budget"
    assert servers["bytes"].connections == 3


def test_outside_the_window_nothing_starts(seen: Any) -> None:
    found, servers, _ = seen
    assert servers["window"].connections == 0
    assert found["window"]["stopped"] == "window"
    assert {outcome["reason"] for outcome in found["window"]["outcomes"]} == {"window"}
    assert len(found["window"]["reports"]) == 1


def test_ctrl_c_does_not_wait_for_the_gate() -> None:
    with TrapServer() as server:
        server.routes["/1"] = later(429, "600")
        began = time.monotonic()
        found = crawl([{"id": "a", "urls": [server.url("/1"), server.url("/2")]}], interrupt_after=4, timeout=40)
    assert time.monotonic() - began < 20
    assert server.paths() == ["/robots.txt", "/1"]
    assert found["a"]["outcomes"][-1]["state"] == "pending"
