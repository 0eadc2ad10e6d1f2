"""What a server sees of 2,000 requests: never two at once, never sooner than the delay, robots.txt first.

    .venv/bin/python benchmarks/politeness.py [REQUESTS] [DELAY]

Two portals on one host share its gate; the server writes down when each request came and how many were open.
"""

from __future__ import annotations

import statistics
import sys
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from tiny_crawl import crawl
from trapserver import Asked, Reply, TrapServer, page


class Watched:
    """A page, and the most requests that were open at the same time."""

    def __init__(self) -> None:
        self.open, self.most, self.lock = 0, 0, threading.Lock()

    def __call__(self, asked: Asked, sock: Any) -> Reply:
        with self.lock:
            self.open += 1
            self.most = max(self.most, self.open)
        time.sleep(0.002)
        with self.lock:
            self.open -= 1
        return page()


def main(requests: int = 2000, delay: float = 0.02) -> None:
    watched = Watched()
    with TrapServer() as server:
        server.routes["/*"] = watched
        half = (requests - 2) // 2
        crawls = [
            {"id": name, "urls": [server.url(f"/{name}/{n}") for n in range(half)], "options": {"delay": delay}}
            for name in ("erqi", "jinshui")
        ]
        began = time.monotonic()
        found = crawl(crawls, timeout=3600)
        seconds = time.monotonic() - began
    gaps = sorted(server.gaps())
    answered = sum(outcome.get("status") == 200 for name in ("erqi", "jinshui") for outcome in found[name]["outcomes"])
    print(f"{len(server.log)} requests in {seconds:.0f} s, {answered} pages, {server.connections} connections")
    print(f"robots.txt: {server.paths().count('/robots.txt')} times, first: {server.paths()[0]}")
    print(f"open at once, at most: {watched.most}")
    print(
        f"seconds between requests, asked for {delay}: least {gaps[0]:.4f}, median {statistics.median(gaps):.4f}, "
        f"most {gaps[-1]:.4f}; sooner than asked for: {sum(gap < delay for gap in gaps)}"
    )


if __name__ == "__main__":
    main(*(int(sys.argv[1]),) if len(sys.argv) == 2 else (int(sys.argv[1]), float(sys.argv[2])) if sys.argv[1:] else ())
