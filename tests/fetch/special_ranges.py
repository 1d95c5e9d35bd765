"""The IANA special-purpose address registries as data, and a check that uses only this data.

https://www.iana.org/assignments/iana-ipv4-special-registry and
https://www.iana.org/assignments/iana-ipv6-special-registry; below each, what other RFCs and cloud
providers reserve. It is independent of `bot.fetch.ip_addresses`, so that each can reveal errors in the other.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network

REGISTRY_V4 = """
    0.0.0.0/8 0.0.0.0/32 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12
    192.0.0.0/24 192.0.0.0/29 192.0.0.8/32 192.0.0.9/32 192.0.0.10/32 192.0.0.170/32
    192.0.0.171/32 192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.88.99.2/32
    192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4
    255.255.255.255/32
"""
OTHER_V4 = "224.0.0.0/4 168.63.129.16/32 100.100.100.200/32"
REGISTRY_V6 = """
    ::1/128 ::/128 ::ffff:0:0/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23
    2001::/32 2001:1::1/128 2001:1::2/128 2001:1::3/128 2001:2::/48 2001:3::/32 2001:4:112::/48
    2001:10::/28 2001:20::/28 2001:30::/28 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20
    5f00::/16 fc00::/7 fe80::/10
"""
OTHER_V6 = "::/96 ::ffff:0:0:0/96 fec0::/10 ff00::/8 3ffe::/16 ::/3 4000::/2 8000::/1"
NAT64 = IPv6Network("64:ff9b::/96")
"""Registered as global: it is as special as the IPv4 address in its lower 32 bits (RFC 6052, 3.1)."""


def _behind_nat64(block: IPv4Network) -> IPv6Network:
    return IPv6Network((int(NAT64[0]) + int(block[0]), 96 + block.prefixlen))


SPECIAL: tuple[Network, ...] = (
    *(ip_network(text) for text in f"{REGISTRY_V4} {OTHER_V4} {REGISTRY_V6} {OTHER_V6}".split()),
    *(_behind_nat64(IPv4Network(text)) for text in f"{REGISTRY_V4} {OTHER_V4}".split()),
)


def is_special(address: str | IPv4Address | IPv6Address) -> bool:
    parsed = ip_address(address)
    if parsed in NAT64:
        return is_special(IPv4Address(int(parsed) - int(NAT64[0])))
    return any(parsed.version == network.version and parsed in network for network in SPECIAL)
