"""Named points at which a test can kill the process: DIBAO_CRASH_AT=before_commit, or before_commit:3 (third time).

Points: before_raw_write, after_raw_write, before_commit, after_commit, in_migration, in_export.
"""

from __future__ import annotations

import os
import signal
from collections import Counter

_passed: Counter[str] = Counter()


def point(name: str) -> None:
    """Die here, as by kill -9, when the environment asks for it."""
    wanted, _, count = os.environ.get("DIBAO_CRASH_AT", "").partition(":")
    if wanted != name:
        return
    _passed[name] += 1
    if _passed[name] >= int(count or 1):
        os.kill(os.getpid(), signal.SIGKILL)
