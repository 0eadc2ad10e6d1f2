"""Which portal an address is of: the definition that names its host, else the portal of a bare address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from archive.urls import host_of
from crawler.definitions import load_portal, portal_files, read_toml
from crawler.portal import Portal, for_url


class Hosts:
    """All definitions are looked at once, and only those whose hosts are met are loaded.

    Raises PortalError for a file that cannot be read, and for the definition of a host that is met and cannot be used.
    """

    def __init__(self) -> None:
        self._known: dict[str, Portal] = {}
        self._ids = dict(_hosts_of_definitions())

    def portal_of(self, url: str) -> Portal:
        host = urlsplit(url).netloc.lower()
        if host not in self._known:
            name = self._ids.get(urlsplit(url).hostname or "")
            self._known[host] = load_portal(name) if name else replace(for_url(url), sections=())
        return self._known[host]


def _hosts_of_definitions() -> Iterator[tuple[str, str]]:
    for portal_id, path in portal_files().items():
        values = read_toml(path)
        sections = [one for one in _list(values.get("section")) if isinstance(one, dict)]
        hosts = [host_of(str(one.get("url", ""))) for one in (values, *sections)]
        for host in filter(None, [*_list(values.get("hosts")), *hosts]):
            yield str(host), portal_id


def _list(value: object) -> list[Any]:
    """Nothing is checked here but the form: a definition is checked when its host is met."""
    return value if isinstance(value, list) else []
