"""`dibao extract URL`: one page through the crawler's own gates, stored nowhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_hostile_crawl import PATHS, article
from trapserver import Reply, TrapServer, page, redirect

from tests.test_crawl import dibao


def test_a_page_also_behind_a_redirect(tmp_path: Path) -> None:
    with TrapServer() as server:
        server.routes |= {"/robots.txt": Reply(404), PATHS[0]: page(article(PATHS[0])), "/old.html": redirect(PATHS[0])}
        for path in (PATHS[0], "/old.html"):
            done = dibao("extract", server.url(path), "--allow-loopback", home=tmp_path)
            assert done.returncode == 0, done.stderr
            found = json.loads(done.stdout)
            assert (found["url"], found["source"]) == (server.url(PATHS[0]), "二七区人民政府")
    assert not (tmp_path / "archive").exists()


ROUTES = {
    "missing": ({}, 1, "HTTP 404"),
    "not allowed": ({"/robots.txt": page(b"User-agent: *\nDisallow: /")}, 12, "disallowed by robots.txt"),
    "forbidden": ({"/robots.txt": Reply(403)}, 12, "robots.txt is forbidden (403)"),
    "a challenge": ({"/a.html": Reply(412, b"<script>$_ts=window['$_ts'];</script>")}, 12, "Ruishu"),
    "away": ({"/a.html": redirect("http://www.example.org/")}, 1, "redirect to http://www.example.org/"),
    "round and round": ({"/a.html": redirect("/b.html"), "/b.html": redirect("/a.html")}, 1, ""),
}


@pytest.mark.parametrize("name", ROUTES)
def test_what_cannot_be_had_is_one_line(tmp_path: Path, name: str) -> None:
    routes, code, says = ROUTES[name]
    with TrapServer() as server:
        server.routes |= {"/robots.txt": Reply(404), "/a.html": Reply(404), **routes}
        done = dibao("extract", server.url("/a.html"), "--allow-loopback", home=tmp_path)
        address = server.url("/a.html")
    assert (done.returncode, done.stdout) == (code, "")
    last = done.stderr.splitlines()[-1]
    assert last.startswith(f"dibao: {address}: not fetched: ")
    assert says in last
    assert "list page" not in last
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [["http://[x/"], ["http://x.gov.cn:99999/1.html"], ["-", "--url", "not a url"]])
def test_an_address_that_is_none_is_a_usage_error(tmp_path: Path, arguments: list[str]) -> None:
    done = dibao("extract", *arguments, home=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{arguments[-1]}: not an http or https address" in done.stderr
