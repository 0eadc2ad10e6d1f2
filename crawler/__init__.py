"""Everything that meets the network or HTML: portals, list pages, article pages, the crawl. Imports `archive`."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crawler.extract import extract
    from crawler.listing import list_page

__all__ = ["extract", "list_page"]


def __getattr__(name: str) -> Any:
    """Import the two library entry points only when asked for: `dibao --help` must not pay for a parser."""
    if name == "extract":
        from crawler.extract import extract

        return extract
    if name == "list_page":
        from crawler.listing import list_page

        return list_page
    raise AttributeError(f"module 'crawler' has no attribute {name!r}")


class _Package(ModuleType):
    """`crawler.extract` is the function, also after its module of the same name was imported."""

    def __setattr__(self, name: str, value: Any) -> None:
        entry_point = name == "extract" and isinstance(value, ModuleType)
        super().__setattr__(name, value.extract if entry_point else value)


sys.modules[__name__].__class__ = _Package
