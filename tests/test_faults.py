"""What a crawl does under faults of the machine: signals, a full disk, a directory that cannot be written, kill -9.

The long trial of kill -9 is `make crash-test`.
"""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.demo.content import first_visit
from crawler.demo.portal import DemoPortal
from crawler.demo.show import write_definition
from tests.crash_trial import trial
from tests.test_crawl import dibao, rows

ROOT = Path(__file__).parent.parent


@pytest.fixture
def site(tmp_path: Path) -> Iterator[DemoPortal]:
    with DemoPortal() as portal:
        (tmp_path / "portals").mkdir()
        write_definition(portal, tmp_path / "portals")
        yield portal


def started(
    home: Path, *arguments: str, limit: int | None = None, hangup: signal.Handlers = signal.SIG_DFL
) -> subprocess.Popen[str]:
    """A crawl running in its own process; `limit`: no file may grow over so many bytes; `hangup`: nohup ignores it."""
    env = {**os.environ, "DIBAO_PORTALS": str(home / "portals"), "DIBAO_ARCHIVE": str(home / "archive")}

    def prepared() -> None:
        signal.signal(signal.SIGHUP, hangup)
        if limit is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    command = [sys.executable, "-m", "crawler.cli", "crawl", "qinghe", "--allow-loopback", *arguments]
    return subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            start_new_session=True, preexec_fn=prepared)  # fmt: skip


def send(process: subprocess.Popen[str], number: int) -> None:
    """A signal to the whole group, workers included, as a terminal or `timeout` sends it."""
    os.killpg(process.pid, number)


def until_stored(home: Path) -> None:
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        try:
            if rows(home, "SELECT count(*) FROM articles")[0][0]:
                return
        except sqlite3.Error:  # not there yet
            pass
        time.sleep(0.1)
    raise AssertionError("no article was stored")


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_stops_in_order(tmp_path: Path, site: DemoPortal, name: str) -> None:
    process = started(tmp_path, "--delay", "0.3")
    until_stored(tmp_path)
    send(process, getattr(signal, name))
    out, err = process.communicate(timeout=30)
    assert process.returncode == 11, err
    assert "pending" in out and "Traceback" not in err
    assert rows(tmp_path, "SELECT outcome FROM runs") == [("stopped",)]
    assert rows(tmp_path, "SELECT count(*) FROM frontier WHERE state = 'leased'") == [(0,)]


def test_under_nohup_a_crawl_outlives_the_terminal(tmp_path: Path, site: DemoPortal) -> None:
    process = started(tmp_path, "--delay", "0.05", hangup=signal.SIG_IGN)
    until_stored(tmp_path)
    send(process, signal.SIGHUP)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, out + err


def test_a_second_ctrl_c_stops_now_and_stays_consistent(tmp_path: Path, site: DemoPortal) -> None:
    process = started(tmp_path, "--delay", "0.3")
    until_stored(tmp_path)
    send(process, signal.SIGINT)
    send(process, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 11, out + err
    assert "Traceback" not in err
    assert dibao("crawl", "qinghe", "--allow-loopback", home=tmp_path).returncode == 0
    assert {url for (url,) in rows(tmp_path, "SELECT url FROM articles")} == {site.url + s.path for s in first_visit()}
    assert dibao("verify", home=tmp_path).returncode == 0


@pytest.mark.parametrize("after", [0.3, 0.7, 1.0, 1.3])
def test_two_ctrl_c_at_any_moment_are_never_called_complete(tmp_path: Path, site: DemoPortal, after: float) -> None:
    """Also in the middle of the start: either Python's own end by the signal, or 11."""
    process = started(tmp_path, "--delay", "0.3")
    time.sleep(after)
    send(process, signal.SIGINT)
    send(process, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode in (11, -signal.SIGINT), (process.returncode, out, err)


@pytest.mark.parametrize("limit", [420_000, 700_000])  # the schema fits, the run's first rows or its articles do not
def test_a_full_disk_pauses_and_loses_nothing(tmp_path: Path, site: DemoPortal, limit: int) -> None:
    process = started(tmp_path, limit=limit)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 3, out + err
    assert "disk full" in err
    assert "Traceback" not in err
    assert dibao("crawl", "qinghe", "--allow-loopback", home=tmp_path).returncode == 0
    assert rows(tmp_path, "SELECT count(*) FROM articles") == [(60,)]
    assert dibao("verify", home=tmp_path).returncode == 0


def test_a_directory_that_cannot_be_written(tmp_path: Path, site: DemoPortal) -> None:
    (tmp_path / "archive").write_text("a file, not a directory")
    done = dibao("crawl", "qinghe", "--allow-loopback", home=tmp_path)
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_killed_export_leaves_no_file_of_that_name(tmp_path: Path, site: DemoPortal) -> None:
    dibao("crawl", "qinghe", "--allow-loopback", home=tmp_path)
    died = dibao("export", "all.csv", home=tmp_path, DIBAO_CRASH_AT="in_export")
    assert died.returncode == -signal.SIGKILL
    assert not (tmp_path / "all.csv").exists()
    assert dibao("export", "all.csv", home=tmp_path).returncode == 0


def test_kill_nine_at_random_moments() -> None:
    result = trial(4, articles=300, seed=5)
    assert (result.lost, result.duplicates, result.missing, result.foreign) == (set(), 0, 0, 0)
    assert result.outcome == "complete"
    assert result.findings == []
