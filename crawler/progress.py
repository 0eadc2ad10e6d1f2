"""What a person sees while a crawl runs: one line that rewrites itself on a terminal, nothing in cron."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from crawler.run import PortalRun

EVERY = 0.2  # seconds between two drawings


class Progress:
    def __init__(self) -> None:
        self._on = sys.stderr.isatty()
        self._drawn = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._on and self._drawn:
            sys.stderr.write("\r\x1b[K")

    def update(self, run: PortalRun) -> None:
        """Draw the line of this run, not more than five times a second."""
        now = time.monotonic()
        if not self._on or now - self._drawn < EVERY:
            return
        self._drawn = now
        counts = run.tally.verdicts
        sys.stderr.write(
            f"\r\x1b[K{run.portal.id}: {run.tally.requests} requests · {counts.get('found', 0)} found · "
            f"{counts.get('new', 0)} new · {run.frontier.pending()} waiting"
        )
        sys.stderr.flush()
