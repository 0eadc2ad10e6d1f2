"""Runs that break: whatever goes wrong inside Dibao, a run has a summary, an exit code, and an end."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from test_hostile_crawl import PATHS, article, listing
from trapserver import TrapServer, page

from archive.errors import IntegrityError
from archive.frontier import imbalances
from archive.writer import ArchiveWriter
from crawler import run as runs
from crawler.intake import Intake
from tests import mini_site
from tests.mini_site import MiniSite, Story, archive
from tests.test_crawl import ROOT, rows

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
FORM = b"<html><head><title>x</title></head><body><p>" + "您访问的页面找不到了，请返回首页。".encode() * 9
# Put before `dibao crawl`: what goes wrong in that process.
EXTRACT = """
from crawler import workers
real = workers.PageWorkers.extract
async def extract(self, capture, *rest):
    if capture.url.endswith({path!r}):
        {then}
    return await real(self, capture, *rest)
workers.PageWorkers.extract = extract
"""
OPEN = "from crawler.run import PortalRun\ndef fails(self): raise {error}\nPortalRun.open = fails\n"
CLOSE = "import crawler.run\ndef fails(*given): raise {error}\ncrawler.run.link_reprints = fails\n"


@pytest.fixture
def portal() -> Iterator[TrapServer]:
    with TrapServer() as server:
        server.routes["/news/"] = listing(*PATHS)
        server.routes.update({path: page(article(path)) for path in PATHS})
        yield server


def crawl(home: Path, server: TrapServer, before: str = "", *flags: str) -> subprocess.CompletedProcess[str]:
    """`dibao crawl` of the server's column in a process of its own, in which `before` was executed."""
    arguments = ["crawl", server.url("/news/"), "--allow-loopback", "--archive", str(home / "archive"), *flags]
    script = f"{before}\nfrom crawler.cli import main\nmain({arguments!r})"
    return subprocess.run([sys.executable, "-c", script], cwd=home, env={**os.environ, "PYTHONPATH": str(ROOT)},
                          capture_output=True, text=True, timeout=60, check=False)  # fmt: skip


def states(home: Path) -> dict[str, int]:
    return dict(rows(home, "SELECT state, count(*) FROM frontier WHERE kind = 'article' GROUP BY state"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "code", "said"),
    [
        (OPEN.format(error="KeyError('column')"), 1, "KeyError: 'column'"),
        (CLOSE.format(error="OverflowError('too large')"), 1, "OverflowError: too large"),
        (CLOSE.format(error="crawler.run.ArchiveError('no room to think')"), 1, "no room to think"),
    ],
)
def test_an_error_at_the_border_of_a_run_is_its_end(
    tmp_path: Path, portal: TrapServer, before: str, code: int, said: str
) -> None:
    done = crawl(tmp_path, portal, before)
    assert done.returncode == code, done.stderr
    assert done.stdout.count("\n") == 1 and done.stdout.endswith(": failed\n")
    assert said in done.stderr and "Traceback" not in done.stderr
    verified = subprocess.run([sys.executable, "-m", "crawler.cli", "verify", "--archive", str(tmp_path / "archive")],
                              cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)  # fmt: skip
    assert verified.returncode == 0, verified.stdout


def test_a_damaged_record_of_the_probe_is_told_and_asked_for_again(tmp_path: Path, portal: TrapServer) -> None:
    portal.routes["/news/202306/dibao*"] = page(FORM)
    assert crawl(tmp_path, portal).returncode == 0
    ((offset, length),) = rows(tmp_path, "SELECT \"offset\", length FROM captures WHERE verdict = 'probe'")
    (warc,) = (tmp_path / "archive" / "warc").rglob("*.warc.gz")
    held = bytearray(warc.read_bytes())
    held[offset + length // 2] ^= 0x40
    warc.write_bytes(held)
    portal.routes["/news/"] = listing("/news/202306/t20230628_123428.html", *PATHS)
    portal.routes["/news/202306/t20230628_123428.html"] = page(article("/news/202306/t20230628_123428.html"))
    done = crawl(tmp_path, portal)
    assert done.returncode == 0, done.stderr
    assert "dibao verify" in done.stderr and "cannot be read" in done.stderr
    assert len([path for path in portal.paths() if "dibao" in path]) == 2
    assert rows(tmp_path, "SELECT outcome FROM runs") == [("complete",), ("complete",)]


def test_a_bug_in_reading_costs_one_page(tmp_path: Path, portal: TrapServer) -> None:
    done = crawl(tmp_path, portal, EXTRACT.format(path=PATHS[3], then="raise KeyError('column')"))
    assert done.returncode == 10, done.stderr
    assert states(tmp_path) == {"stored": 7, "failed_parse": 1}
    ((reason,),) = rows(tmp_path, "SELECT reason FROM outcomes WHERE state = 'failed_parse'")
    assert reason == "KeyError: 'column' while reading it"


def test_without_processes_to_read_pages_the_run_ends_and_the_next_goes_on(tmp_path: Path, portal: TrapServer) -> None:
    done = crawl(tmp_path, portal, EXTRACT.format(path=PATHS[3], then="self._pool.stop()"))
    assert done.returncode == 1, done.stderr
    assert "the processes that read pages are gone" in done.stderr and "Traceback" not in done.stderr
    assert set(states(tmp_path)) == {"stored", "pending"}
    assert crawl(tmp_path, portal).returncode == 0
    assert states(tmp_path) == {"stored": 8}


# --- in this process -------------------------------------------------------------------------------------------------


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[ArchiveWriter]:
    with archive(tmp_path) as opened:
        yield opened


def site() -> MiniSite:
    made = MiniSite({"要闻": "yw"})
    for number in range(6):
        text = [f"第{number}号：清河市人民政府办公室今日发布通知，要求各部门压实责任，按期完成重点工作任务。"]
        made.publish("要闻", Story(f"/yw/t{number}.html", f"第{number}项通知", "办公室", "2026-03-01 09:00", text))
    return made


def test_a_bug_in_storing_costs_one_page(writer: ArchiveWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    real = runs.Settler.settle

    def settle(self: runs.Settler, outcome: runs.Outcome) -> None:
        if outcome.task.url.endswith("/t3.html") and not isinstance(outcome, runs.Ended):
            raise KeyError("column")
        real(self, outcome)

    monkeypatch.setattr(runs.Settler, "settle", settle)
    done = mini_site.run(site(), writer, START)
    assert (done.exit_code, done.states["stored"], done.states["failed_parse"]) == (10, 5, 1)
    assert imbalances(writer.conn) == []


def test_a_run_that_cannot_be_opened_was_none(writer: ArchiveWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: object) -> None:
        raise IntegrityError("a page of the database is damaged")

    monkeypatch.setattr(Intake, "__init__", broken)
    run = runs.PortalRun(writer, site().portal(), runs.CrawlOptions(), clock=lambda: START)
    with pytest.raises(IntegrityError) as caught:
        run.open()
    run.fail(caught.value)
    assert run.next_task() is None
    summary = run.close()
    assert (summary.run_id, summary.outcome, summary.exit_code) == (0, "failed", 6)
    assert writer.conn.execute("SELECT count(*) FROM runs").fetchone() == (0,)


def test_books_are_written_though_the_look_at_the_run_failed(
    writer: ArchiveWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(conn: sqlite3.Connection, articles: object) -> int:
        raise OverflowError("too large")

    monkeypatch.setattr(runs, "link_reprints", broken)
    done = mini_site.run(site(), writer, START)
    assert (done.outcome, done.exit_code, done.states["stored"]) == ("failed", 1, 6)
    assert writer.conn.execute("SELECT outcome FROM runs").fetchall() == [("failed",)]
    assert imbalances(writer.conn) == []
    monkeypatch.undo()
    assert mini_site.run(site(), writer, START + timedelta(hours=1)).exit_code == 0
