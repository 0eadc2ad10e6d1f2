"""Imports that leave out what a library would bring along for others."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Import as if these modules were not installed; they can be imported afterwards."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules |= dict.fromkeys(hidden)  # type: ignore[arg-type]  # None is what `import` takes for "there is none"
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
