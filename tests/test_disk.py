"""What the disk does to an archive: power lost, full, read-only. Real file systems, in a namespace of their own."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from search_rows import new_archive, put

from crawler.demo.portal import DemoPortal
from crawler.demo.show import write_definition
from tests.test_crawl import dibao, rows

ROOT = Path(__file__).parent.parent
DIBAO = f"{shlex.quote(sys.executable)} -m crawler.cli"


def _may_mount() -> bool:
    if shutil.which("unshare") is None:
        return False
    done = subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], check=False, capture_output=True)
    return done.returncode == 0


needs_mount = pytest.mark.skipif(not _may_mount(), reason="no file system may be mounted here, not even unshared")
needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="no strace: .ci/run installs it")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[DemoPortal]:
    with DemoPortal() as portal:
        (tmp_path / "portals").mkdir()
        write_definition(portal, tmp_path / "portals")
        yield portal


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "DIBAO_PORTALS": str(home / "portals"), "DIBAO_ARCHIVE": str(home / "archive")}


def in_namespace(home: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Run a shell script that may mount; what it mounts ends with it."""
    command = ["unshare", "-rm", "sh", "-c", script]
    return subprocess.run(
        command, cwd=ROOT, env=environment(home), capture_output=True, text=True, check=False, timeout=120
    )


CALL = re.compile(r"(write|pwrite64|fsync|fdatasync|ftruncate)\(\d+<([^>]*)>")


@needs_strace
def test_raw_pages_are_durable_before_the_rows_that_name_them(tmp_path: Path, site: DemoPortal) -> None:
    """Power may go at any moment: when SQLite's log is made durable, every raw page written before it is already."""
    trace = tmp_path / "trace"
    command = ["strace", "-f", "-y", "-e", "trace=write,pwrite64,fsync,fdatasync,ftruncate", "-o", str(trace),
               sys.executable, "-m", "crawler.cli", "crawl", "qinghe", "--allow-loopback"]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    waiting: set[str] = set()  # WARC files with bytes that are not durable
    commits = synced = 0
    for line in trace.read_text().splitlines():
        call = CALL.search(line)
        if call is None:
            continue
        name, path = call.groups()
        if path.endswith((".warc.gz", ".warc.gz.open")):
            if name in ("fsync", "fdatasync"):
                waiting.discard(path)
                synced += 1
            else:
                waiting.add(path)
        elif path.endswith("archive.db-wal") and name in ("fsync", "fdatasync"):
            assert not waiting, "rows were made durable before the raw pages they name"
            commits += 1
    assert synced >= 1
    assert commits >= 2, "synchronous=FULL: the log is made durable at every commit"


@needs_mount
def test_a_disk_that_is_really_full(tmp_path: Path, site: DemoPortal) -> None:
    (tmp_path / "archive").mkdir()
    where = shlex.quote(str(tmp_path / "archive"))
    done = in_namespace(
        tmp_path,
        f"mount -t tmpfs -o size=700k tmpfs {where} && {DIBAO} crawl qinghe --allow-loopback >&2; echo $?;"
        f"mount -o remount,size=50m {where} && {DIBAO} crawl qinghe --allow-loopback >&2; echo $?;"
        f"{DIBAO} verify >&2; echo $?; {DIBAO} sql 'SELECT count(*) AS n FROM articles' --json",
    )
    full, resumed, verified, *count = done.stdout.split("\n", 3)
    assert (full, resumed, verified) == ("3", "0", "0"), done.stderr
    assert json.loads(count[0]) == [{"n": 60}]
    assert "disk full" in done.stderr
    assert "Traceback" not in done.stderr


@needs_mount
def test_a_full_disk_is_no_damage_to_whoever_only_reads(tmp_path: Path, site: DemoPortal) -> None:
    assert in_namespace(tmp_path, f"{DIBAO} crawl qinghe --allow-loopback").returncode == 0
    readers = ("status", "search 养老", "verify", "crawl --due", "export - --format csv", "backup copy")
    full, copy = shlex.quote(str(tmp_path / "full")), shlex.quote(str(tmp_path / "copy"))
    readers = ("status", "search 养老", "verify", "crawl --due", "export - --format csv", f"backup {copy}")
    done = in_namespace(
        tmp_path,
        f"mkdir {full} && mount -t tmpfs -o size=1m tmpfs {full} && cp -r $DIBAO_ARCHIVE {full}/a && "
        f"rm -f {full}/a/*-shm {full}/a/*-wal; cat /dev/zero > {full}/fill; export DIBAO_ARCHIVE={full}/a;"
        f"for c in {' '.join(map(shlex.quote, readers))}; do {DIBAO} $c >&2; echo $?; done; {DIBAO} doctor",
    )
    *codes, doctor = done.stdout.split("\n", len(readers))
    assert codes == ["3"] * len(readers), done.stderr
    assert f"disk full on {tmp_path / 'full' / 'a'}: no room for archive.db-shm" in done.stderr
    assert "damaged;" in done.stderr and "restore" not in done.stderr + doctor
    assert "BAD  disk: 0 MiB free" in doctor


@needs_mount
def test_a_read_only_disk_can_be_read_and_says_that_it_cannot_be_written(tmp_path: Path, site: DemoPortal) -> None:
    assert dibao("crawl", "qinghe", "--allow-loopback", home=tmp_path).returncode == 0
    before = rows(tmp_path, "SELECT count(*) FROM runs")
    where = shlex.quote(str(tmp_path / "archive"))
    done = in_namespace(
        tmp_path,
        f"mount --bind {where} {where} && mount -o remount,ro,bind {where};"
        f"{DIBAO} search 养老 --count; {DIBAO} show 1 --json | head -c 1; echo; {DIBAO} verify | tail -1;"
        f"{DIBAO} crawl qinghe --allow-loopback; echo $?; {DIBAO} crawl qinghe --dry-run >/dev/null; echo $?",
    )
    assert done.stdout.splitlines() == [
        "5", "{", "all is well: database, texts, raw pages, books, index", "1", "0",
    ], done.stderr  # fmt: skip
    assert done.stderr.count("\n") == 1, done.stderr
    assert "cannot be written (Read-only file system)" in done.stderr
    assert rows(tmp_path, "SELECT count(*) FROM runs") == before


@needs_mount
def test_a_closed_archive_on_a_read_only_medium_is_read_whole(tmp_path: Path) -> None:
    """WAL wants a file beside the database, and a medium that holds no such file has no room for one."""
    (tmp_path / "archive").mkdir()
    conn = new_archive(tmp_path / "archive" / "archive.db")
    conn.execute("PRAGMA journal_mode = WAL")
    put(conn, 1, "防汛", "防汛")
    conn.close()
    assert [path.name for path in (tmp_path / "archive").iterdir()] == ["archive.db"]
    where, copy, back = (shlex.quote(str(tmp_path / name)) for name in ("archive", "copy", "back"))
    done = in_namespace(
        tmp_path,
        f"mount --bind {where} {where} && mount -o remount,ro,bind {where};"
        f"{DIBAO} search 防汛 --count; {DIBAO} backup {copy} >&2; echo $?;"
        f"{DIBAO} restore {where} --archive {back} >&2; echo $?; {DIBAO} search 防汛 --count --archive {back}",
    )
    assert done.stdout.split() == ["1", "0", "0", "1"], done.stderr


@needs_mount
def test_an_unfinished_archive_on_a_read_only_medium_says_what_helps(tmp_path: Path) -> None:
    (tmp_path / "live").mkdir()
    (tmp_path / "archive").mkdir()
    conn = new_archive(tmp_path / "live" / "archive.db")
    conn.execute("PRAGMA journal_mode = WAL")
    put(conn, 1, "防汛", "防汛")
    for name in ("archive.db", "archive.db-wal"):  # as a killed crawl leaves it
        shutil.copy(tmp_path / "live" / name, tmp_path / "archive" / name)
    where = shlex.quote(str(tmp_path / "archive"))
    done = in_namespace(
        tmp_path,
        f"mount --bind {where} {where} && mount -o remount,ro,bind {where}; {DIBAO} search 防汛 --count; echo $?",
    )
    assert done.stdout.split() == ["6"]
    assert "copy the whole folder to where it can be written" in done.stderr
