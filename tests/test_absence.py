"""Absence over real HTTP: each way of going, graded, with the captures that show it; and the way back."""

# ruff: noqa: E501  pages

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from test_crawl import dibao

from crawler.away import leads_away
from crawler.portal import Portal, Section

DEFINITION = """
id = "shop"
name = "清和县人民政府"
url = "{url}/"
status = "seen"
[[section]]
name = "要闻"
url = "{url}/yw/index.html"
"""
MISSING = "<html><title>页面不存在</title><body><h1>404</h1><p>您访问的页面不存在或已删除</p></body></html>"
NAMES = ("stays", "unlisted", "once", "lasting", "soft", "home", "column", "copy", "back", "elsewhere")


def article(name: str) -> str:
    text = f"县里召开{name}会议，研究部署安全生产工作。会议要求压紧压实责任，深入开展隐患排查，确保安全度汛。"
    return f"<html><title>关于{name}的报道</title><body><h1>关于{name}的报道</h1><div>来源：县政府办 时间：2026-04-01 09:00</div><div class='content'><p>{text}</p><p>{text[::-1]}</p></div></body></html>"


class Site:
    """A portal of one column whose answers change from visit to visit: path -> (status, text or address)."""

    def __init__(self) -> None:
        site = self
        self.answers: dict[str, tuple[int, str]] = {f"/yw/{n}.html": (200, article(n)) for n in NAMES}
        self.listed = list(NAMES)

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, text = site.answer(self.path)
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", text)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, path: str) -> tuple[int, str]:
        rows = "".join(f"<li><a href='/yw/{n}.html'>关于{n}的报道</a><span>2026-04-01</span></li>" for n in self.listed)
        column = f"<html><title>要闻</title><body><ul class='list'>{rows}</ul></body></html>"
        fixed = {"/yw/index.html": (200, column), "/": (200, "<html><title>首页</title><body>欢迎</body></html>")}
        return fixed.get(path) or self.answers.get(path) or (404, "")

    def change(self, name: str, status: int, text: str = "") -> None:
        self.answers[f"/yw/{name}.html"] = (status, text)
        if name in self.listed:
            self.listed.remove(name)


@pytest.fixture(scope="module")
def visited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Path, list[dict[str, Any]]]]:
    """Visited three times in full, `dibao gone` asked after the second and the third."""
    home = tmp_path_factory.mktemp("absence")
    (home / "portals").mkdir()
    site = Site()
    (home / "portals" / "shop.toml").write_text(DEFINITION.format(url=site.url), encoding="utf-8")

    def visit() -> dict[str, Any]:
        done = dibao("crawl", "shop", "--full", "--allow-loopback", home=home)
        assert done.returncode == 0, done.stderr
        return {row["title"][2:-3]: row for row in json.loads(dibao("gone", "--json", home=home).stdout)}

    assert visit() == {}
    site.listed.remove("unlisted")
    for name in ("once", "lasting", "back"):
        site.change(name, 404)
    site.change("soft", 200, MISSING)
    site.change("home", 302, "/")
    site.change("column", 302, "/yw/index.html")
    site.change("copy", 200, "")
    site.change("elsewhere", 302, "/old/elsewhere.html")
    site.answers["/old/elsewhere.html"] = (200, article("elsewhere"))
    site.answers["/yw/copy.html"] = site.answer("/yw/index.html")
    seen = [visit()]
    site.answers["/yw/back.html"] = (200, article("back"))
    site.answers["/yw/once.html"] = (200, article("once"))
    site.listed += ["back", "once"]
    seen.append(visit())
    yield site, home, seen
    site.server.shutdown()
    site.server.server_close()


def test_each_way_of_going_has_its_grade(visited: tuple[Site, Path, list[dict[str, Any]]]) -> None:
    first, _ = visited[2]
    assert {name: row["grade"] for name, row in first.items()} == {
        "unlisted": "unlisted", "once": "once", "lasting": "once", "back": "once", "soft": "soft_404",
        "home": "redirected_home", "column": "redirected_home", "copy": "redirected_home", "elsewhere": "unlisted",
    }  # fmt: skip


def test_a_later_look_makes_it_lasting_or_brings_it_back(visited: tuple[Site, Path, list[dict[str, Any]]]) -> None:
    second = {name: row["grade"] for name, row in visited[2][1].items()}
    assert {name: second[name] for name in ("lasting", "back", "once")} == {
        "lasting": "lasting", "back": "back", "once": "back",
    }  # fmt: skip


def test_evidence_is_captures_that_show_it(visited: tuple[Site, Path, list[dict[str, Any]]]) -> None:
    site, home, (first, second) = visited
    status = {name: row["first_evidence"]["status"] for name, row in first.items()}
    assert status == {"unlisted": 200, "once": 404, "lasting": 404, "back": 404, "soft": 200, "home": 302, "column": 302,
                      "copy": 200, "elsewhere": 200}  # fmt: skip
    lasting = second["lasting"]
    assert lasting["first_evidence"]["id"] < lasting["last_evidence"]["id"]
    assert first["unlisted"]["first_evidence"]["url"] == f"{site.url}/yw/index.html"
    conn = sqlite3.connect(home / "archive" / "archive.db")
    kept = {row[0] for row in conn.execute("SELECT id FROM captures")}
    conn.close()
    assert {row[key]["id"] for row in second.values() for key in ("first_evidence", "last_evidence")} <= kept


def test_the_text_of_what_is_gone_is_kept(visited: tuple[Site, Path, list[dict[str, Any]]]) -> None:
    conn = sqlite3.connect(visited[1] / "archive" / "archive.db")
    bodies = dict(conn.execute("SELECT url, body FROM articles"))
    conn.close()
    assert len(bodies) == len(NAMES)
    assert all("安全生产工作" in body for body in bodies.values())


def test_gone_prints_a_table_and_one_grade_alone(visited: tuple[Site, Path, list[dict[str, Any]]]) -> None:
    done = dibao("gone", "--grade", "lasting", home=visited[1])
    assert "关于lasting的报道" in done.stdout
    assert "404 (capture" in done.stdout
    assert "unlisted" not in done.stdout
    assert subprocess.run([sys.executable, "-m", "crawler.cli", "gone", "--grade", "x"], capture_output=True, check=False).returncode == 2  # fmt: skip


PORTAL = Portal(
    id="x",
    name="x",
    url="http://www.x.gov.cn/erqi/",
    sections=(Section("要闻", "http://www.x.gov.cn/erqi/yw/index.html"),),
)


@pytest.mark.parametrize(
    ("target", "grade"),
    [
        ("http://www.x.gov.cn/", "redirected_home"),
        ("http://www.x.gov.cn/index.jhtml", "redirected_home"),
        ("http://www.x.gov.cn/erqi/index.htm", "redirected_home"),
        ("http://www.x.gov.cn/erqi/yw/", "redirected_home"),
        ("http://www.x.gov.cn/404.html", "soft_404"),
        ("http://www.x.gov.cn/error/404.html", "soft_404"),
        ("http://www.x.gov.cn/errorpage/", "soft_404"),
        ("https://www.x.gov.cn/erqi/yw/t20260401_1.html", None),
        ("http://www.x.gov.cn/erqi/yw/domain.html", None),
        ("http://www.x.gov.cn/erqi/yw/404404.html", None),
        ("http://www.x.gov.cn/?id=17", None),
    ],
)
def test_where_a_redirect_leads(target: str, grade: str | None) -> None:
    assert leads_away(target, PORTAL) == grade
