"""What a person asks of one crawl."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    full: bool = False  # every list to its end, every held article re-checked once
    limit: int | None = None  # at most so many new articles per portal
    since: str | None = None  # ISO date: rows older than that are left alone
    allow_loopback: bool = False
    delay: float | None = None  # seconds between requests to one host; None = the definition's
    contact: str | None = None  # whom a portal can reach
    max_requests: int | None = None  # per portal and run
    max_bytes: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Everything that was asked, for `runs.settings`; the contact is not kept there."""
        return {key: value for key, value in asdict(self).items() if value not in (None, False) and key != "contact"}
