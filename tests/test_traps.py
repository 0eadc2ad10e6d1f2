"""Traps that a portal sets without meaning to: lists without an end, addresses that are new at every visit."""

from __future__ import annotations

import itertools
import socket
from pathlib import Path

from test_hostile_crawl import PATHS, article, listing
from trapserver import Asked, Reply, TrapServer, page

from tests.test_crawl import dibao, rows

SEVEN = "0123456789abcdef0123456789abcdef"


def test_a_calendar_without_an_end_is_left(tmp_path: Path) -> None:
    """Every page leads to the next month, for ever, and never to a new article."""
    with TrapServer() as server:
        first = listing(*PATHS).body

        def month(asked: Asked, _: socket.socket) -> Reply:
            number = int(asked.path.rpartition("=")[2] or 0)
            following = f'<a href="/news/calendar?month={number + 1}">下一页</a>'.encode()
            rows_of_first = first if number == 0 else b"<html><body><table class=month></table></body></html>"
            return page(rows_of_first.replace(b"</body>", following + b"</body>"))

        server.routes |= {"/robots.txt": Reply(404), "/news/calendar*": month}
        server.routes |= {path: page(article(path)) for path in PATHS}
        done = dibao("crawl", server.url("/news/calendar?month=0"), "--allow-loopback", home=tmp_path)
        asked = [path for path in server.paths() if "calendar" in path]
    assert done.returncode in (0, 4), done.stderr
    assert len(asked) <= 12
    assert rows(tmp_path, "SELECT count(*) FROM articles") == [(8,)]


def test_session_ids_make_no_new_article(tmp_path: Path) -> None:
    """Other ids at each visit, in the query and in the path: each article once, asked for once."""
    visit = itertools.count()
    with TrapServer() as server:

        def listed(asked: Asked, _: socket.socket) -> Reply:
            number = next(visit)
            sid = SEVEN[number:] + SEVEN[:number]
            ways = (f"{{}};jsessionid={sid}", f"{{}}?PHPSESSID={sid}", f"{{}}?sessionid={number}", "{}")
            return listing(*(ways[at % 4].format(path) for at, path in enumerate(PATHS)))

        def read(asked: Asked, _: socket.socket) -> Reply:
            return page(article(asked.path.partition(";")[0].partition("?")[0]))

        server.routes |= {"/robots.txt": Reply(404), "/news/": listed}
        server.routes |= {f"{path}*": read for path in PATHS}
        for _ in range(3):
            done = dibao("crawl", server.url("/news/"), "--allow-loopback", home=tmp_path)
            assert done.returncode == 0, done.stderr
        asked = [path for path in server.paths() if "t2023" in path]
        urls = {server.url(path) for path in PATHS}
    assert len(asked) == 8
    assert {url for (url,) in rows(tmp_path, "SELECT url FROM articles")} == urls


def test_addresses_like_paths_of_this_machine_name_no_file(tmp_path: Path) -> None:
    """File names come from times and digests alone; whatever an address says, nothing is written outside."""
    odd = ["/news/..%2f..%2f..%2fetc/cron.d/x.html", "/news/" + "a" * 2000 + ".html", "/news/CON.html",
           "/news/nul%00l.html", "/news/trailing.html.", "/news/%2e%2e/%2e%2e/x.html"]  # fmt: skip
    with TrapServer() as server:

        def any_other(asked: Asked, _: socket.socket) -> Reply:
            missing = "/dibao-" in asked.path  # the probe for the portal's form of missing pages
            return Reply(404) if missing else page(article(PATHS[0]))

        server.routes |= {"/robots.txt": Reply(404), "/news/": listing(*odd, *PATHS), "/*": any_other}
        server.routes |= {path: page(article(path)) for path in PATHS}
        before = set(tmp_path.rglob("*"))
        dibao("crawl", server.url("/news/"), "--allow-loopback", home=tmp_path)
    made = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path not in before and path.is_file()}
    assert rows(tmp_path, "SELECT count(*) FROM articles")[0][0] >= 8
    assert all(path.parts[0] == "archive" for path in made)
    names = {path.name for path in made}
    assert all(name.startswith(("archive.", "dibao-")) for name in names), names
