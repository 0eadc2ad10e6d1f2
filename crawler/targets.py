"""What a person names on the command line -> portals to crawl."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from crawler.definitions import load_portal, portal_ids
from crawler.errors import ConfigError
from crawler.portal import Portal, for_url


def resolve_targets(targets: Sequence[str], *, all_portals: bool = False) -> list[Portal]:
    """Definitions by id, ad-hoc ones for column addresses; each portal once, in the order named."""
    portals = [_resolve(target) for target in targets]
    if all_portals:
        portals += [portal for portal in map(load_portal, sorted(portal_ids())) if _crawlable(portal)]
    return list({portal.id: portal for portal in portals}.values())


def _resolve(target: str) -> Portal:
    if "://" not in target:
        return load_portal(target)
    parts = urlsplit(target)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(f"{target}: not an http or https address; give a portal id or the address of a column")
    return for_url(target)


def _crawlable(portal: Portal) -> bool:
    """Seen on a real page, with columns, and not closed to crawlers."""
    return portal.status == "seen" and bool(portal.sections) and (portal.robots or "obey") == "obey"
