"""Generated links that must not be followed: every spelling of every kind of non-public address.

`dns_table` and `rebinding` are for a FakeResolver. Nothing here uses a real network.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import quote

from tests.fetch.fake_network import PUBLIC

V4 = (
    "127.0.0.1",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.5.4",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "168.63.129.16",
    "192.0.0.192",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
)
V6 = (
    "::1",
    "::",
    "::ffff:127.0.0.1",
    "::127.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "2001:db8::1",
    "2001:20::1",
    "fe80::1",
    "fec0::1",
    "fd00:ec2::254",
    "ff02::1",
    "100::1",
    "3fff::1",
    "5f00::1",
    "2a00:1450::5efe:7f00:1",
    "2620:4f:8000::1",
)
BAD_PORTS = (0, 21, 22, 25, 53, 110, 445, 2375, 3306, 5432, 6379, 8080, 8443, 9200, 11211, 65535)
FULLWIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")
CIRCLED = str.maketrans("123456789", "①②③④⑤⑥⑦⑧⑨")


def spellings(address: str) -> Iterator[str]:
    """All spellings of an IPv4 address that some parser accepts."""
    a, b, c, d = IPv4Address(address).packed
    number = int(IPv4Address(address))
    yield address
    yield f"{address}."
    yield str(number)
    yield hex(number)
    yield hex(number).upper()
    yield f"0{number:o}"
    yield f"{a}.{(b << 16) + (c << 8) + d}"
    yield f"{a}.{b}.{(c << 8) + d}"
    yield ".".join(hex(part) for part in (a, b, c, d))
    yield ".".join(f"0{part:o}" for part in (a, b, c, d))
    yield ".".join(f"{part:08o}" for part in (a, b, c, d))
    yield f"{hex(a)}.{b}.0{c:o}.{d}"
    yield f"{a}.{b}.{c}.0x{d:010x}"
    yield address.translate(FULLWIDTH)
    yield address.translate(CIRCLED)
    yield address.replace(".", "。")
    yield quote(address).replace("1", "%31").replace("0", "%30")
    yield address.replace(".", "%2e")
    yield f"[::ffff:{address}]"
    yield f"[::ffff:{a << 8 | b:x}:{c << 8 | d:x}]"
    yield f"[64:ff9b::{address}]"
    yield f"[2002:{a << 8 | b:x}:{c << 8 | d:x}::]"


def links_with_addresses() -> Iterator[str]:
    """Links that contain an address."""
    for address in V4:
        yield from (f"http://{spelling}/" for spelling in spellings(address))
        yield f"http://good.example@{address}/"
        yield f"http://good.example:80@{address}:80/"
        yield f"http://{address}\\@good.example/"
        yield f"http://good.example\\@{address}/"
        yield f"http://good.example#@{address}/"
        yield f"//{address}/"
    for address in V6:
        yield f"http://[{address}]/"
        yield f"http://[{IPv6Address(address).exploded}]:80/"
        yield f"http://[{address}%25eth0]/"
        yield f"https://user@[{address}]/"


def other_links() -> Iterator[str]:
    """Other schemes, ports, local names, and invalid links."""
    yield from (f"http://good.example:{port}/" for port in BAD_PORTS)
    yield from (
        f"{scheme}://127.0.0.1/" for scheme in ("file", "ftp", "gopher", "ws", "dict", "ldap", "unix")
    )
    for name in ("localhost", "LOCALHOST.", "a.localhost", "intranet", "printer.local", "db.internal"):
        yield f"http://{name}/"
        yield f"http://good.example/to?{quote(f'http://{name}/')}"
    yield "http://good.example:80:22/"
    yield "http://127.0.0.1 @good.example/"
    yield "http://good.example\t@127.0.0.1/"
    yield "http://good.example\r\nHost: 127.0.0.1/"
    yield "http://127.0.0.1\x00.good.example/"
    yield "http:127.0.0.1/"
    yield "http:///127.0.0.1/"
    yield "http:\\\\127.0.0.1\\"
    yield "http://" + "a." * 2000 + "example/"
    yield "http://good.example/" + "a" * 100_000
    yield "javascript:alert(1)"
    yield "data:text/html,x"
    yield ""


def dns_table() -> dict[str, tuple[str, ...]]:
    """Names with such an address: as the only one, or first or last together with a public one."""
    table: dict[str, tuple[str, ...]] = {
        "good.example": (PUBLIC,),
        "localhost": ("127.0.0.1",),
        "a.localhost": ("127.0.0.1",),
        "intranet": ("10.0.0.7",),
        "printer.local": ("192.168.0.9",),
        "db.internal": ("10.0.0.8",),
    }
    for place, address in enumerate(V4 + V6):
        table[f"only{place}.example"] = (address,)
        table[f"last{place}.example"] = (PUBLIC, address)
        table[f"first{place}.example"] = (address, PUBLIC)
        table[f"turns{place}.example"] = (PUBLIC,)
    return table


def rebinding() -> dict[str, tuple[str, ...]]:
    """Names whose address is public at the first lookup only."""
    return {f"turns{place}.example": (address,) for place, address in enumerate(V4 + V6)}


def links_with_names() -> Iterator[str]:
    """Links with such names. A rebinding name is fetched, and then again through a redirect."""
    for place in range(len(V4 + V6)):
        yield f"http://only{place}.example/"
        yield f"https://last{place}.example/"
        yield f"http://FIRST{place}.example./"
        yield f"http://turns{place}.example/to?http%3A%2F%2Fturns{place}.example%2F"


def redirects() -> Iterator[str]:
    """Links to a public site that redirects to such a link."""
    for address in V4:
        yield f"http://good.example/to?{quote(f'http://{address}/', safe='')}"
        yield f"https://good.example/to?{quote(f'//{int(IPv4Address(address))}/', safe='')}"
    for address in V6:
        yield f"http://good.example/to?{quote(f'http://[{address}]/', safe='')}"
    for place in range(len(V4 + V6)):
        yield f"http://good.example/to?{quote(f'http://only{place}.example/', safe='')}"
    yield from (
        f"http://good.example/to?{quote(f'http://good.example:{port}/', safe='')}" for port in BAD_PORTS
    )


def links() -> tuple[str, ...]:
    return tuple(dict.fromkeys((*links_with_addresses(), *other_links(), *links_with_names(), *redirects())))
