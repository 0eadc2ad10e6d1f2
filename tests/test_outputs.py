"""Where results go: symlinks and pipes as export targets, readers that leave early, a standard output that is full."""

from __future__ import annotations

import os
import random
import re
import shlex
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from search_rows import new_archive, put

from archive.errors import ExportError
from archive.exports import Selection, export

ROOT = Path(__file__).parent.parent
DIBAO = f"{shlex.quote(sys.executable)} -m crawler.cli"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with an archive `data` whose output is longer than a pipe holds."""
    home = tmp_path_factory.mktemp("outputs")
    (home / "data").mkdir()
    conn = new_archive(home / "data" / "archive.db")
    letters = random.Random(1)  # so that no format makes it small
    for number in range(1, 41):
        body = "郑州市防汛抗旱水\n" + "".join(chr(letters.randrange(0x4E00, 0x9FA5)) for _ in range(3_000))
        put(conn, number, f"防汛通知{number}", body, published=f"2023-06-{number % 28 + 1:02}")
    conn.close()
    return home


def test_an_export_to_a_symlink_replaces_the_file_it_leads_to(tmp_path: Path) -> None:
    conn = new_archive()
    put(conn, 1, "甲", "文")
    (tmp_path / "there").mkdir()
    link, dangling = tmp_path / "o.csv", tmp_path / "new.csv"
    (tmp_path / "there" / "real.csv").write_text("an earlier export")
    link.symlink_to("there/real.csv")
    dangling.symlink_to("there/new.csv")
    for path, target in ((link, "real.csv"), (dangling, "new.csv")):
        export(conn, path, Selection(columns=("id", "title")), format="csv")
        assert path.is_symlink()
        assert (tmp_path / "there" / target).read_text("utf-8").split() == ["id,title", "1,甲"]


def test_an_export_to_a_pipe_goes_into_it(tmp_path: Path) -> None:
    conn = new_archive()
    put(conn, 1, "甲", "文")
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    export(conn, pipe, Selection(columns=("id", "title")), format="csv")
    reader.join(5)
    assert read == ["id,title\r\n1,甲\r\n".encode()]
    assert pipe.is_fifo()
    assert os.listdir(tmp_path) == ["pipe"]


@pytest.mark.parametrize("name", ["a-file/o.csv", "汉" * 90 + ".csv", "loop", "a-folder", "missing/o.csv"])
def test_a_place_that_cannot_be_written_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / "a-file").write_text("")
    (tmp_path / "a-folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(ExportError, match="can't be written"):
        export(new_archive(), tmp_path / name, Selection(), format="csv")
    assert sorted(os.listdir(tmp_path)) == ["a-file", "a-folder", "loop"]


def run(home: Path, script: str) -> subprocess.CompletedProcess[str]:
    """A line of shell with `dibao` in it; what ended it is its last command's code."""
    environment = {**os.environ, "DIBAO_ARCHIVE": str(home / "data"), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        ["bash", "-c", script.replace("dibao", DIBAO)], cwd=home, env=environment, capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip


LONG = [
    "search 防汛 -n 100",
    "search 防汛 -n 100 --json",
    "search '水 OR 一' --kwic -n 100",
    "sql 'SELECT * FROM articles'",
    "sql 'SELECT * FROM articles' --csv",
    "sql 'SELECT * FROM articles' --json",
    *(f"export - --format {name}" for name in ("csv", "jsonl", "xlsx", "parquet", "datapackage")),
]


HELP = ["--help", "--version", "crawl --help", "schedule cron --help"]


@pytest.mark.parametrize("command", HELP)
def test_help_that_nobody_reads_ends_quietly(home: Path, command: str) -> None:
    done = run(home, f"(sleep 0.2; dibao {command}; echo $? >&2) | true")
    assert done.stderr == "0\n"


@pytest.mark.parametrize("command", ["nosuch", "crawl nosuch", "search 防汛 --archive nosuch"])
def test_an_error_that_cannot_be_told_keeps_its_exit_code(home: Path, command: str) -> None:
    assert run(home, f"dibao {command} 2> /dev/full").returncode == 2
    assert run(home, f"dibao {command} <&- >&- 2>&-").returncode == 2


def test_without_an_output_a_command_does_its_work(home: Path) -> None:
    done = run(home, "dibao stats >&-; echo $?; dibao stats <&- >&- 2>&-; echo $?")
    assert (done.stdout, done.stderr) == ("0\n0\n", "")


@pytest.mark.parametrize("command", LONG)
def test_a_reader_that_has_had_enough_ends_a_command_quietly(home: Path, command: str) -> None:
    done = run(home, f"dibao {command} | head -c 20 | wc -c; exit ${{PIPESTATUS[0]}}")
    told = re.sub(r"\A\d+ articles match\n\Z", "", done.stderr)  # where all of it went into the pipe at once
    assert (done.returncode, done.stdout.strip(), told) == (0, "20", "")


@pytest.mark.parametrize("command", [*LONG, *HELP, "stats", "show 1", "gone --json", "impact --json"])
def test_a_full_disk_under_the_output_is_exit_code_3(home: Path, command: str) -> None:
    done = run(home, f"dibao {command} > /dev/full")
    assert done.returncode == 3, done.stderr
    *rest, last = done.stderr.splitlines()
    assert last.startswith("dibao: no room left for the output")
    assert not [line for line in rest if "Traceback" in line or "ignored" in line], done.stderr


@pytest.mark.parametrize("name", ["csv", "jsonl", "xlsx", "parquet", "datapackage"])
def test_a_full_disk_under_an_export_is_exit_code_3_and_leaves_nothing(home: Path, tmp_path: Path, name: str) -> None:
    out = shlex.quote(str(tmp_path / "out"))
    done = run(home, f"ulimit -f 50; dibao export {out} --format {name}")
    assert done.returncode == 3, done.stderr
    assert done.stderr.startswith("dibao: no room left for"), done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert os.listdir(tmp_path) == []
