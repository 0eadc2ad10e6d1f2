"""Exports timed beside the sqlite3 shell's own CSV mode, with the peak of memory.

    python benchmarks/export.py                        # 50,000 made-up articles
    python benchmarks/export.py --articles 1000000     # flat memory: the peak must not grow with the rows
    python benchmarks/export.py --archive DIR          # an archive that exists

Each export runs in a process of its own; rows a second are those of the whole process, start included, as is the
shell's. The shell prints the same columns; it is left out where no `sqlite3` is found.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path[0] = str(Path(__file__).parents[1])  # not this folder: it has an archive.py too

from archive.exports.selection import TABLE_COLUMNS
from archive.migrations import create
from benchmarks import corpus

KINDS = [("csv",), ("csv", "--excel"), ("jsonl",), ("parquet",), ("datapackage",), ("xlsx",)]
SLOW = {"xlsx", "datapackage"}  # left out above a quarter of a million rows


def build(directory: Path, articles: int) -> None:
    conn = sqlite3.connect(directory / "archive.db")
    create(conn)
    conn.executemany(
        "INSERT INTO articles (id, url, portal, breadcrumb, title, source, published, published_precision, body,"
        " first_seen, last_seen, content_digest, body_digest)"
        " VALUES (?, ?, ?, '[\"首页\", \"要闻\"]', ?, ?, ?, 'minute', ?,"
        " '2026-11-24T00:00:00Z', '2026-11-24T00:00:00Z', ?, '')",
        (
            (n, f"http://{t.portal}.gov.cn/{n}.html", t.portal, t.title, t.source, t.published, t.body, f"{n:064x}")
            for n, t in enumerate(corpus.articles(articles), 1)
        ),
    )
    conn.commit()
    conn.close()


def measured(command: list[str], out: Path) -> tuple[float, float]:
    """Seconds, and the peak of memory in MB, of one process whose stdout goes to `out`."""
    start = time.perf_counter()
    with open(out, "wb") as file:
        process = subprocess.Popen(
            command, stdout=file, env=os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
        )
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--articles", type=int, default=50_000)
    parser.add_argument("--archive", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        directory = options.archive or Path(folder)
        if not options.archive:
            build(directory, options.articles)
        (rows,) = sqlite3.connect(directory / "archive.db").execute("SELECT count(*) FROM articles").fetchone()
        print(f"{rows:,} articles\n\n| export | rows/s | × shell | peak MB | size MB |\n|---|---|---|---|---|")
        out = Path(folder) / "out"
        shell = None
        if binary := shutil.which("sqlite3"):
            sql = f"SELECT {', '.join(TABLE_COLUMNS)} FROM articles ORDER BY id"
            shell, peak = measured([binary, "-header", "-csv", str(directory / "archive.db"), sql], out)
            print(
                f"| sqlite3 -csv | {rows / shell:,.0f} | 1.00 | {peak:.0f} | {out.stat().st_size / 1e6:,.0f} |",
                flush=True,
            )
        for kind, *flags in KINDS:
            if rows > 250_000 and kind in SLOW:
                continue
            command = [
                sys.executable,
                "-m",
                "archive",
                "export",
                "-",
                "--format",
                kind,
                *flags,
                "--archive",
                str(directory),
            ]
            seconds, peak = measured(command, out)
            share = f"{shell / seconds:.2f}" if shell else "—"
            size = out.stat().st_size / 1e6
            print(
                f"| {' '.join((kind, *flags))} | {rows / seconds:,.0f} | {share} | {peak:.0f} | {size:,.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
