"""What a person names on the command line, or wants looked after -> portals to crawl."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from crawler.catalogue import Entry, catalogue
from crawler.definitions import load_portal, portal_files
from crawler.errors import ConfigError, PortalError
from crawler.portal import Portal, for_url
from crawler.summary import RunSummary


def resolve_targets(targets: Sequence[str]) -> list[Portal]:
    """Definitions by id, ad-hoc ones for column addresses; each portal once, in the order named.

    Raises PortalError, ConfigError for the first that cannot be used: a person is there to mend it.
    """
    return list({portal.id: portal for portal in map(_resolve, targets)}.values())


def resolve_usable(targets: Iterable[str]) -> tuple[list[Portal], list[RunSummary]]:
    """The same where nobody watches: one that cannot be used is a summary of its own, and the others are crawled."""
    portals: dict[str, Portal] = {}
    unusable = []
    for target in dict.fromkeys(targets):
        try:
            portal = _resolve(target)
            portals[portal.id] = portal
        except (PortalError, ConfigError) as error:
            unusable.append(RunSummary.not_run(target, "unusable", error.exit_code, str(error)))
    return list(portals.values()), unusable


def every_seen() -> list[str]:
    """What --all means: seen on a real page, with columns, and not closed to crawlers."""
    return [entry.id for entry in catalogue() if _crawlable(entry)]


def looked_after(configured: Sequence[str] | None, archived: Iterable[str]) -> list[str]:
    """What --due looks after: `portals` in dibao.toml, else what was crawled before and has a definition.

    Raises ConfigError where that is nothing.
    """
    chosen = list(configured) if configured is not None else sorted(set(archived) & portal_files().keys())
    if not chosen:
        raise ConfigError(
            'nothing to look after: put `portals = ["erqi"]` into dibao.toml (`dibao portals` lists them), '
            "or crawl a portal once by name"
        )
    return chosen


def _resolve(target: str) -> Portal:
    if "://" not in target:
        return load_portal(target)
    parts = urlsplit(target)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(f"{target}: not an http or https address; give a portal id or the address of a column")
    return for_url(target)


def _crawlable(entry: Entry) -> bool:
    return entry.status == "seen" and bool(entry.columns) and not entry.robots
