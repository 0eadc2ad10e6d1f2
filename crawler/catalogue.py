"""The catalogue: what `dibao portals` shows of every definition. Read without the checks of crawler/definitions.py, as
443 files must be listed in half a second; a file that is no TOML is an entry with what is wrong, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crawler.definitions import portal_files, read_toml
from crawler.errors import PortalError


@dataclass(frozen=True, slots=True)
class Entry:
    """One definition in short."""

    id: str
    name: str
    url: str
    province: str | None
    level: str | None
    preset: str | None
    status: str | None
    robots: str | None  # None: obeyed; else why the portal is not crawled at all
    columns: tuple[str, ...]
    fault: str | None = None  # why its file cannot be read; nothing but the id is known then


def catalogue() -> Iterator[Entry]:
    """Every definition, by id."""
    return (_entry(portal_id, path) for portal_id, path in sorted(portal_files().items()))


def _entry(portal_id: str, path: Path) -> Entry:
    try:
        values = read_toml(path)
    except PortalError as error:
        return Entry(portal_id, "", "", None, None, None, None, None, (), str(error))
    sections = values.get("section")
    sections = sections if isinstance(sections, list) else []
    crawl = values.get("crawl", {})
    robots = crawl.get("robots") if isinstance(crawl, dict) else None
    return Entry(
        id=portal_id,
        name=str(values.get("name", "")),
        url=str(values.get("url", "")),
        province=values.get("province"),
        level=values.get("level"),
        preset=values.get("preset"),
        status=values.get("status"),
        robots=None if robots == "obey" else robots,
        columns=tuple(str(one.get("name", "")) for one in sections if isinstance(one, dict)),
    )
