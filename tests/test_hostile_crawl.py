"""The whole crawler against hostile portals: one `dibao crawl` over all of them, then the archive is asked.

Each portal is a server with one list page of eight articles, and one thing wrong with it.
"""

from __future__ import annotations

import gzip
import json
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_challenge import BLOCKED, JIASULE, RUISHU, SHELLS
from trapserver import Reply, TrapServer, in_turn, page, raw, redirect

ROOT = Path(__file__).parent.parent
PATHS = [f"/news/202306/t202306{day}_1234{day}.html" for day in range(20, 28)]
ODD = PATHS[3]  # the article that misbehaves where only one does


def article(path: str) -> bytes:
    title = f"第{path[-7:-5]}次防汛工作会议召开"
    sentence = f"二七区{title}，安排部署下一阶段第{path[-7:-5]}项重点任务。"
    crumb = "您所在的位置：<a href='/'>首页</a> &gt; <a href='/news/'>要闻</a>"
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title}</title></head><body>"
        f"<div class='crumb'>{crumb}</div><h1>{title}</h1>"
        f"<div>发布时间：2023-06-{path[-7:-5]} 09:11　来源：二七区人民政府</div>"
        f"<div class='content'>{f'<p>{sentence * 4}</p>' * 3}</div></body></html>"
    ).encode()


def listing(*paths: str) -> Reply:
    rows = (
        f'<li><a href="{path}">第{number}次防汛工作会议召开，部署重点任务</a><span>2023-06-{27 - number:02}</span></li>'
        for number, path in enumerate(paths)
    )
    return page(
        (
            "<html><head><title>要闻</title></head><body><ul class='list'>" + "".join(rows) + "</ul></body></html>"
        ).encode()
    )


def challenge(markup: str, status: int) -> Reply:
    return page(markup.encode(), status=status)


def half(path: str) -> Reply:
    return page(gzip.compress(article(path))[:200], ("Content-Encoding", "gzip"))


# Portal -> what is put in its way, given the canary.
WRONG: dict[str, Callable[[TrapServer], dict[str, Any]]] = {
    "healthy": lambda canary: {},
    "list is a challenge": lambda canary: {"/news/": challenge(RUISHU[0], 412)},
    "521": lambda canary: {path: challenge(JIASULE[0], 521) for path in PATHS},
    "202": lambda canary: {path: challenge(RUISHU[0], 202) for path in PATHS},
    "blocked with 200": lambda canary: {path: challenge(BLOCKED[3], 200) for path in PATHS},
    "shells with 200": lambda canary: {path: challenge(SHELLS[0], 200) for path in PATHS},
    "half a gzip": lambda canary: {ODD: half(ODD)},
    "half a gzip once": lambda canary: {ODD: in_turn(half(ODD), page(article(ODD)))},
    "early close": lambda canary: {
        ODD: raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + article(ODD)[:700])
    },
    "wrong length": lambda canary: {ODD: raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + article(ODD))},
    "not HTTP": lambda canary: {ODD: raw(b"NONSENSE\r\n\r\n")},
    "bomb": lambda canary: {ODD: page(gzip.compress(bytes(40 << 20)), ("Content-Encoding", "gzip"))},
    "502 and 200": lambda canary: {path: in_turn(Reply(502), page(article(path))) for path in PATHS},
    "retry after": lambda canary: {ODD: in_turn(page(b"", ("Retry-After", "1"), status=429), page(article(ODD)))},
    "ten years": lambda canary: {ODD: page(b"", ("Retry-After", "315360000"), status=503)},
    "robots 503": lambda canary: {"/robots.txt": Reply(503)},
    "robots says no": lambda canary: {"/robots.txt": page(b"User-agent: *\nDisallow: /")},
    "leads away": lambda canary: {ODD: redirect(canary.url("/x")), PATHS[4]: redirect("file:///etc/hostname")},
    "leads round": lambda canary: {ODD: redirect(ODD)},
    "rows lead away": lambda canary: {
        "/news/": listing(
            *PATHS, canary.url("/a.html"), "file:///etc/hostname", f"http://2130706434:{canary.port}/b.html"
        )
    },
    "cookies": lambda canary: {path: page(article(path), ("Set-Cookie", "id=1; Domain=.cn")) for path in PATHS},
}
STATES = {  # portal -> how the eight articles end; None: not as a whole
    "healthy": {"stored": 8},
    "half a gzip": {"stored": 7, "failed_truncated": 1},
    "half a gzip once": {"stored": 8},
    "early close": {"stored": 7, "failed_truncated": 1},
    "wrong length": {"stored": 7, "failed_truncated": 1},
    "not HTTP": {"stored": 7, "failed_protocol": 1},
    "bomb": {"stored": 7, "failed_too_big": 1},
    "502 and 200": {"stored": 8},
    "retry after": {"stored": 8},
    "leads away": {"stored": 6, "refused_scope": 1, "refused_scheme": 1},
    "leads round": {"stored": 7, "failed_redirects": 1},
    "cookies": {"stored": 8},
}
CHALLENGED = ("list is a challenge", "521", "202", "blocked with 200", "shells with 200")


class Seen:
    """What the servers and the archive know after the crawl."""

    def __init__(self, folder: Path) -> None:
        self.servers = {name: TrapServer() for name in WRONG}
        with TrapServer("127.0.0.2") as canary:
            for name, server in self.servers.items():
                server.__enter__()
                server.routes |= {"/news/": listing(*PATHS), **{path: page(article(path)) for path in PATHS}}
                server.routes |= WRONG[name](canary)
            urls = [server.url("/news/") for server in self.servers.values()]
            command = [
                sys.executable,
                "-m",
                "crawler.cli",
                "crawl",
                *urls,
                "--allow-loopback",
                "--archive",
                str(folder),
                "--json",
            ]
            self.process = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, timeout=150)
            for server in self.servers.values():
                server.__exit__(None, None, None)
            self.canary = canary.connections
        by_portal = {run["portal"]: run for run in json.loads(self.process.stdout)}
        self.runs = {name: by_portal[server.authority] for name, server in self.servers.items()}
        self.conn = sqlite3.connect(folder / "archive.db")

    def states(self, name: str) -> Counter[str]:
        """How the article addresses of the portal ended."""
        query = "SELECT state FROM frontier WHERE portal = ? AND kind = 'article'"
        return Counter(state for (state,) in self.conn.execute(query, (self.servers[name].authority,)))


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Any:
    found = Seen(tmp_path_factory.mktemp("archive"))
    yield found
    found.conn.close()


@pytest.mark.parametrize("name", list(STATES))
def test_each_address_ends_as_it_should(seen: Seen, name: str) -> None:
    assert seen.states(name) == STATES[name]


def test_the_canary_was_never_reached(seen: Seen) -> None:
    assert seen.canary == 0
    assert "/etc" not in "".join(url for (url,) in seen.conn.execute("SELECT url FROM captures"))


@pytest.mark.parametrize("name", CHALLENGED)
def test_challenges_stop_the_portal_and_are_never_articles(seen: Seen, name: str) -> None:
    run, portal = seen.runs[name], seen.servers[name].authority
    assert (run["outcome"], run["exit_code"]) == ("challenged", 12)
    assert seen.conn.execute("SELECT count(*) FROM articles WHERE portal = ?", (portal,)).fetchone() == (0,)
    assert seen.servers[name].connections <= 2 + 3 + 2, "stopped after three, but for what was in flight"
    evidence = seen.conn.execute(
        "SELECT count(*) FROM captures WHERE verdict = 'blocked_challenge' AND url LIKE ?", (f"%{portal}%",)
    ).fetchone()
    assert evidence[0] >= 1


@pytest.mark.parametrize("name", ["robots 503", "robots says no"])
def test_robots_keep_us_out(seen: Seen, name: str) -> None:
    assert seen.servers[name].paths() == ["/robots.txt"]
    assert seen.runs[name]["exit_code"] == 12


def test_a_host_that_asks_for_ten_years_is_left_alone(seen: Seen) -> None:
    run = seen.runs["ten years"]
    assert run["exit_code"] == 10
    assert any("asked us to wait 315360000 s" in issue for issue in run["issues"])
    assert seen.states("ten years")["retry_later"] >= 4


def test_rows_that_lead_away_are_noted_and_not_asked(seen: Seen) -> None:
    assert seen.states("rows lead away")["stored"] == 8
    assert len(seen.servers["rows lead away"].paths()) == 11  # robots.txt, the list, a probe, the eight


def test_every_run_balances(seen: Seen) -> None:
    for name, run in seen.runs.items():
        assert run["taken"] == sum(run["states"].values()), name
        assert "leased" not in run["states"], name


def test_no_cookie_was_sent_and_every_request_named_us(seen: Seen) -> None:
    asked = [request for server in seen.servers.values() for request in server.log]
    assert all("cookie" not in request.headers for request in asked)
    assert all(request.headers["user-agent"].startswith("Dibao/") for request in asked)


def test_the_command_says_the_gravest(seen: Seen) -> None:
    assert seen.process.returncode == 12
    assert "Traceback" not in seen.process.stderr
