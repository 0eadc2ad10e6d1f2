"""Many jobs under way, what they give in their order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Coroutine, Iterator
from typing import Any, TypeVar

T = TypeVar("T")
AT_ONCE = 64  # pages in the workers or waiting for them


async def in_order(jobs: Iterator[Coroutine[Any, Any, T]]) -> AsyncIterator[T]:
    """What each job gives; at most AT_ONCE are begun and not yet given out."""
    waiting: deque[asyncio.Task[T]] = deque()
    for job in jobs:
        waiting.append(asyncio.create_task(job))
        if len(waiting) >= AT_ONCE:
            yield await waiting.popleft()
    while waiting:
        yield await waiting.popleft()
