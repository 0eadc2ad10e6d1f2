"""`dibao demo` leaves its archive in the directory it is given, and throws away nothing but a demo's own."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path


def demo(directory: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "crawler.cli", "demo", "--archive", str(directory)],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_the_archive_stands_in_the_directory_named_and_a_second_demo_replaces_it(tmp_path: Path) -> None:
    for _ in range(2):
        done = demo(tmp_path / "demo")
        assert done.returncode == 0, done.stderr
    with sqlite3.connect(tmp_path / "demo" / "archive.db") as conn:
        held = conn.execute("SELECT count(*), count(DISTINCT url) FROM articles").fetchone()
    assert held[0] == held[1] > 60
    assert f"--archive {tmp_path / 'demo'}\n" in done.stdout


def test_a_directory_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "archive.db").write_bytes(b"years of work")
    done = demo(tmp_path)
    assert done.returncode == 1
    assert "holds no demo" in done.stderr
    assert (tmp_path / "archive.db").read_bytes() == b"years of work"
