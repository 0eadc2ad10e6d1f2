"""What a person names on the command line -> portals to crawl."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from crawler.catalogue import Entry, catalogue
from crawler.definitions import load_portal
from crawler.errors import ConfigError
from crawler.portal import Portal, for_url


def resolve_targets(targets: Sequence[str], *, all_portals: bool = False) -> list[Portal]:
    """Definitions by id, ad-hoc ones for column addresses; each portal once, in the order named."""
    portals = [_resolve(target) for target in targets]
    if all_portals:
        portals += [load_portal(entry.id) for entry in catalogue() if _crawlable(entry)]
    return list({portal.id: portal for portal in portals}.values())


def _resolve(target: str) -> Portal:
    if "://" not in target:
        return load_portal(target)
    parts = urlsplit(target)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(f"{target}: not an http or https address; give a portal id or the address of a column")
    return for_url(target)


def _crawlable(entry: Entry) -> bool:
    """Seen on a real page, with columns, and not closed to crawlers."""
    return entry.status == "seen" and bool(entry.columns) and not entry.robots
