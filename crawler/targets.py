"""What a person names on the command line, or wants looked after -> portals to crawl."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from crawler.catalogue import Entry, catalogue
from crawler.definitions import load_portal, portal_files
from crawler.errors import ConfigError, PortalError
from crawler.portal import Portal, for_url, is_web_address
from crawler.summary import RunSummary

if TYPE_CHECKING:
    from crawler.due import Memory

NO_DEFINITION = (
    "crawled before, and there is no definition of it any more; put it back, or name what is to be looked after in "
    "`portals` of dibao.toml"
)


def resolve_targets(targets: Sequence[str]) -> list[Portal]:
    """Definitions by id, ad-hoc ones for column addresses; each portal once, in the order named.

    Raises PortalError, ConfigError for the first that cannot be used: a person is there to mend it.
    """
    return _each_once(map(_resolve, targets))


def resolve_usable(targets: Iterable[str]) -> tuple[list[Portal], list[RunSummary]]:
    """The same where nobody watches: one that cannot be used is a summary of its own, and the others are crawled."""
    portals, unusable = [], []
    for target in dict.fromkeys(targets):
        try:
            portals.append(_resolve(target))
        except (PortalError, ConfigError) as error:
            unusable.append(RunSummary.not_run(target, "unusable", error.exit_code, str(error)))
    return _each_once(portals), unusable


def every_seen() -> list[str]:
    """What --all means: seen on a real page, with columns, and not closed to crawlers; and files nobody can read."""
    return [entry.id for entry in catalogue() if _crawlable(entry)]


def looked_after(
    configured: Sequence[str] | None, memories: Mapping[str, Memory]
) -> tuple[list[Portal], list[RunSummary]]:
    """What --due looks after: `portals` in dibao.toml, else what was crawled before, by id or by address.

    A definition that is there no more is told as unusable, but for portals of this machine, which are the demo's.
    Columns that another portal has taken over are its own.
    """
    if configured is not None:
        return resolve_usable(configured)
    defined = memories.keys() & portal_files().keys()
    portals, unusable = resolve_usable(sorted(defined))
    for portal_id in sorted(memories.keys() - defined):
        bare = [for_url(url) for url in memories[portal_id].columns]
        if all(one.id == portal_id for one in bare):
            portals += _each_once(bare)
        elif not _on_this_machine(bare):
            unusable.append(RunSummary.not_run(portal_id, "unusable", ConfigError.exit_code, NO_DEFINITION))
    return portals, unusable


def _on_this_machine(portals: Iterable[Portal]) -> bool:
    from crawler.scope import is_loopback  # scrapy takes its time

    return all(is_loopback(host) for portal in portals for host in portal.hosts)


def _each_once(portals: Iterable[Portal]) -> list[Portal]:
    """Each portal once; addresses of one host are the columns of one portal."""
    found: dict[str, Portal] = {}
    for portal in portals:
        known = found.get(portal.id, portal)
        columns = {section.url: section for section in (*known.sections, *portal.sections)}
        found[portal.id] = replace(known, sections=tuple(columns.values()))
    return list(found.values())


def _resolve(target: str) -> Portal:
    if "://" not in target:
        portal = load_portal(target)
        if not portal.sections:
            raise PortalError(f"{target}: its definition names no column; add [[section]] with name and url")
        return portal
    return for_url(need_address(target, "give a portal id or the address of a column"))


def need_address(text: str, cure: str = "write it as a browser shows it, http://… or https://…") -> str:
    """`text`, which a person gave as an address. Raises ConfigError where its host and port cannot be read."""
    if not is_web_address(text):
        raise ConfigError(f"{text}: not an http or https address whose host and port can be read; {cure}")
    return text


def _crawlable(entry: Entry) -> bool:
    return bool(entry.fault) or (entry.status == "seen" and bool(entry.columns) and not entry.robots)
