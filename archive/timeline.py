"""States of one article seen by two archives, put in order of time. Pure; `archive/merge.py` reads and writes them.

Our states are all kept, as they are. A state of the other archive is kept where its text differs from the one we knew
then, in all the readings that its rules gave of it, one after another. Whoever saw the page last says what it is now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class State:
    """One state of an article: the columns it had, and when it was first seen (UTC)."""

    seen: str
    digest: str  # content_digest
    columns: tuple[Any, ...]
    cause: str  # who replaced it: publisher or rules; of the last state meaningless
    ours: bool


def interleave(
    ours: Sequence[State], theirs: Sequence[State], *, ours_last: str, theirs_last: str
) -> tuple[list[State], list[str]]:
    """All states in order of time, the present one last, and what contradicts: one line each.

    `ours_last`, `theirs_last`: when either archive last saw its present state.
    """
    conflicts: list[str] = []
    merged: list[State] = []
    known = {(state.seen, state.digest) for state in ours}
    fresh = [state for state in theirs if (state.seen, state.digest) not in known]
    for state in sorted([*ours, *fresh], key=lambda state: (state.seen, not state.ours)):
        before = merged[-1] if merged else None
        if before is None or before.digest != state.digest:
            if before is not None and before.seen == state.seen and before.ours != state.ours:
                conflicts.append(f"two texts at {state.seen}")
        elif before.ours and not state.ours:  # the text we knew then: our reading of it
            continue
        elif state.ours and not before.ours:  # the same text, seen earlier by the other: our reading of it, their time
            while merged and merged[-1].digest == state.digest:
                state = replace(state, seen=merged.pop().seen)
        merged.append(state)
    last = ours[-1] if ours_last >= theirs_last else theirs[-1]
    if merged[-1].digest != last.digest:
        conflicts.append(f"another text seen between {last.seen} and {max(ours_last, theirs_last)}: {merged[-1].seen}")
        merged.append(replace(last, seen=max(ours_last, theirs_last)))
    return merged, conflicts
