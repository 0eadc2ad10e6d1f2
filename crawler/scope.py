"""Where the crawler may go: the check of every address before it is asked, and of every address connected to.

`refuse_url` is pure and is asked twice: when an address is taken up, and by ScopeMiddleware for every request whatever
made it (robots.txt, redirect targets and further pages included). No middleware behind it makes or changes a request.
The addresses a name resolves to are decided over in crawler/resolver.py.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Self
from urllib.parse import SplitResult, urlsplit

from scrapy.exceptions import CannotResolveHostError

from crawler.addresses import embedded, forbidden, literal_address, normal_host
from crawler.failures import tls_reason
from crawler.refusal import Refusal
from crawler.resolver import refused_names

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

    from crawler.portal import Portal

DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_URL = 2083  # characters; what browsers and Scrapy's URLLENGTH_LIMIT agree on
MAX_SEGMENTS = 20  # of a path, as in Heritrix
MAX_REPEATS = 2  # of one path segment, or of a group of up to MAX_CYCLE, one after the other
MAX_CYCLE = 4


def refuse_url(url: str, hosts: Collection[str]) -> tuple[str, str] | None:
    """Return (frontier state, reason) where the address may not be asked, else None.

    `hosts` are names or "name:port". A name that stands there only without a port is allowed at every port (`scope_of`
    narrows that to 80 and 443), one that stands there with a port at that one.
    """
    if len(url) > MAX_URL:
        return "refused_long_url", f"address of {len(url)} characters (at most {MAX_URL})"
    try:
        parts = urlsplit(url)
        host, port = normal_host(parts.hostname or ""), parts.port or DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return "refused_scope", f"unreadable address {url[:100]!r}"
    if parts.scheme not in DEFAULT_PORTS:
        return "refused_scheme", f"neither http nor https: {url[:100]!r}"
    return _refuse_host(parts, host, port, hosts) or _refuse_path(parts.path)


def _refuse_host(parts: SplitResult, host: str, port: int | None, hosts: Collection[str]) -> tuple[str, str] | None:
    if "@" in parts.netloc or "\\" in parts.netloc or not host:
        return "refused_scope", f"unreadable host {parts.netloc[:100]!r}"
    ports = {_port(entry) for entry in hosts if _name(entry) == host}
    if port in ports or ports == {None} or (None in ports and port in DEFAULT_PORTS.values()):
        return None
    address = literal_address(host)
    if address and forbidden(address) and (str(address) != host or not any(map(is_loopback, hosts))):
        return "refused_private", f"{host} is {forbidden(address)}"
    return "refused_scope", f"{host}:{port} is not among the portal's hosts ({', '.join(sorted(hosts)[:5])})"


def _refuse_path(path: str) -> tuple[str, str] | None:
    segments = [segment for segment in path.split("/") if segment]
    if len(segments) > MAX_SEGMENTS:
        return "refused_trap", f"{len(segments)} path segments (at most {MAX_SEGMENTS})"
    for length in range(1, MAX_CYCLE + 1):
        for start in range(len(segments) - length * (MAX_REPEATS + 1) + 1):
            group = segments[start : start + length]
            if group * (MAX_REPEATS + 1) == segments[start : start + length * (MAX_REPEATS + 1)] and not _day(group):
                return "refused_trap", f"{'/'.join(group)} repeats itself in the path more than {MAX_REPEATS} times"
    return None


def _day(group: list[str]) -> bool:
    """One or two digits: /art/2022/2/2/2.html is a date with an id."""
    return len(group) == 1 and len(group[0]) <= 2 and group[0].isdecimal()


def scope_of(portal: Portal) -> frozenset[str]:
    """The "host:port" pairs a portal's requests may go to: those of its own addresses, and 80 and 443 of its hosts."""
    own = [urlsplit(url) for url in (portal.url, *(section.url for section in portal.sections))]
    pairs = {f"{normal_host(p.hostname)}:{p.port or DEFAULT_PORTS.get(p.scheme)}" for p in own if p.hostname}
    named = {_name(pair) for pair in pairs}
    for entry in portal.hosts:
        host, port = _name(entry), _port(entry)
        if port is not None:
            pairs.add(f"{host}:{port}")
        elif host not in named or not is_loopback(host):
            pairs |= {f"{host}:{default}" for default in DEFAULT_PORTS.values()}
    return frozenset(pairs)


def _name(entry: str) -> str:
    """The host of a `hosts` entry; IPv6 without brackets."""
    if entry.startswith("["):
        return normal_host(entry[1:].partition("]")[0])
    return normal_host(entry if entry.count(":") > 1 and literal_address(entry) else _split_port(entry)[0])


def _port(entry: str) -> int | None:
    if entry.count(":") > 1 and literal_address(entry.strip("[]")):
        return None
    digits = _split_port(entry)[1]
    return int(digits) if digits else None


def _split_port(entry: str) -> tuple[str, str]:
    host, colon, port = entry.rpartition(":")
    return (host, port) if colon and port.isdecimal() else (entry, "")


def is_loopback(host: str) -> bool:
    """Whether a `hosts` entry or host name means this machine by its spelling; nothing is resolved."""
    name = _name(host)
    address = literal_address(name)
    return name == "localhost" or bool(address and embedded(address).is_loopback)


class ScopeMiddleware:
    """Refuses every request that leaves the portal's hosts, and says why where the resolver let no address pass."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.scope: frozenset[str] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        if self.scope is None:
            self.scope = scope_of(self.crawler.spider.portal)
        if refusal := refuse_url(request.url, self.scope):
            raise Refusal(*refusal)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """What another try cannot change is a refusal too: no address that may be connected to, no trust."""
        host = normal_host(urlsplit(request.url).hostname or "")
        if isinstance(exception, CannotResolveHostError) and host in refused_names:
            raise Refusal("refused_private", f"{host} is {refused_names[host]}") from exception
        if reason := tls_reason(exception):
            hint = "where that is known and accepted, put `verify_tls = false` into the definition"
            raise Refusal("failed_tls", f"{host}: no trusted connection ({reason}); {hint}") from exception
