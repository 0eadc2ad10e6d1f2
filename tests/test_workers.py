"""Pages are read in processes with a deadline: killed, replaced, and gone with their parent."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from archive.records import Capture
from crawler.errors import NotAnArticle, PageError, PageTimeout, PageTooBig
from crawler.workers import PageWorkers, _documented
from tests.article_shapes import PARAGRAPHS, SHAPES
from tests.shared import ROOT


def capture(page: str) -> Capture:
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    return Capture("http://x.gov.cn/a/9.html", "2026-04-09T02:21:00Z", 200, headers, page.encode())


@pytest.fixture(scope="module")
def workers() -> Iterator[PageWorkers]:
    with PageWorkers(2, deadline=3) as pool:
        yield pool


def test_article_and_refusals_cross_the_border_whole(workers: PageWorkers) -> None:
    async def read() -> list[object]:
        pages = [SHAPES["jeecms"].html, "<p " + "a=1 " * 50_000 + ">", "<html></html>"]
        tasks = [workers.extract(capture(page), None) for page in pages]
        return list(await asyncio.gather(*tasks, return_exceptions=True))

    article, too_big, empty = asyncio.run(read())
    assert article.body == "\n".join(PARAGRAPHS)  # type: ignore[attr-defined]
    assert isinstance(too_big, PageTooBig)
    assert isinstance(empty, NotAnArticle) and empty.kind == "empty"


def test_a_hanging_or_dying_worker_costs_its_page_alone(workers: PageWorkers) -> None:
    async def read() -> list[object]:
        tasks = [
            workers._run(time.sleep, 600),
            workers._run(os._exit, 3),
            *[workers.extract(capture(SHAPES["jeecms"].html), None) for _ in range(6)],
        ]
        return list(await asyncio.gather(*tasks, return_exceptions=True))

    hung, died, *articles = asyncio.run(read())
    assert isinstance(hung, PageTimeout) and "3 s" in str(hung)
    assert isinstance(died, PageError) and not isinstance(died, PageTimeout)
    assert [article.title for article in articles] == ["县政府召开第18次常务会议"] * 6  # type: ignore[attr-defined]


def test_a_bug_in_a_parser_is_named_and_costs_one_page() -> None:
    def broken(*arguments: object, **options: object) -> None:
        raise KeyError("column")

    with pytest.raises(PageError, match=r"KeyError: 'column' while reading http://x\.gov\.cn/a/9\.html"):
        _documented(broken, capture(""), None)


PARENT = """
import asyncio, os, sys
from crawler.workers import PageWorkers
if __name__ == "__main__":
    workers = PageWorkers(2, deadline=60)
    async def pids():
        return await asyncio.gather(*[workers._run(os.getpid) for _ in range(8)])
    print(*set(asyncio.run(pids())), flush=True)
    sys.stdin.read()
"""


def test_workers_end_with_their_parent(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as parent:
        assert parent.stdout is not None
        children = [int(word) for word in parent.stdout.readline().split()]
        assert children
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and any(map(_alive, children)):
            time.sleep(0.1)
        assert not any(map(_alive, children))


SIGNALLED = """
import asyncio, os, signal, threading, time
from crawler.workers import PageWorkers
if __name__ == "__main__":
    here = [0]
    def counted(number, frame):
        here[0] += 1
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, counted)
    def send():  # to the whole group, from before the workers are there until they have worked
        while not done.wait(0.02):
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                os.killpg(0, number)
    done = threading.Event()
    threading.Thread(target=send, daemon=True).start()
    workers = PageWorkers(2, deadline=60)
    async def pids():
        return await asyncio.gather(*[workers._run(os.getpid) for _ in range(20)])
    first = asyncio.run(pids())
    time.sleep(0.2)
    second = asyncio.run(pids())
    done.set()
    began = time.monotonic()
    workers.close()
    print(here[0] > 10, len({*first, *second}) <= 2, time.monotonic() - began < 2)
"""


def test_a_signal_to_the_whole_group_is_the_parents_alone(tmp_path: Path) -> None:
    """Ctrl-C in a terminal, `timeout`, a closed window: the parent stops in order, and needs its workers for that."""
    script = tmp_path / "parent.py"
    script.write_text(SIGNALLED)
    done = subprocess.run([sys.executable, str(script)], env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=60,
                          capture_output=True, text=True, start_new_session=True, check=False)  # fmt: skip
    assert (done.stdout, done.stderr, done.returncode) == ("True True True\n", "", 0)


def test_a_worker_that_is_just_beginning_is_ended_at_once_and_without_a_word(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import os, time\n"
        "from crawler.workers import PageWorkers\n"
        "if __name__ == '__main__':\n"
        "    workers = PageWorkers(4)\n"
        "    workers._pool.schedule(os.getpid)\n"
        "    time.sleep(0.05)\n"
        "    began = time.monotonic()\n"
        "    workers.close()\n"
        "    print(time.monotonic() - began < 2)\n"
    )
    done = subprocess.run([sys.executable, str(script)], env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=60,
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert (done.stdout, done.stderr, done.returncode) == ("True\n", "", 0)


def _alive(pid: int) -> bool:
    with suppress(ProcessLookupError, FileNotFoundError):
        os.kill(pid, 0)
        with open(f"/proc/{pid}/stat") as status:
            return status.read().rsplit(")", 1)[1].split()[0] != "Z"
    return False
