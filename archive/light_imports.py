"""Imports that leave out what a library would bring along for others."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(name: str) -> Iterator[None]:
    """Import as if the module `name` were not installed; it can be imported afterwards."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]  # what `import` takes for "there is none"
    try:
        yield
    finally:
        del sys.modules[name]
