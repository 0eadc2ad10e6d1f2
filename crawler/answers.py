"""What came back for one task, and what became of it. The spider makes these, `PortalRun.settle` stores them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from archive.frontier import Task
from archive.records import Article, Capture, Listing

# Headers whose values are secrets: kept by name only.
SECRET_HEADERS = frozenset({"set-cookie", "cookie", "authorization", "proxy-authorization"})


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer: the capture, and how it arrived."""

    capture: Capture
    elapsed: float  # seconds from request to the last byte
    wire_bytes: int  # as received, before decompression

    def header(self, name: str) -> str | None:
        """The first value of the header, or None."""
        lowered = name.lower()
        return next((value for key, value in self.capture.headers if key.lower() == lowered), None)


@dataclass(frozen=True, slots=True)
class ListRead:
    """A list page was read."""

    task: Task
    answer: Answer
    listing: Listing


@dataclass(frozen=True, slots=True)
class ArticleRead:
    """An article was read; `more` are the answers for its further body pages."""

    task: Task
    answer: Answer
    article: Article
    more: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class FileRead:
    """An attachment arrived."""

    task: Task
    answer: Answer


@dataclass(frozen=True, slots=True)
class Unchanged:
    """304: as we hold it."""

    task: Task
    answer: Answer


@dataclass(frozen=True, slots=True)
class Redirected:
    """The address leads to `target` (absolute); the target becomes a task of its own."""

    task: Task
    answer: Answer
    target: str


@dataclass(frozen=True, slots=True)
class Again:
    """To be asked again in this run, or, when it has been asked often enough, to end as `state`."""

    task: Task
    state: str
    reason: str
    answer: Answer | None = None
    unconditional: bool = False  # a 304 for a page we lack


@dataclass(frozen=True, slots=True)
class Ended:
    """Nothing to store: gone, refused, failed, challenged, not an article."""

    task: Task
    state: str
    reason: str
    answer: Answer | None = None
    keep: bool = True  # whether the bytes are evidence worth a capture


Outcome = ListRead | ArticleRead | FileRead | Unchanged | Redirected | Again | Ended


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing an operator should read: what was found, where, what to do."""

    portal: str
    kind: str  # drift, challenged, refused, unreachable, list …
    message: str
    url: str = ""

    def __str__(self) -> str:
        return f"{self.portal}: {self.message}"


@dataclass(slots=True)
class Tally:
    """What came of the pages of one run, for the summary line and `runs.counts`."""

    verdicts: dict[str, int] = field(default_factory=dict)

    def add(self, verdict: str) -> None:
        self.verdicts[verdict] = self.verdicts.get(verdict, 0) + 1


def public_headers(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The headers with secret values blanked; a cookie keeps its name, which tells the product that set it."""
    return tuple((name, _blanked(name.lower(), value)) for name, value in headers)


def _blanked(name: str, value: str) -> str:
    if name == "set-cookie":
        return value.partition("=")[0] + "="
    return "" if name in SECRET_HEADERS else value
