"""Which portal an address is of: the definition that names its host, else the portal of a bare address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from crawler.definitions import load_portal, portal_files, read_toml
from crawler.portal import Portal, for_url


class Hosts:
    """All definitions are looked at once, and only those whose hosts are met are loaded."""

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
        urls = [values.get("url", ""), *(section.get("url", "") for section in values.get("section", []))]
        for host in [*values.get("hosts", []), *(urlsplit(str(url)).hostname for url in urls)]:
            if host:
                yield str(host), portal_id
