"""robots.txt: what an answer means (pure), and what the middleware does about it over real crawls."""

from __future__ import annotations

import asyncio
import gzip
import time
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request
from tiny_crawl import crawl
from trapserver import Reply, TrapServer, in_turn, page, raw, redirect, text

from crawler.refusal import Refusal
from crawler.robots import MAX_AGE, MAX_BYTES, Robots, RobotsMiddleware, read_robots, robots_text

HTML = (
    b"<!DOCTYPE html>\r\n<html><head><title>404</title></head><body>"
    + "您访问的页面不存在".encode() * 30
    + b"</body></html>"
)
URL = "http://www.erqi.gov.cn/zwgk/1.html"


def read(body: bytes, status: int = 200, **headers: str) -> Robots:
    return read_robots(status, headers, body)


# --- pure ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [401, 403, 429, 500, 502, 503, 504, 521, 412, 304, 100])
def test_statuses_that_keep_us_out(status: int) -> None:
    robots = read(b"User-agent: *\nAllow: /", status)
    assert robots.state == "refused_robots"
    assert str(status) in robots.decision


@pytest.mark.parametrize("status", [400, 404, 405, 410, 451])
def test_statuses_that_mean_no_rules(status: int) -> None:
    robots = read(b"Disallow: /", status)
    assert robots.state is None
    assert robots.allows(URL)
    assert f"no robots.txt ({status})" == robots.decision


@pytest.mark.parametrize(
    "body", [HTML, b"\xef\xbb\xbf  <html>User-agent: *\nDisallow: /", b"<!-- --><HTML>", b"<script>1</script>"]
)
def test_a_page_in_place_of_rules_is_no_rules_and_said(body: bytes) -> None:
    robots = read(body + b" " * 3000 + HTML)
    assert robots.state is None
    assert robots.allows(URL)
    assert "HTML" in robots.decision


def test_rules_sent_as_html_are_rules() -> None:
    assert not read(b"User-agent: *\nDisallow: /", **{"Content-Type": "text/html"}).allows(URL)


def test_a_challenge_in_place_of_rules_keeps_us_out() -> None:
    robots = read(b"<html><script>var $_ts=window['$_ts'];$_ts.cd='x'</script></html>")
    assert robots.state == "refused_robots"
    assert "Ruishu" in robots.decision


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow:", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow: /zwgk/", False),
        ("User-agent: *\nDisallow: /zwgk/\nAllow: /zwgk/1.html", True),  # longest match
        ("User-agent: *\nDisallow: /\n\nUser-agent: Dibao\nAllow: /", True),  # our own group alone counts
        ("User-agent: dibao\nDisallow: /\n\nUser-agent: *\nAllow: /", False),
        ("User-agent: Baiduspider\nAllow: /\n\nUser-agent: Googlebot\nAllow: /\n\nUser-agent: *\nDisallow: /", False),
        ("User-agent: Baiduspider\nDisallow: /", True),
        ("User-agent: Dibao\nDisallow: /a/\n\nUser-agent: Dibao\nDisallow: /zwgk/", False),  # groups are merged
        ("User-agent: *\nDisallow: /*.html$", False),
        ("User-agent: *\rDisallow: /zwgk/\r", False),
        ("﻿User-agent: *\r\nDisallow: /zwgk/", False),
        ("User-agent: *\0\nDisallow: /zwgk/", False),
        ("User-agent: Dibao/0.1.0 # as in our log\nDisallow: /\n\nUser-agent: *\nAllow: /", False),
        ("User-agent: Baiduspider/2.0\nDisallow: /", True),
        ("<!-- 本站规则 -->\nUser-agent: *\nDisallow: /zwgk/", False),
        ("<?xml version='1.0'?>\nUser-Agent : *\nDisallow: /zwgk/", False),
        ("Disallow: /", True),  # belongs to nobody
        ("# 本站规则\nUser-agent: * # 所有\nDisallow: /zwgk/ # 不可", False),
    ],
)
def test_rules(rules: str, allowed: bool) -> None:
    assert read(rules.encode()).allows(URL) is allowed


def test_comments_in_gbk_do_no_harm() -> None:
    assert not read("# 禁止抓取\nUser-agent: *\nDisallow: /zwgk/".encode("gbk")).allows(URL)


@pytest.mark.parametrize(
    ("written", "delay", "state"),
    [("7", 7.0, None), ("0.5", 0.5, None), ("60", 60.0, None), ("0", None, None), ("-1", None, None),
     ("abc", None, None), ("inf", None, None),
     ("nan", None, None), ("61", 61.0, "refused_robots"), ("86400", 86400.0, "refused_robots")],
)  # fmt: skip
def test_crawl_delay(written: str, delay: float | None, state: str | None) -> None:
    robots = read(f"User-agent: *\nCrawl-delay: {written}\nDisallow: /x".encode())
    assert (robots.crawl_delay, robots.state) == (delay, state)
    if state:
        assert written in robots.decision


def test_only_500_kib_count_and_never_half_a_line() -> None:
    filler = b"".join(b"Disallow: /%06d\n" % n for n in range(40_000))
    body = b"User-agent: *\n" + filler + b"Disallow: /\n"
    assert len(body) > MAX_BYTES
    kept = robots_text(body)
    assert len(kept) <= MAX_BYTES
    assert kept.splitlines()[-1] in body.decode().splitlines()
    assert read(body).allows(URL)


def test_a_hundred_thousand_rules_take_seconds_at_most() -> None:
    began = time.monotonic()
    robots = read(b"User-agent: *\n" + b"Disallow:/*a\n" * 40_000)
    for n in range(100):
        robots.allows(f"http://www.erqi.gov.cn/{n}.htm")
    assert time.monotonic() - began < 20


@given(st.binary(max_size=600), st.integers(100, 599))
def test_any_bytes_are_decided(body: bytes, status: int) -> None:
    read(body, status).allows(URL)


# --- over the wire ---------------------------------------------------------------------------------------------------

LONG = b"User-agent: *\nAllow: /a\n" + b"".join(b"# %d\n" % n for n in range(3000)) + b"Disallow: /\n"
MODES: dict[str, Any] = {
    "503": Reply(503, b"User-agent: *\nAllow: /"),
    "403": Reply(403),
    "401": Reply(401),
    "429": Reply(429),
    "reset": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nUser", then="reset"),
    "timeout": raw(b"", then="hang"),
    "nothing": raw(b""),
    "not http": raw(b"robots?\r\n\r\n"),
    "six redirects": redirect("/r1"),
    "leads nowhere": redirect("http://[::1/"),
    "disallow": text("User-agent: *\nDisallow: /"),
    "delay a day": text("User-agent: *\nCrawl-delay: 86400"),
    "half a gzip": Reply(200, gzip.compress(LONG)[:900], (("Content-Encoding", "gzip"),)),
    "404": Reply(404),
    "410": Reply(410),
    "html": page(HTML),
    "five redirects": redirect("/r2"),
    "changes": in_turn(text("User-agent: *\nDisallow: /x"), text("User-agent: *\nDisallow: /")),
}
OPEN = ("404", "410", "html", "five redirects", "changes")
HOPS = {"/r1": redirect("/r2"), "/r2": redirect("r3"), "/r3": redirect("/r4", 301), "/r4": redirect("/r5", 307),
        "/r5": redirect("/r6", 308), "/r6": text("User-agent: *\nDisallow: /x")}  # fmt: skip


@pytest.fixture(scope="module")
def seen() -> Any:
    """One process crawls a server per mode at once, and three more."""
    servers = {mode: TrapServer() for mode in (*MODES, "leads away", "definition says no", "slow crawl")}
    with TrapServer("127.0.0.2") as canary:
        for mode, server in servers.items():
            server.routes = {"/robots.txt": MODES.get(mode, redirect(canary.url("/robots.txt"))), "/a*": page(), **HOPS}
            server.__enter__()
        servers["slow crawl"].routes["/robots.txt"] = text("User-agent: *\nCrawl-delay: 0.8")
        crawls = [
            {
                "id": mode,
                "urls": [server.url("/a1"), server.url("/a2"), server.url("/x")],
                "settings": {"DOWNLOAD_TIMEOUT": 5},
            }
            for mode, server in servers.items()
        ]
        next(c for c in crawls if c["id"] == "definition says no")["portal"] = {
            "robots": "do not crawl: asked by letter"
        }
        found = crawl(crawls)
        for server in servers.values():
            server.__exit__(None, None, None)
        yield found, servers, canary.connections


@pytest.mark.parametrize("mode", [mode for mode in MODES if mode not in OPEN])
def test_hosts_that_are_left_alone_get_no_other_request(seen: Any, mode: str) -> None:
    found, servers, _ = seen
    assert {outcome.get("state") for outcome in found[mode]["outcomes"]} == {"refused_robots"}
    asked = [path for path in servers[mode].paths() if not path.startswith("/r")]
    assert asked == []
    assert servers[mode].paths().count("/robots.txt") == 1
    if mode != "disallow":
        assert len(found[mode]["reports"]) == 1, "said once, in one line"
        assert "left alone this run" in found[mode]["reports"][0]


@pytest.mark.parametrize("mode", OPEN)
def test_hosts_that_are_crawled(seen: Any, mode: str) -> None:
    found, servers, _ = seen
    statuses = [outcome.get("status") for outcome in found[mode]["outcomes"] if "/a" in outcome["url"]]
    assert statuses == [200, 200]
    assert servers[mode].paths().count("/robots.txt") == 1, "asked once per run"
    if mode in ("five redirects", "changes"):
        assert "/x" not in servers[mode].paths()
    assert found[mode]["reports"] == []
    assert found[mode]["ledger"][0]["robots"]


def test_robots_that_lead_out_of_the_portal_are_not_followed(seen: Any) -> None:
    found, servers, connections = seen
    assert connections == 0
    assert servers["leads away"].paths() == ["/robots.txt"]
    assert {outcome["state"] for outcome in found["leads away"]["outcomes"]} == {"refused_robots"}


def test_a_definition_that_says_no_is_obeyed_before_anything_is_asked(seen: Any) -> None:
    found, servers, _ = seen
    assert servers["definition says no"].connections == 0
    assert "asked by letter" in found["definition says no"]["outcomes"][0]["reason"]


def test_crawl_delay_is_kept_on_this_machine_too(seen: Any) -> None:
    _, servers, _ = seen
    asked = servers["slow crawl"]
    assert asked.paths()[0] == "/robots.txt"
    assert len(asked.paths()) == 4
    assert all(gap >= 0.8 for gap in asked.gaps())


def test_a_run_of_more_than_a_day_asks_again() -> None:
    from scrapy.http import TextResponse

    answers = [b"User-agent: *\nDisallow: /x", b"User-agent: *\nDisallow: /"]

    class Engine:
        async def download_async(self, request: Request) -> TextResponse:
            return TextResponse(request.url, body=answers.pop(0))

    run = SimpleNamespace(ledger=SimpleNamespace(robots=lambda host, decision: None))
    spider = SimpleNamespace(portal=SimpleNamespace(id="erqi", robots="obey"), run=run)
    robots = RobotsMiddleware(SimpleNamespace(spider=spider, engine=Engine()))

    async def go() -> None:
        await robots.process_request(Request(URL))
        await robots.process_request(Request(URL))
        assert len(answers) == 1
        robots.decided["http://www.erqi.gov.cn"] -= MAX_AGE + 1
        with pytest.raises(Refusal, match=r"disallowed by robots\.txt"):
            await robots.process_request(Request(URL))

    asyncio.run(go())
    assert answers == []
