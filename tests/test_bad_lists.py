"""List pages that are none, and pagers that lie: each is said, with column, address, what was expected and found.

One `dibao crawl` over a portal for each kind of trouble; never "a quiet day".
"""

# ruff: noqa: E501 - a table in Chinese, where every character counts double

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from test_hostile_crawl import PATHS, article
from trapserver import Asked, Reply, Route, TrapServer, page

ROOT = Path(__file__).parent.parent
COLUMN = "/news/"


def rows(paths: list[str], more: str = "") -> Reply:
    items = "".join(
        f'<li><a href="{path}">第{path[-7:-5]}次防汛工作会议召开，部署重点任务</a><span>2023-06-{path[-7:-5]}</span></li>'
        for path in paths
    )
    menu = '<div class="nav"><a href="/">首页</a><a href="/zw/">政务公开</a><a href="/hd/">互动交流</a></div>'
    return page(f"<html><head><title>要闻</title></head><body>{menu}<ul>{items}</ul>{more}</body></html>".encode())


def trs(pages: int, now: int) -> str:
    return f'<script>createPageHTML({pages}, {now}, "index", "html");</script>'


def answer(records: list[dict[str, Any]], total: int) -> Reply:
    body = json.dumps({"code": 200, "data": {"total": total, "pageNo": 1, "pageSize": 20, "list": records}})
    return Reply(200, body.encode(), (("Content-Type", "application/json"),))


RECORDS = [{"title": f"第{path[-7:-5]}次防汛工作会议召开", "url": path, "publishDate": "2023-06-20"} for path in PATHS]
SHELL = page(b"<html><body><script>var app = 1;</script><div id='app'></div>" + b"<script>load();</script>" * 200)


def next_link(target: str) -> str:
    return f'<div class="page"><a href="{target}">下一页</a></div>'


@dataclass
class Trouble:
    routes: dict[str, Route]
    says: tuple[str, ...]  # all of it, in one line each
    outcome: str = "drift"
    held: int = 0
    most: int = 30  # requests
    rules: str = ""
    section: str = ""


def lying(asked: Asked, _: object) -> Reply:
    """Whatever page is asked for is the last one."""
    return rows(PATHS[4:], trs(9999, 1))


TROUBLES: dict[str, Trouble] = {
    "no rows": Trouble({COLUMN: page(b"<html><body>" + "<p>本栏目暂无内容</p>".encode() * 200)},
                       ("0 rows on the list page (wanted at least 1)",)),
    "a shell": Trouble({COLUMN: SHELL}, ("filled by script", "0 rows on the list page")),
    "too few rows": Trouble({COLUMN: rows(PATHS)}, ("8 rows on the list page (wanted at least 15)",), held=8,
                            section="min_rows = 15"),
    "another platform": Trouble({COLUMN: rows(PATHS)}, ("8 rows found, none fits the definition's `include`",),
                                rules="[list]\ninclude = '/info/\\d+/\\d+\\.htm$'"),
    "a selector that fits nothing": Trouble({COLUMN: rows(PATHS)}, ("no rows match `ul.news-list li`",),
                                            rules="[list]\nrow = 'ul.news-list li'"),
    "JSON of another shape": Trouble({COLUMN: answer([{"bar": 1}], 8)}, ("has its shape changed? set list.fields",)),
    "JSON that counts more": Trouble({COLUMN: answer(RECORDS, 500), f"{COLUMN}?*": answer([], 500)},
                                     ("declares 500 records, 8 were listed",), "complete", 8),
    "9999 pages, 404": Trouble({COLUMN: rows(PATHS[:4], trs(9999, 0)), "/news/index_1.html": rows(PATHS[4:], trs(9999, 1))},
                               ("declares 9999 pages, 2 were there",), "complete", 8),
    "9999 pages, repeated": Trouble({COLUMN: rows(PATHS[:4], trs(9999, 0)), "/news/index_*": lying},
                                    ("declares 9999 pages, 2 were there (page 3 repeats an earlier page)",), "complete", 8),
    "a loop": Trouble({COLUMN: rows(PATHS[:4], next_link("b.html")), "/news/b.html": rows(PATHS[4:], next_link("c.html")),
                       "/news/c.html": rows(PATHS[2:6], next_link("b.html"))}, (), "complete", 8),
    "a page that fails": Trouble({COLUMN: rows(PATHS[:4], trs(3, 0)), "/news/index_1.html": Reply(500),
                                  "/news/index_2.html": rows(PATHS[4:], trs(3, 2))},
                                 ("the list was not read to its end: page 2 could not be read (status 500)",), "partial", 4),
    "more pages than are read": Trouble({COLUMN: rows(PATHS[:4], trs(3, 0)), "/news/index_1.html": rows(PATHS[4:], trs(3, 1))},
                                        ("not read to its end: page budget of 1 used up",), "complete", 4,
                                        rules="[list.pager]\nmax_pages = 1"),
    "no way on": Trouble({COLUMN: rows(PATHS, "<div>共12页 第1页</div>")}, ("page 1 of 12 names no next page",), "partial", 8),
}  # fmt: skip


class Crawled:
    """What one crawl over all of them said, and what each server was asked."""

    def __init__(self, home: Path) -> None:
        self.servers = {name: TrapServer() for name in TROUBLES}
        (home / "portals").mkdir()
        for number, (name, server) in enumerate(self.servers.items()):
            server.__enter__()
            trouble = TROUBLES[name]
            server.routes |= {"/robots.txt": Reply(404), **{path: page(article(path)) for path in PATHS}}
            server.routes |= trouble.routes
            (home / "portals" / f"bad{number}.toml").write_text(
                f'id = "bad{number}"\nname = "{name}"\nurl = "{server.url("/")}"\n{trouble.rules}\n'
                f'[[section]]\nname = "要闻"\nurl = "{server.url(COLUMN)}"\n{trouble.section}\n',
                "utf-8",
            )
        ids = [f"bad{number}" for number in range(len(TROUBLES))]
        done = subprocess.run(
            [sys.executable, "-m", "crawler.cli", "crawl", *ids, "--allow-loopback", "--json",
             "--archive", str(home / "archive")],
            cwd=home, env={**os.environ, "PYTHONPATH": str(ROOT), "DIBAO_PORTALS": str(home / "portals")}, capture_output=True, text=True,
            timeout=120, check=False,
        )  # fmt: skip
        for server in self.servers.values():
            server.__exit__(None, None, None)
        assert done.stdout, done.stderr
        self.runs = dict(zip(TROUBLES, json.loads(done.stdout), strict=True))


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    return Crawled(tmp_path_factory.mktemp("bad"))


@pytest.mark.parametrize("name", TROUBLES)
def test_trouble_with_a_list_is_said(crawled: Crawled, name: str) -> None:
    run, trouble, server = crawled.runs[name], TROUBLES[name], crawled.servers[name]
    assert run["outcome"] == trouble.outcome, run["issues"]
    for words in trouble.says:
        lines = [line for line in run["issues"] if words in line]
        assert len(lines) == 1, run["issues"]
        assert "要闻: " in lines[0]
        assert server.url(COLUMN) in lines[0]
    assert run["verdicts"].get("new", 0) == trouble.held
    assert len(server.paths()) <= trouble.most
    if not trouble.says:
        assert run["issues"] == []
