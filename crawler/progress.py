"""What a person sees while a crawl runs: one line that rewrites itself on a terminal, nothing in cron."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from archive.terminal import clean, cut

if TYPE_CHECKING:
    from crawler.run import PortalRun


class Progress:
    def __init__(self) -> None:
        self._on = sys.stderr.isatty()
        self._drawn = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._drawn:
            sys.stderr.write("\r\x1b[K")

    def update(self, runs: Sequence[PortalRun]) -> None:
        """Draw the line of the portals that are being crawled."""
        if self._on and runs:
            self._drawn = True
            sys.stderr.write(f"\r\x1b[K{cut(clean(progress_line(runs)), 79)}")
            sys.stderr.flush()


def progress_line(runs: Sequence[PortalRun]) -> str:
    """erqi, gov_cn: 66 requests · 60 found · 60 new · 12 waiting"""
    requests = sum(run.ledger.requests for run in runs)
    found, new = (sum(run.tally.verdicts.get(word, 0) for run in runs) for word in ("found", "new"))
    waiting = sum(run.frontier.pending() for run in runs)
    names = ", ".join(run.portal.id for run in runs[:3]) + (f" and {len(runs) - 3} more" if len(runs) > 3 else "")
    return f"{names}: {requests} requests · {found} found · {new} new · {waiting} waiting"
