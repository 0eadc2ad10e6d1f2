"""The catalogue: what `dibao portals` shows of every definition. Read without the checks of crawler/definitions.py, as
443 files must be listed in half a second; a file that is no TOML is an error here too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crawler.definitions import portal_files, read_toml


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


def catalogue() -> Iterator[Entry]:
    """Every definition, by id. Raises PortalError for a file that cannot be read."""
    return (_entry(portal_id, path) for portal_id, path in sorted(portal_files().items()))


def _entry(portal_id: str, path: Path) -> Entry:
    values = read_toml(path)
    sections = values.get("section", [])
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
        columns=tuple(str(section.get("name", "")) for section in sections if isinstance(section, dict)),
    )
