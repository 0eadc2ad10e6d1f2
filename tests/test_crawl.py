"""`dibao crawl` over the built-in portal: real Scrapy, real HTTP on loopback, a real archive."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from archive.frontier import Frontier, Settlement, imbalances
from archive.writer import ArchiveWriter
from crawler.demo.content import COLUMN_NAMES, first_visit, second_visit
from crawler.demo.portal import DemoPortal
from crawler.demo.show import write_definition

ROOT = Path(__file__).parent.parent


def dibao(*arguments: str, home: Path, timeout: float = 120, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `dibao` in its own process, its archive and definitions below `home`."""
    folder = home / "portals"
    folder.mkdir(exist_ok=True)
    env = {**os.environ, "DIBAO_ARCHIVE": str(home / "archive"), "DIBAO_PORTALS": str(folder), "PYTHONPATH": str(ROOT)}
    env.pop("DIBAO_CONTACT", None)
    return subprocess.run([sys.executable, "-m", "crawler.cli", *arguments], env={**env, **environment}, cwd=home,
                          capture_output=True, text=True, timeout=timeout, check=False)  # fmt: skip


def rows(home: Path, sql: str) -> list[tuple[Any, ...]]:
    conn = sqlite3.connect(f"file:{home / 'archive' / 'archive.db'}?mode=ro", uri=True)
    try:
        return conn.execute(sql).fetchall()
    finally:
        conn.close()


@pytest.fixture(scope="module")
def visited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The demo portal crawled three times: first, at once again, and some days later in full."""
    home = tmp_path_factory.mktemp("crawl")
    with DemoPortal() as portal:
        (home / "portals").mkdir()
        write_definition(portal, home / "portals")
        runs = [
            json.loads(dibao("crawl", "qinghe", "--allow-loopback", "--json", home=home).stdout)[0] for _ in range(2)
        ]
        portal.next_visit()
        done = dibao("crawl", "qinghe", "--full", "--allow-loopback", "--json", home=home)
        runs.append(json.loads(done.stdout)[0])
        yield {"home": home, "runs": runs, "url": portal.url}


def test_every_article_once_and_nothing_else(visited: dict[str, Any]) -> None:
    truth = {visited["url"] + s.path for s in [*first_visit(), *second_visit()]}
    assert {url for (url,) in rows(visited["home"], "SELECT url FROM articles")} == truth


def test_fields_are_as_the_editors_wrote_them(visited: dict[str, Any]) -> None:
    held = {
        r[0]: r[1:]
        for r in rows(visited["home"], "SELECT url, title, source, published, section, breadcrumb, body FROM articles")
    }
    for story in second_visit():
        title, source, published, section, breadcrumb, body = held[visited["url"] + story.path]
        assert (title, source) == (story.title, story.source)
        assert published == story.published.replace(" ", "T") + "+08:00"
        assert section == COLUMN_NAMES[story.column]
        assert json.loads(breadcrumb) == ["首页", "新闻中心", COLUMN_NAMES[story.column], "正文"]
        assert body == "\n".join(story.paragraphs)


def test_first_run(visited: dict[str, Any]) -> None:
    first = visited["runs"][0]
    assert first["verdicts"] == {"found": 60, "new": 60, "reprint": 1}
    assert (first["outcome"], first["exit_code"]) == ("complete", 0)


def test_second_run_asks_only_for_what_can_have_changed(visited: dict[str, Any]) -> None:
    second = visited["runs"][1]
    assert second["verdicts"] == {"reprint": 0}
    assert second["requests"] == 3  # robots.txt, page 1 of each column: fifteen known rows end the walk
    assert second["states"] == {"listed": 2}


def test_later_run_sees_what_was_added_edited_withdrawn(visited: dict[str, Any]) -> None:
    third = visited["runs"][2]["verdicts"]
    assert third == {"found": 2, "new": 2, "revisit": 58, "revision": 1, "gone": 1, "reprint": 0}
    (gone,) = rows(visited["home"], "SELECT url, gone_grade FROM articles WHERE gone_since IS NOT NULL")
    withdrawn = {s.path for s in first_visit()} - {s.path for s in second_visit()}
    assert (gone[0].removeprefix(visited["url"]), gone[1]) == (withdrawn.pop(), "once")
    ((before, cause, after),) = rows(
        visited["home"], "SELECT r.body, r.cause, a.body FROM revisions r JOIN articles a ON a.id = r.article_id"
    )
    assert cause == "publisher"
    assert "更正" in after
    assert "更正" not in before


def test_books_balance(visited: dict[str, Any]) -> None:
    conn = sqlite3.connect(visited["home"] / "archive" / "archive.db")
    assert imbalances(conn) == []
    conn.close()
    for run in visited["runs"]:
        assert run["taken"] == sum(run["states"].values())


def test_raw_pages_pass_warcio_check(visited: dict[str, Any]) -> None:
    files = sorted(str(path) for path in (visited["home"] / "archive" / "warc").rglob("*"))
    files = [name for name in files if name.endswith(".gz")]
    assert len(files) == 3  # one a run, closed: no .open left
    done = subprocess.run([sys.executable, "-m", "warcio.cli", "check", *files], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout


def test_sections_are_counted(visited: dict[str, Any]) -> None:
    visits = rows(
        visited["home"],
        "SELECT s.name, v.items_listed, v.declared_records, v.complete FROM section_visits v "
        "JOIN sections s ON s.id = v.section_id WHERE v.run_id = 1 ORDER BY s.name DESC",
    )
    assert visits == [("政务要闻", 30, 30, 1), ("公示公告", 30, 30, 1)]


def test_bare_column_address_needs_no_definition(tmp_path: Path) -> None:
    with DemoPortal() as portal:
        done = dibao("crawl", f"{portal.url}/zwyw/index.jhtml", "--allow-loopback", home=tmp_path)
        assert done.returncode == 0, done.stderr
        host = portal.url.removeprefix("http://")
    assert rows(tmp_path, "SELECT portal, count(*) FROM articles GROUP BY 1") == [(host, 30)]


def test_scrapy_commands_work_too(tmp_path: Path) -> None:
    with DemoPortal() as portal:
        write_definition(portal, tmp_path)
        env = {**os.environ, "DIBAO_PORTALS": str(tmp_path), "DIBAO_ARCHIVE": str(tmp_path / "archive")}
        listed = subprocess.run(
            [sys.executable, "-m", "scrapy", "list"], cwd=ROOT, env=env, capture_output=True, text=True, check=True
        )
        assert {"qinghe", "erqi", "gov_cn"} <= set(listed.stdout.split())
        command = [sys.executable, "-m", "scrapy", "crawl", "qinghe", "-s", "DIBAO_ALLOW_LOOPBACK=1"]
        subprocess.run(command, cwd=ROOT, env=env, capture_output=True, check=True, timeout=60)
    assert rows(tmp_path, "SELECT count(*) FROM articles") == [(60,)]


def test_limit_takes_up_so_many_and_the_next_run_the_rest(tmp_path: Path) -> None:
    with DemoPortal() as portal:
        (tmp_path / "portals").mkdir()
        write_definition(portal, tmp_path / "portals")
        dibao("crawl", "qinghe", "--allow-loopback", "--limit", "5", home=tmp_path)
        assert rows(tmp_path, "SELECT count(*) FROM articles") == [(5,)]
        dibao("crawl", "qinghe", "--allow-loopback", home=tmp_path)
        assert rows(tmp_path, "SELECT count(*) FROM articles") == [(60,)]


def test_killed_run_is_finished_by_the_next(tmp_path: Path) -> None:
    """kill -9 in the middle: nothing committed is lost, the same set is reached, nothing stands twice."""
    with DemoPortal() as portal:
        (tmp_path / "portals").mkdir()
        write_definition(portal, tmp_path / "portals")
        for writes in (18, 15, 10):
            died = dibao("crawl", "qinghe", "--allow-loopback", "--delay", "0.01", home=tmp_path,
                         DIBAO_CRASH_AT=f"after_raw_write:{writes}")  # fmt: skip
            assert died.returncode == -signal.SIGKILL
        done = dibao("crawl", "qinghe", "--allow-loopback", home=tmp_path)
        assert done.returncode == 0, done.stderr
        truth = {portal.url + story.path for story in first_visit()}
    assert {url for (url,) in rows(tmp_path, "SELECT url FROM articles")} == truth
    outcomes = [outcome for (outcome,) in rows(tmp_path, "SELECT outcome FROM runs ORDER BY id")]
    assert outcomes[-1] == "complete"
    assert set(outcomes[:-1]) <= {"interrupted"}


def test_ctrl_c_stops_in_order_and_says_so(tmp_path: Path) -> None:
    with DemoPortal() as portal:
        (tmp_path / "portals").mkdir()
        write_definition(portal, tmp_path / "portals")
        env = {**os.environ, "DIBAO_PORTALS": str(tmp_path / "portals"), "DIBAO_ARCHIVE": str(tmp_path / "archive")}
        command = [sys.executable, "-m", "crawler.cli", "crawl", "qinghe", "--allow-loopback", "--delay", "0.3"]
        with subprocess.Popen(
            command, env=env, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            deadline = time.monotonic() + 30
            while time.monotonic() < deadline and not _articles(tmp_path):
                time.sleep(0.1)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)
        assert process.returncode == 11, err
        assert "stopped" in out
        assert "pending" in out
        assert dibao("crawl", "qinghe", "--allow-loopback", home=tmp_path).returncode == 0
    assert rows(tmp_path, "SELECT count(*) FROM articles") == [(60,)]


def _articles(home: Path) -> int:
    try:
        return int(rows(home, "SELECT count(*) FROM articles")[0][0])
    except sqlite3.Error:
        return 0


def test_a_held_article_that_turns_into_a_soft_404_is_gone_and_kept(tmp_path: Path) -> None:
    missing = (
        "<html><head><title>页面不存在</title></head><body><h1>404</h1><p>您访问的页面不存在或已删除</p></body></html>"
    )
    with DemoPortal() as portal:
        (tmp_path / "portals").mkdir()
        write_definition(portal, tmp_path / "portals")
        dibao("crawl", "qinghe", "--allow-loopback", home=tmp_path)
        story = first_visit()[0]
        portal.replace(story.path, missing.encode())
        done = dibao("crawl", "qinghe", "--full", "--allow-loopback", "--json", home=tmp_path)
        assert json.loads(done.stdout)[0]["verdicts"]["gone"] == 1
        held = rows(tmp_path, "SELECT url, gone_grade, title FROM articles WHERE gone_since IS NOT NULL")
        assert held == [(portal.url + story.path, "soft_404", story.title)]


def test_a_redesign_over_http_is_an_alarm_and_empties_nothing(tmp_path: Path) -> None:
    with DemoPortal() as portal:
        (tmp_path / "portals").mkdir()
        write_definition(portal, tmp_path / "portals")
        dibao("crawl", "qinghe", "--allow-loopback", home=tmp_path)
        assert rows(tmp_path, "SELECT state FROM frontier WHERE kind = 'probe'") == [("probed",)]
        held = rows(tmp_path, "SELECT url, title, source, published, breadcrumb, body FROM articles ORDER BY url")
        for story in first_visit():
            page = f"<html><body><div class=kopf>{story.title}</div><p class=who>{story.source}</p></body></html>"
            portal.replace(story.path, page.encode())
        done = dibao("crawl", "qinghe", "--full", "--allow-loopback", home=tmp_path)
        assert (done.returncode, "60 held back" in done.stderr + done.stdout) == (4, True)
        assert "source = '.who'" in done.stderr
        assert rows(tmp_path, "SELECT kind, section, cleared FROM alarms ORDER BY section") == [
            ("drift", name, None) for name in sorted(COLUMN_NAMES.values())
        ]
        after = rows(tmp_path, "SELECT url, title, source, published, breadcrumb, body FROM articles ORDER BY url")
        assert after == held


# --- bad input: one clear line, the exit code of the table, nothing half-written ------------------------------------


class _Shop:
    """A server with one answer for every path but robots.txt."""

    def __init__(
        self, status: int, body: bytes, content_type: str = "text/html; charset=utf-8", robots: int = 404
    ) -> None:
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status = robots if self.path == "/robots.txt" else shop.status
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.end_headers()
                self.wfile.write(b"" if self.path == "/robots.txt" else body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.status = status
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/zwyw/index.html"

    def __enter__(self) -> _Shop:
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *args: object) -> None:
        self.server.shutdown()
        self.server.server_close()


EMPTY = "<html><body><div class=main><p>本栏目暂无内容,请您稍后再来访问。</p></div></body></html>".encode()
CHALLENGE = (
    b"<html><head><script>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=1;$_ts.cd='x';</script></head>"
    b"<body></body></html>"
)


@pytest.mark.parametrize(
    ("shop", "code", "says"),
    [
        (lambda: _Shop(200, EMPTY), 4, "0 rows on the list page (wanted at least 1)"),
        (lambda: _Shop(404, b"not found"), 4, "not read: HTTP 404"),
        (lambda: _Shop(200, b"%PDF-1.4 not a page", "application/pdf"), 4, "PDF where a list page was expected"),
        (lambda: _Shop(412, CHALLENGE), 12, "answers programs with a challenge"),
        (lambda: _Shop(200, EMPTY, robots=503), 12, "robots.txt"),
        (lambda: _Shop(403, b"forbidden"), 4, "not read: HTTP 403"),
    ],
    ids=["empty list", "404", "not html", "challenge", "robots 503", "403"],
)
def test_trouble_is_said_once_clearly(tmp_path: Path, shop: Any, code: int, says: str) -> None:
    with shop() as server:
        done = dibao("crawl", server.url, "--allow-loopback", home=tmp_path)
    assert done.returncode == code, done.stderr + done.stdout
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert rows(tmp_path, "SELECT count(*) FROM articles") == [(0,)]


def test_unreachable_host(tmp_path: Path) -> None:
    done = dibao("crawl", "http://127.0.0.1:1/index.html", "--allow-loopback", home=tmp_path)
    assert done.returncode in (1, 12), done.stderr
    assert "Traceback" not in done.stderr
    assert "127.0.0.1:1" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["crawl"], 2, "name a portal"),
        (["crawl", "erqj"], 2, "no portal 'erqj' (nearest: erqi)"),
        (["crawl", "ftp://x.gov.cn/"], 2, "not an http or https address"),
        (["crawl", "erqi"], 2, "no contact set"),
        (["crawl", "erqi", "--delai", "3"], 2, "--delai"),
        (["extract", "no-such-file.html"], 2, "no-such-file.html: No such file"),
        (["serch", "x"], 2, "did you mean 'search'?"),
        (["search", "郑州"], 2, "no archive at"),
    ],
)
def test_usage_errors_are_one_line(tmp_path: Path, arguments: list[str], code: int, says: str) -> None:
    done = dibao(*arguments, home=tmp_path)
    assert done.returncode == code
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


@pytest.mark.parametrize("group", [[], ["portal"], ["schedule"]])
def test_a_group_alone_prints_its_help(tmp_path: Path, group: list[str]) -> None:
    done = dibao(*group, home=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Usage: ")
    assert "\nCommands:\n" in done.stderr


def test_locked_archive(tmp_path: Path) -> None:
    from archive.writer import ArchiveWriter

    with ArchiveWriter.open(tmp_path / "archive"):
        done = dibao("crawl", "http://127.0.0.1:1/index.html", "--allow-loopback", home=tmp_path)
    assert done.returncode == 5
    assert f"another crawl (pid {os.getpid()}" in done.stderr


def test_dry_run_asks_nothing(tmp_path: Path) -> None:
    done = dibao("crawl", "erqi", "--dry-run", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "at least 2 requests 2 s apart" in done.stdout
    assert not (tmp_path / "archive").exists()


def test_dry_run_knows_the_archive_and_the_delay_of_this_machine(tmp_path: Path) -> None:
    odd = tmp_path / "50% #1 ?"
    with ArchiveWriter.open(odd) as writer, writer.page():
        frontier = Frontier(writer.conn, "127.0.0.1:9", writer.start_run("127.0.0.1:9", {}))
        frontier.take_up("http://127.0.0.1:9/1.html", "http://127.0.0.1:9/1.html", "article")
    command = ["crawl", "http://127.0.0.1:9/news/", "--dry-run", "--allow-loopback", "--archive", str(odd)]
    done = dibao(*command, home=tmp_path)
    assert "1 addresses left over, 0 re-checks: at least 3 requests 0 s apart, 0:00:00" in done.stdout
    (plan,) = json.loads(dibao(*command, "--json", home=tmp_path).stdout)
    assert (plan["portal"], plan["left_over"], plan["requests"], plan["delay"]) == ("127.0.0.1:9", 1, 3, 0.0)
    assert plan["columns"] == [{"name": "news", "url": "http://127.0.0.1:9/news/"}]


def test_dry_run_counts_what_a_run_asks_again(tmp_path: Path) -> None:
    """What failed, was challenged, or is pending is left over; the others are due."""
    url = "http://127.0.0.1:9/{}.html"
    with ArchiveWriter.open(tmp_path / "archive") as writer, writer.page():
        frontier = Frontier(writer.conn, "127.0.0.1:9", writer.start_run("127.0.0.1:9", {}))
        for number, state in enumerate(["failed_http", "blocked_challenge", "pending", "gone", "not_article"]):
            frontier_id, _ = frontier.take_up(url.format(number), url.format(number), "article")
            frontier.settle(frontier_id, Settlement(state, next_check="2020-01-01T00:00:00Z"))
        first = frontier.take_up("list http://127.0.0.1:9/news/", "http://127.0.0.1:9/news/", "list")
        assert first[1], "a pending first page is the column itself"
    done = dibao("crawl", "http://127.0.0.1:9/news/", "--dry-run", "--allow-loopback", home=tmp_path)
    assert "3 addresses left over, 2 re-checks: at least 7 requests" in done.stdout


def test_dry_run_asks_nothing_of_a_closed_portal(tmp_path: Path) -> None:
    done = dibao("crawl", "pbc", "--dry-run", "--json", home=tmp_path)
    (plan,) = json.loads(done.stdout)
    assert (plan["requests"], plan["seconds"]) == (0, 0)
    assert "do not crawl" in plan["closed"]
    assert "nothing: its definition says: do not crawl" in dibao("crawl", "pbc", "--dry-run", home=tmp_path).stdout
