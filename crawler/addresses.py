"""IP addresses: how hosts spell them, and which may be connected to. Pure."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address

NAT64 = IPv6Network("64:ff9b::/96")


def normal_host(host: str) -> str:
    """Lower case, no dot at the end, IDNA: the form hosts are compared in."""
    host = host.lower().rstrip(".")
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def literal_address(host: str) -> Address | None:
    """The IP address a host spells, in any form inet_aton takes: 127.1, 0x7f.1, 017700000001, 2130706433, ::1."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    numbers = [_number(part) for part in host.split(".")]
    if not 1 <= len(numbers) <= 4 or None in numbers:
        return None
    *head, last = (number or 0 for number in numbers)
    if any(number > 255 for number in head) or last >= 256 ** (4 - len(head)):
        return None
    return IPv4Address(sum(number << 8 * (3 - place) for place, number in enumerate(head)) + last)


def _number(text: str) -> int | None:
    """A number as C writes it: decimal, 0 octal, 0x hexadecimal."""
    if not text.isascii() or not text.isalnum():
        return None
    base = 16 if text.lower().startswith("0x") else 8 if text.startswith("0") and len(text) > 1 else 10
    try:
        return int(text[2:] or "0", 16) if base == 16 else int(text, base)
    except ValueError:
        return None


def forbidden(address: Address, *, allow_loopback: bool = False) -> str | None:
    """Why nothing may be asked of the address ("the loopback address 127.0.0.1"), or None where it is public."""
    real = embedded(address)
    if real.is_loopback:
        return (
            None
            if allow_loopback
            else f"the loopback address {address} (--allow-loopback allows servers on this machine)"
        )
    if real.is_multicast:
        return f"the multicast address {address}"
    if real.is_link_local:
        return f"the link-local address {address}"
    return None if real.is_global else f"the private or reserved address {address}"


def embedded(address: Address) -> Address:
    """The IPv4 address inside a mapped, 6to4, Teredo or NAT64 address; else the address itself."""
    if isinstance(address, IPv4Address):
        return address
    teredo = address.teredo[1] if address.teredo else None
    inner = address.ipv4_mapped or address.sixtofour or teredo
    return IPv4Address(int(address) & 0xFFFFFFFF) if inner is None and address in NAT64 else inner or address
