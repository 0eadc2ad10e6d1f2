"""Reading pages in worker processes with a deadline and a bound on memory: one hostile page cannot stop a run.

100,000 attributes on one tag keep a parser busy in C for minutes; only another process can be killed at a deadline and
replaced. Workers are spawned, at least two, and end with their parent. One that would need more than MEMORY_MB gets
none, and ends: that costs the page alone. Signals sent to the whole process group (Ctrl-C, `timeout`) reach the parent
alone, which needs its workers to stop in order.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import contextmanager, suppress
from datetime import datetime
from email.utils import format_datetime
from functools import partial
from multiprocessing import resource_tracker
from multiprocessing.context import SpawnContext, SpawnProcess
from types import TracebackType
from typing import Any, Self

from pebble import ProcessExpired, ProcessPool

from archive.records import Article, Capture, Listing
from crawler.errors import PageError, PageTimeout, PageTooBig, WorkersGone
from crawler.portal import Portal

DEADLINE = 10.0  # seconds for one page
WORKERS = max(2, min(4, os.cpu_count() or 2))
MEMORY_MB = 512  # all that one worker may hold; 40 at rest; the worst page within the limits of html.py adds 130
OUT_OF_MEMORY = 77  # what a worker ends with then
TASKS_PER_WORKER = 5_000  # then a fresh process: what leaks, leaks no further
PARENTS = {signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])}


class PageWorkers:
    """`async with`-free: the pool is plain, only the waiting is awaited."""

    def __init__(self, workers: int = WORKERS, deadline: float = DEADLINE, memory_mb: int = MEMORY_MB) -> None:
        self.deadline = deadline
        self.memory_mb = memory_mb
        with _signals_blocked():  # multiprocessing's helper, one for all workers, shields itself from all but SIGHUP
            resource_tracker.ensure_running()
        self._context = _Spawn()
        self._pool = ProcessPool(
            max_workers=workers, max_tasks=TASKS_PER_WORKER, context=self._context, initializer=_begin,
            initargs=(os.getpid(), memory_mb),
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    async def extract(self, capture: Capture, portal: Portal | None) -> Article:
        """The article on a page. Raises PageError; PageTimeout at the deadline."""
        article = await self._run(_extract, capture, portal)
        assert isinstance(article, Article)
        return article

    async def list_page(
        self, capture: Capture, portal: Portal | None, request: Mapping[str, Any] | None = None
    ) -> Listing:
        """The rows and pager of a list page that was asked for by `request` (None: a plain GET). Raises PageError."""
        listing = await self._run(_list_page, capture, portal, request)
        assert isinstance(listing, Listing)
        return listing

    async def stitch(self, captures: Sequence[Capture], portal: Portal | None) -> Article:
        """The article whose body goes over several pages, in one piece."""
        article = await self._run(_stitch, list(captures), portal)
        assert isinstance(article, Article)
        return article

    def close(self) -> None:
        """End the workers at once, before the pool takes its pipes away: one that just begins complains of that."""
        self._pool.stop()
        self._context.end()
        self._pool.join()

    async def _run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        try:
            future = self._pool.schedule(function, args=arguments, timeout=self.deadline)
            page = asyncio.wrap_future(future)
            while not page.done() and self._pool.active:  # a pool that breaks may leave a page waiting
                await asyncio.wait({page}, timeout=1.0)
            return page.result()
        except FutureTimeout:
            raise PageTimeout(f"reading the page took longer than {self.deadline:g} s") from None
        except ProcessExpired as error:
            if error.exitcode == OUT_OF_MEMORY:
                raise PageTooBig(f"page needs more than {self.memory_mb} MB of memory to read") from None
            bound = f"it may hold {self.memory_mb} MB at most"
            raise PageError(f"the process reading the page died ({error}; {bound})") from None
        except (RuntimeError, BrokenExecutor, asyncio.CancelledError, asyncio.InvalidStateError):
            if self._pool.active:  # else these are the ways in which pebble says that all are gone
                raise
            raise WorkersGone("the processes that read pages are gone; crawl again") from None


@contextmanager
def _signals_blocked() -> Iterator[None]:
    """Processes that begin here are born with the parent's signals blocked: a mask goes through fork and exec."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, PARENTS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Worker(SpawnProcess):
    """A process that no signal to the group reaches: not until `_leave_group`, by the mask, nor from then on."""

    def start(self) -> None:
        with _signals_blocked():
            super().start()

    def terminate(self) -> None:
        """How the pool ends one that hangs, or is needed no more: by SIGKILL, for SIGTERM is not seen."""
        self.kill()


class _Spawn(SpawnContext):
    """Begins the workers of one pool, and remembers them."""

    def __init__(self) -> None:
        super().__init__()
        self._begun: list[_Worker] = []

    def Process(self, *arguments: Any, **more: Any) -> _Worker:  # type: ignore[override]
        worker = _Worker(*arguments, **more)
        self._begun = [one for one in self._begun if _may_run(one)] + [worker]
        return worker

    def end(self) -> None:
        for worker in filter(_may_run, self._begun):
            if worker.is_alive():  # else it was never started
                worker.kill()


def _may_run(worker: _Worker) -> bool:
    with suppress(ValueError):  # closed: ended and forgotten
        return worker.exitcode is None
    return False


def _begin(parent: int, memory_mb: int) -> None:
    """What a worker does first."""
    _leave_group()
    _bound_memory(memory_mb)
    _end_with_parent(parent)


def _leave_group() -> None:
    """Be a process group of one's own, and drop what was sent to the parent's before."""
    if not hasattr(signal, "pthread_sigmask"):
        return
    os.setpgid(0, 0)
    for number in PARENTS:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, PARENTS)


def _bound_memory(memory_mb: int) -> None:
    """What is asked for beyond this is refused by the kernel. Systems without such a limit have the deadline alone."""
    with suppress(ImportError, AttributeError, ValueError, OSError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        wanted = memory_mb << 20
        resource.setrlimit(
            resource.RLIMIT_DATA, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most)
        )


def _end_with_parent(parent: int) -> None:
    """A worker whose parent is gone must not linger."""
    import threading
    import time

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def _extract(capture: Capture, portal: Portal | None) -> Article:
    from crawler.extract import extract

    return _documented(extract, capture, portal)


def _list_page(capture: Capture, portal: Portal | None, request: Mapping[str, Any] | None) -> Listing:
    from crawler.listing import list_page

    return _documented(partial(list_page, request=request), capture, portal)


def _stitch(captures: list[Capture], portal: Portal | None) -> Article:
    from crawler.stitch import stitch

    return stitch([_extract(capture, portal) for capture in captures])


def _with_date(capture: Capture) -> tuple[tuple[str, str], ...]:
    """The headers of a capture, with the time of the fetch where the server gave no Date."""
    if any(name.lower() == "date" for name, _ in capture.headers):
        return capture.headers
    return (*capture.headers, ("Date", format_datetime(datetime.fromisoformat(capture.fetched))))


def _documented(read: Callable[..., Any], capture: Capture, portal: Portal | None) -> Any:
    """Run a reader; what it was not meant to raise becomes a PageError of this one page."""
    try:
        return read(capture.payload, capture.url, headers=_with_date(capture), portal=portal)
    except PageError:
        raise
    except MemoryError:  # what is left may be too little for the next page: a fresh process reads it
        os._exit(OUT_OF_MEMORY)
    except Exception as error:  # the border of a worker: a bug in a parser costs one page, and is named
        raise PageError(f"{type(error).__name__}: {error} while reading {capture.url}") from error
