"""Miniature portals: every platform and pager kind as a web server on loopback, with its truth.

    with miniportal("trs") as site:
        site.column_url, site.truth(), site.requests, site.insert(2), site.withdraw(3), site.edit(0)

Written by us in the shapes of the real ones (address shapes, markup, labels, charset, traps).
"""

from __future__ import annotations

from tests.miniportals import by_file, by_interface, by_query, from_oldest
from tests.miniportals.server import MiniPortal, Platform

PLATFORMS: dict[str, Platform] = {
    one.name: one for one in (*by_file.PLATFORMS, *from_oldest.PLATFORMS, *by_query.PLATFORMS, *by_interface.PLATFORMS)
}


def miniportal(name: str, items: int = 34) -> MiniPortal:
    """The portal of this name, with so many articles."""
    return MiniPortal(PLATFORMS[name], items)
