"""A resolver that hands on only addresses that may be connected to: the address checked is the one the socket gets."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Self

from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer

from crawler.addresses import forbidden, normal_host

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

# Names this process was not allowed to connect to -> why. Read by ScopeMiddleware: a resolver cannot raise.
refused_names: dict[str, str] = {}


@implementer(IHostnameResolver)
class GuardedResolver:
    """Twisted's resolver, less the addresses that may not be connected to. TWISTED_DNS_RESOLVER in the settings.

    Nothing is cached: each connection is made to an address that was looked up and checked for it, so an answer that
    changes between two look-ups gains nothing.
    """

    def __init__(self, reactor: Any, *, allow_loopback: bool) -> None:
        self.reactor, self.allow_loopback = reactor, allow_loopback
        self.inner: Any = reactor.nameResolver

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> Self:
        return cls(reactor, allow_loopback=crawler.settings.getbool("DIBAO_ALLOW_LOOPBACK"))

    def install_on_reactor(self) -> None:
        self.reactor.installNameResolver(self)

    def resolveHostName(
        self,
        resolutionReceiver: IResolutionReceiver,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        guard = _Guard(resolutionReceiver, hostName, self.allow_loopback)
        resolution: IHostResolution = self.inner.resolveHostName(
            guard, hostName, portNumber, addressTypes, transportSemantics
        )
        return resolution


@implementer(IResolutionReceiver)
class _Guard:
    """Passes on the addresses of one name that may be connected to, and notes why the others may not."""

    def __init__(self, receiver: Any, name: str, allow_loopback: bool) -> None:
        self.receiver, self.name, self.allow_loopback = receiver, normal_host(name), allow_loopback

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:
        refused_names.pop(self.name, None)
        self.receiver.resolutionBegan(resolutionInProgress)

    def addressResolved(self, address: Any) -> None:
        reason = forbidden(ip_address(address.host.partition("%")[0]), allow_loopback=self.allow_loopback)
        if reason is None:
            self.receiver.addressResolved(address)
        else:
            refused_names[self.name] = reason

    def resolutionComplete(self) -> None:
        self.receiver.resolutionComplete()
