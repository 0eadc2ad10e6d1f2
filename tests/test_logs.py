"""Logs: one line an event whatever a title holds, no secrets, rotated without losing a line."""

from __future__ import annotations

import io
import logging
import os
import pty
import re
import subprocess
import sys
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_crawl import ROOT, dibao

from crawler.demo.portal import DemoPortal
from crawler.demo.show import write_definition
from crawler.errors import ConfigError
from crawler.logs import EventFormatter, RotatingLog, mask, start_logging


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://user:geheim@x.gov.cn/a", "http://***@x.gov.cn/a"),
        ("proxy http://geheim@127.0.0.1:8080", "proxy http://***@127.0.0.1:8080"),
        ("https://x.gov.cn/a?id=3&token=geheim&page=2", "https://x.gov.cn/a?id=3&token=***&page=2"),
        ("https://x.gov.cn/a?access_token=geheim#x", "https://x.gov.cn/a?access_token=***#x"),
        ("https://x.gov.cn/a?X-Amz-Signature=geheim", "https://x.gov.cn/a?X-Amz-Signature=***"),
        ("https://x.gov.cn/a;jsessionid=geheim?x=1", "https://x.gov.cn/a;jsessionid=***?x=1"),
        ("/a?Password=geheim", "/a?Password=***"),
        ("api_key=geheim", "api_key=***"),
        ("Authorization: Bearer geheim", "Authorization: ***"),
        ("Set-Cookie: id=geheim; Path=/", "Set-Cookie: ***"),
        ("http://x.gov.cn/a?monkey=3&keyword=防汛", "http://x.gov.cn/a?monkey=3&keyword=防汛"),
        ("邮箱 webmaster@x.gov.cn，见 http://x.gov.cn/", "邮箱 webmaster@x.gov.cn，见 http://x.gov.cn/"),
        ("http://x.gov.cn/a?at=1@2", "http://x.gov.cn/a?at=1@2"),
    ],
)
def test_secrets_are_masked(text: str, shown: str) -> None:
    assert mask(text) == shown


HOSTILE = [
    "标题\n2026-11-24T01:02:03Z INFO erqi: all is well",
    "标题\r\x1b[2K\x1b]0;owned\x07",
    "行\u2028行\u2029行\x85行",
    "\u202egnp.exe",
    "\x00NUL \ud800 surrogate \x9b31m",
    "%s %d %(name)s {0}",
    "http://u:geheim@x/\n?token=geheim",
]


@pytest.mark.parametrize("title", HOSTILE)
@pytest.mark.parametrize("as_argument", [True, False])
def test_hostile_titles_stay_on_their_line(tmp_path: Path, title: str, as_argument: bool) -> None:
    handler = RotatingLog(tmp_path / "dibao.log")
    handler.setFormatter(EventFormatter(stamped=True))
    values = ("%s: %s", ("erqi", title)) if as_argument else (f"erqi: {title}", ())
    handler.emit(logging.LogRecord("dibao", logging.INFO, __file__, 1, *values, None))
    handler.close()
    written = (tmp_path / "dibao.log").read_bytes()
    assert re.fullmatch(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ INFO erqi: [^\x00-\x1f\x7f]*\n", written)
    assert len(written.decode("utf-8").splitlines()) == 1
    assert b"geheim" not in written


@given(st.text())
def test_any_text_is_one_line_and_masking_twice_is_masking_once(text: str) -> None:
    line = EventFormatter(stamped=False).format(logging.LogRecord("dibao", logging.INFO, "", 1, "%s", (text,), None))
    assert len(line.splitlines()) <= 1
    assert mask(mask(line)) == mask(line)


def test_a_traceback_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(EventFormatter(stamped=True))
    try:
        raise ValueError("line\nline")
    except ValueError as error:
        record = logging.LogRecord(
            "scrapy", logging.ERROR, "", 1, "failed", (), (ValueError, error, error.__traceback__)
        )
    handler.emit(record)
    assert stream.getvalue().count("\n") == 1


def _write(path: Path, name: str, lines: int) -> None:
    handler = RotatingLog(path, max_bytes=20_000, kept=50)
    handler.setFormatter(logging.Formatter("%(message)s"))
    for number in range(lines):
        handler.emit(logging.LogRecord("dibao", logging.INFO, "", 1, f"{name} {number} {'字' * 20}", (), None))
    handler.close()


def test_rotation_keeps_every_line_also_with_two_writers(tmp_path: Path) -> None:
    path, spawn = tmp_path / "dibao.log", get_context("spawn")
    writers = [spawn.Process(target=_write, args=(path, name, 1500)) for name in ("a", "b")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    files = [one for one in tmp_path.iterdir() if not one.name.endswith(".lock")]
    lines = [line for one in files for line in one.read_text("utf-8").splitlines()]
    assert sorted(" ".join(line.split()[:2]) for line in lines) == sorted(f"{n} {i}" for n in "ab" for i in range(1500))
    assert len(files) > 5 and max(one.stat().st_size for one in files) < 21_000


def test_only_so_many_files_are_kept(tmp_path: Path) -> None:
    _write(tmp_path / "dibao.log", "a", 10)
    handler = RotatingLog(tmp_path / "dibao.log", max_bytes=500, kept=2)
    for number in range(200):
        handler.emit(logging.LogRecord("dibao", logging.INFO, "", 1, f"line {number}", (), None))
    handler.close()
    assert {one.name for one in tmp_path.iterdir()} <= {"dibao.log", "dibao.log.1", "dibao.log.2", "dibao.log.lock"}
    assert (tmp_path / "dibao.log").read_text().endswith("line 199\n")


def test_where_it_cannot_be_rotated_no_line_is_lost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "dibao.log.lock").mkdir()
    _write(tmp_path / "dibao.log", "a", 1000)
    assert len((tmp_path / "dibao.log").read_text("utf-8").splitlines()) == 1000
    assert re.fullmatch(r"log \S+/dibao\.log: cannot be rotated \(.*\); it grows on\n", capsys.readouterr().err)


def test_a_full_disk_under_the_log_is_told_once_and_ends_nothing(tmp_path: Path) -> None:
    with DemoPortal() as portal:
        (tmp_path / "portals").mkdir()
        write_definition(portal, tmp_path / "portals")
        done = dibao("crawl", "qinghe", "--allow-loopback", "--log", "/dev/full", home=tmp_path)
    assert done.returncode == 0
    (told,) = done.stderr.splitlines()
    assert told.startswith("log /dev/full: cannot be written ([Errno 28] No space left on device)")


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"dibao\.log: cannot be written .*--log"):
        start_logging(False, tmp_path / "nowhere" / "dibao.log")


def test_a_crawl_writes_a_line_for_each_address_and_one_for_its_end(tmp_path: Path) -> None:
    with DemoPortal() as portal:
        (tmp_path / "portals").mkdir()
        write_definition(portal, tmp_path / "portals")
        done = dibao("crawl", "qinghe", "--allow-loopback", "--log", "crawl.log", home=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    lines = (tmp_path / "crawl.log").read_text("utf-8").splitlines()
    assert sum(" INFO qinghe: 200 article, " in line for line in lines) == 60
    assert sum(" INFO qinghe: 200 list, " in line for line in lines) >= 4
    assert lines[-1].endswith(": complete")
    assert all(" INFO qinghe: " in line for line in lines), "Scrapy has nothing to say"
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ [A-Z]+ ", line) for line in lines)


def test_on_a_terminal_one_line_shows_how_far_it_is(tmp_path: Path) -> None:
    with DemoPortal() as portal:
        (tmp_path / "portals").mkdir()
        write_definition(portal, tmp_path / "portals")
        environment = {**os.environ, "DIBAO_PORTALS": str(tmp_path / "portals")}
        command = [sys.executable, "-m", "crawler.cli", "crawl", "qinghe", "--allow-loopback", "--delay", "0.03"]
        terminal, other = pty.openpty()
        done = subprocess.run([*command, "--archive", str(tmp_path / "archive")], env=environment, cwd=ROOT,
                              stderr=other, stdout=subprocess.PIPE, text=True, timeout=60)  # fmt: skip
        os.close(other)
        with os.fdopen(terminal, "rb", buffering=0) as screen:
            drawn = screen.read(1 << 16).decode("utf-8")
    assert done.stdout.endswith(": complete\n")
    assert re.search(r"\r\x1b\[Kqinghe: \d+ requests · \d+ found · \d+ new · \d+ waiting", drawn)
    assert drawn.endswith("\r\x1b[K")
