"""Decides which addresses are on the public internet.

On some versions of Python, `ipaddress.is_global` alone allows 64:ff9b::/96, 2002::/16, multicast and more,
so the special blocks are listed here. Sources: the IANA IPv4 and IPv6 Special-Purpose Address Registries
(RFC 6890), RFC 4291, RFC 5214, and addresses that cloud providers use in addition.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address

_NOT_PUBLIC_V4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's host agent, on a public address
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")
_NOT_PUBLIC_V6 = tuple(
    IPv6Network(block)
    for block in (
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "2620:4f:8000::/48",
        "3ffe::/16",
        "3fff::/20",
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
"""The well-known prefix of NAT64 (RFC 6052, 2.1): the lower 32 bits are the IPv4 address behind it.

The local-use prefix 64:ff9b:1::/48 (RFC 8215) stays closed: it may lead to addresses inside the network.
"""
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})
"""Upper half of an ISATAP interface identifier, which tunnels to the IPv4 address in the lower half."""


def is_public(address: Address) -> bool:
    """Whether the address is on the public internet, so that links may lead to it.

    An address behind NAT64 is judged by its IPv4 address: on a network without IPv4, the resolver (DNS64)
    gives every site such an address.
    """
    if isinstance(address, IPv4Address):
        return address.is_global and not any(address in block for block in _NOT_PUBLIC_V4)
    if address.scope_id is None and address in _NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    return (
        address.scope_id is None
        and address in _GLOBAL_V6
        and address.is_global
        and not any(address in block for block in _NOT_PUBLIC_V6)
        and (int(address) >> 32) & 0xFFFFFFFF not in _ISATAP
    )


class AddressFilter:
    """Allows connections to public addresses on web ports, and to the listed local pairs."""

    WEB_PORTS = frozenset({80, 443})

    def __init__(self, allow_local: frozenset[str] = frozenset()) -> None:
        self._local_pairs = frozenset(_parse_pair(text) for text in allow_local)
        self._ports = self.WEB_PORTS | {port for _, port in self._local_pairs}

    def allows_port(self, port: int) -> bool:
        """Whether connections to any address are allowed on this port."""
        return port in self._ports

    def allows(self, address: Address, port: int) -> bool:
        return (address, port) in self._local_pairs or (port in self.WEB_PORTS and is_public(address))

    def is_local_exception(self, host: str, port: int) -> bool:
        """Whether `host`, as written in a link, and `port` are one of the listed local pairs."""
        return any(host == str(address) and port == open_port for address, open_port in self._local_pairs)


def _parse_pair(text: str) -> tuple[Address, int]:
    host, _, port = text.rpartition(":")
    return ip_address(host), int(port)
