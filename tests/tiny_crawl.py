"""Crawls in a process of their own: our middlewares over real Scrapy, a spider that only writes down what came back.

    crawl([{"id": "a", "urls": [...]}]) -> {"a": {"outcomes": [...], "reports": [...], ...}, "peak_mb": ...}

Twisted's reactor runs once per process, so a test hands over all its crawls at once; they run side by side. A crawl is
{id, urls, hosts, portal: {…}, options: {…}, settings: {…}, follow}. `names` replaces DNS: name -> addresses, a list of
lists being one answer after the other.
"""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urljoin, urlsplit

ROOT = Path(__file__).parent.parent


def crawl(
    crawls: list[dict[str, Any]],
    *,
    names: dict[str, list[Any]] | None = None,
    allow_loopback: bool = True,
    timeout: float = 90,
    interrupt_after: float | None = None,
) -> dict[str, Any]:
    """Run the crawls in a subprocess and return what each spider saw. `interrupt_after` seconds: one Ctrl-C."""
    job = json.dumps({"crawls": crawls, "names": names, "allow_loopback": allow_loopback})
    command = [sys.executable, "-m", "tests.tiny_crawl"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as process:  # type: ignore[call-overload]
        if interrupt_after is not None:
            assert process.stdin
            process.stdin.write(job + "\n")
            process.stdin.close()
            process.stdin = None
            time.sleep(interrupt_after)
            process.send_signal(signal.SIGINT)
            job = None
        out, err = process.communicate(job, timeout=timeout)
    assert process.returncode == 0, err[-3000:]
    found: dict[str, Any] = json.loads(out.splitlines()[-1])
    found["log"] = err
    return found


def main() -> None:
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.settings import Settings

    from crawler.manners import stop_all_gates
    from crawler.network_settings import NETWORK_SETTINGS

    logging.getLogger("dibao").setLevel(logging.INFO)
    job = json.loads(sys.stdin.readline())
    base = {
        **NETWORK_SETTINGS,
        "DIBAO_ALLOW_LOOPBACK": job["allow_loopback"],
        "LOG_LEVEL": "INFO",
        "CONCURRENT_REQUESTS": 32,  # all wait at their gate, in the order given
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
        "SCHEDULER_START_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
        "STUB_NAMES": job["names"],
    }
    if job["names"] is not None:
        base["TWISTED_DNS_RESOLVER"] = _stub_resolver()
    process = AsyncCrawlerProcess(Settings(base))
    runs = {}
    for given in job["crawls"]:
        run = runs[given["id"]] = _Run()
        given["options"] = {"allow_loopback": job["allow_loopback"], **given.get("options", {})}
        spider = type("Tiny", (_spider(),), {"name": given["id"], "custom_settings": given.get("settings", {})})
        process.crawl(spider, given=given, run=run)
    process.start()
    stop_all_gates()
    seen = {name: run.seen() for name, run in runs.items()}
    print(json.dumps({**seen, "peak_mb": _peak_mb()}))


def _peak_mb() -> float:
    """This process's own peak: getrusage would also tell of the one it was forked from."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


class _Run:
    """What the middlewares ask of a run: a ledger, a voice, a way to stop."""

    def __init__(self) -> None:
        from archive.ledger import Ledger

        self.ledger = Ledger()
        self.stopped: str | None = None
        self.outcomes: list[dict[str, Any]] = []
        self.reports: list[str] = []
        self.seconds = 0.0

    def report(self, kind: str, message: str, url: str = "") -> None:
        self.reports.append(f"{kind}: {message}")

    def stop(self, why: str, message: str = "") -> None:
        if self.stopped is None:
            self.stopped = why
            self.reports.append(f"{why}: {message}")

    def seen(self) -> dict[str, Any]:
        import sqlite3

        from archive.schema import FRONTIER

        conn = sqlite3.connect(":memory:")
        conn.executescript(FRONTIER)
        self.ledger.flush(conn, 1)
        columns = ("host", "requests", "bytes", "statuses", "robots", "backoffs", "waited")
        rows = conn.execute(f"SELECT {', '.join(columns)} FROM ledger").fetchall()
        return {
            "outcomes": self.outcomes,
            "reports": self.reports,
            "stopped": self.stopped,
            "seconds": self.seconds,
            "ledger": [dict(zip(columns, row, strict=True)) for row in rows],
        }


def _spider() -> type:
    from scrapy import Request, Spider

    from crawler.options import CrawlOptions

    class TinySpider(Spider):
        def __init__(self, given: dict[str, Any], run: _Run) -> None:
            super().__init__()
            first = given["urls"][0]
            hosts = given.get("hosts") or [urlsplit(first).hostname]
            portal = {"id": given["id"], "url": first, "hosts": hosts, "sections": (), "delay_s": None, "window": None}
            self.portal = SimpleNamespace(**{**portal, "verify_tls": True, "robots": None, **given.get("portal", {})})
            self.options = CrawlOptions(**given["options"])
            self.given, self.run, self.began = given, run, time.monotonic()

        async def start(self) -> AsyncIterator[Any]:
            for url in self.given["urls"]:
                yield self.request(url)

        def request(self, url: str, hop: int = 0) -> Request:
            meta = {"handle_httpstatus_all": True, "hop": hop}
            return Request(url, callback=self.parse, errback=self.failed, meta=meta, dont_filter=True)

        def parse(self, response: Any) -> Iterator[Any]:
            self.note(response.url, status=response.status, bytes=len(response.body), flags=response.flags,
                      body=response.body[:200].decode("latin-1"), wire=response.meta.get("wire_bytes"))  # fmt: skip
            location = response.headers.get("Location", b"").decode("latin-1")
            if self.given.get("follow") and response.status == 302 and not response.meta["hop"]:
                try:
                    yield self.request(urljoin(response.url, location), hop=1)
                except ValueError as error:  # no address at all
                    self.note(location, error=str(error))

        def failed(self, failure: Any) -> None:
            from crawler.failures import failure_state

            error = failure.value
            self.note(failure.request.url, error=type(error).__name__, text=str(error)[:300],
                      ended=failure_state(error)[0],
                      state=getattr(error, "state", None), reason=getattr(error, "reason", None))  # fmt: skip

        def note(self, url: str, **what: Any) -> None:
            self.run.seconds = time.monotonic() - self.began
            self.run.outcomes.append({"url": url, "at": self.run.seconds, **what})

    return TinySpider


def _stub_resolver() -> type:
    from twisted.internet.address import IPv4Address, IPv6Address

    from crawler.resolver import GuardedResolver

    class Names:
        def __init__(self, names: dict[str, list[Any]]) -> None:
            self.names = names

        def resolveHostName(self, receiver: Any, name: str, port: int = 0, *_: Any) -> Any:
            answer = self.names.get(name, [name] if name[:1].isdigit() or ":" in name else [])
            if answer and isinstance(answer[0], list):
                answer = answer.pop(0) if len(answer) > 1 else answer[0]
            receiver.resolutionBegan(None)
            for address in answer:
                kind = IPv6Address if ":" in address else IPv4Address
                receiver.addressResolved(kind("TCP", address, port))
            receiver.resolutionComplete()
            return None

    class StubResolver(GuardedResolver):
        @classmethod
        def from_crawler(cls, crawler: Any, reactor: Any) -> Any:
            made = super().from_crawler(crawler, reactor)
            made.inner = Names(crawler.settings.get("STUB_NAMES") or {})
            return made

    return StubResolver


if __name__ == "__main__":
    main()
