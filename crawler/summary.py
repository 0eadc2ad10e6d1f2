"""How a run ended: the counts, the line an operator reads, the exit code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crawler.answers import Issue

if TYPE_CHECKING:
    from crawler.run import PortalRun

# Exit codes, in the order in which the first that applies wins (docs/cli.md).
EXIT_ORDER = (2, 5, 3, 6, 1, 11, 12, 4, 10, 0)
# Why a run stopped early -> its outcome in `runs`, and the exit code.
STOPPED = {
    "stopping": ("stopped", 11),
    "challenged": ("challenged", 12),
    "refused": ("refused", 12),
    "unreachable": ("unreachable", 1),
    "disk_full": ("disk_full", 3),
    "damaged": ("failed", 6),
    "budget": ("partial", 10),
    "window": ("partial", 10),
    "later": ("partial", 10),
    "failed": ("failed", 1),
}
BROKEN = frozenset({"disk_full", "damaged", "failed"})  # why a run stopped that an error ended
NOT_RUN = frozenset({"resting", "unusable"})  # outcomes of portals that were due and were not asked
DRIFT = frozenset({"drift", "silent", "list"})
UNREAD = "unread"  # an issue: a list was not read to its end, for no reason that we chose


@dataclass(frozen=True, slots=True)
class RunSummary:
    portal: str
    run_id: int
    outcome: str  # complete, partial, drift, stopped, challenged, refused, unreachable, disk_full, failed
    exit_code: int
    states: Mapping[str, int]  # end states of the addresses this run took up
    verdicts: Mapping[str, int]  # found, new, unchanged, revision, reprint, gone
    requests: int  # all that went out: robots.txt, retries and further pages of a body too
    bytes: int
    seconds: float
    issues: tuple[Issue, ...] = field(default=())

    @classmethod
    def of(cls, run: PortalRun, states: Mapping[str, int], reprints: int, seconds: float) -> RunSummary:
        """The summary of a run whose outcomes are `states`."""
        outcome, code = _ending(run.stopped, states, run.issues)
        verdicts = dict(run.tally.verdicts)
        verdicts["reprint"] = reprints
        return cls(run.portal.id, run.run_id, outcome, code, dict(states), verdicts, run.ledger.requests,
                   run.ledger.bytes, seconds, tuple(run.issues))  # fmt: skip

    @classmethod
    def broken(cls, run: PortalRun) -> RunSummary:
        """The summary of a run without books: it took nothing up, or could not write how it ended."""
        outcome, code = STOPPED[run.stopped or "failed"]
        return cls(run.portal.id, run.run_id, outcome, code, {}, dict(run.tally.verdicts), run.ledger.requests,
                   run.ledger.bytes, 0.0, tuple(run.issues))  # fmt: skip

    @classmethod
    def not_run(cls, portal_id: str, outcome: str, code: int, message: str) -> RunSummary:
        """The summary of a portal that was to be crawled and was not: at rest, or its definition cannot be used."""
        issue = Issue(portal_id, outcome, message)
        return cls(portal_id, 0, outcome, code, {}, {}, 0, 0, 0.0, (issue,))

    @property
    def taken(self) -> int:
        return sum(self.states.values())

    def counts(self) -> dict[str, Any]:
        """For `runs.counts`."""
        return {
            "taken": self.taken,
            "states": dict(self.states),
            "verdicts": dict(self.verdicts),
            "requests": self.requests,
            "bytes": self.bytes,
            "issues": [str(issue) for issue in self.issues],
        }

    def as_dict(self) -> dict[str, Any]:
        """For `dibao crawl --json`."""
        return {"portal": self.portal, "run": self.run_id, "outcome": self.outcome, "exit_code": self.exit_code,
                "seconds": round(self.seconds, 2), **self.counts()}  # fmt: skip

    def line(self) -> str:
        """erqi: 60 found · 60 new · 0 unchanged · 0 revised · 1 reprint · 0 gone · 66 requests, 4.1 s: complete"""
        if self.outcome in NOT_RUN:
            return f"{self.portal}: {self.issues[0].message}: {self.outcome}"
        names = (("found", "found"), ("new", "new"), ("unchanged", "unchanged"), ("revision", "revised"),
                 ("reprint", "reprint"), ("gone", "gone"))  # fmt: skip
        verdicts = dict(self.verdicts)
        verdicts["unchanged"] = verdicts.get("unchanged", 0) + verdicts.get("revisit", 0)
        parts = [f"{verdicts.get(key, 0)} {name}" for key, name in names]
        held_back = self.states.get("held_back", 0)
        bad = sum(count for state, count in self.states.items() if _is_trouble(state)) - held_back
        if bad:
            parts.append(f"{bad} failed or refused")
        if held_back:
            parts.append(f"{held_back} held back")
        if self.states.get("pending", 0) + self.states.get("leased", 0):
            parts.append(f"{self.states.get('pending', 0) + self.states.get('leased', 0)} pending")
        return f"{self.portal}: {' · '.join(parts)} · {self.requests} requests, {self.seconds:.1f} s: {self.outcome}"


def failure(error: BaseException) -> str:
    """Why a run stops that this error ends: a key of STOPPED."""
    return {3: "disk_full", 6: "damaged"}.get(getattr(error, "exit_code", 1), "failed")


def exit_code(summaries: Iterable[RunSummary]) -> int:
    """The code of the whole command: the first of EXIT_ORDER that any run ended with.

    One unreachable portal among several that were read is a part failure (10), not a failure (1).
    """
    codes = [summary.exit_code for summary in summaries]
    if len(codes) > 1 and 1 in codes and any(code != 1 for code in codes):
        codes = [10 if code == 1 else code for code in codes]
    return next((code for code in EXIT_ORDER if code in codes), 0)


def _ending(stopped: str | None, states: Mapping[str, int], issues: Sequence[Issue]) -> tuple[str, int]:
    drifted = any(issue.kind in DRIFT for issue in issues)
    if stopped is not None and not (STOPPED[stopped][1] == 10 and drifted):
        return STOPPED[stopped]
    if "refused_robots" in states and not any(state == "listed" or state.startswith("failed_") for state in states):
        return STOPPED["refused"]
    if drifted:
        return "drift", 4
    if any(issue.kind == UNREAD for issue in issues):
        return "partial", 10
    if any(_is_trouble(state) or state in ("pending", "leased") for state in states):
        return "partial", 10
    return "complete", 0


def _is_trouble(state: str) -> bool:
    return state.startswith("failed_") or state in ("retry_later", "refused_robots", "blocked_challenge", "held_back")
