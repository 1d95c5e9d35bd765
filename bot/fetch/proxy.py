"""Connections through a proxy: HTTP CONNECT (RFC 9110, 9.3.6) and SOCKS5 (RFC 1928, RFC 1929).

The proxy is told the address that was checked here, so that it cannot connect elsewhere by a lookup of its
own, unless the settings leave the lookup to it.
"""

from __future__ import annotations

from base64 import b64encode
from ipaddress import IPv4Address, ip_address
from typing import Literal
from urllib.parse import unquote, urlsplit

import httpcore2
from msgspec import Struct

from bot.core.errors import FetchOffline
from bot.core.lazy_patterns import lazy_pattern

_DEFAULT_PORTS = {"http": 8080, "socks5": 1080}
_MAX_RESPONSE = 16 * 1024
_STATUS = lazy_pattern(rb"HTTP/1\.[01] ([0-9]{3})")
_SOCKS_ERRORS = {
    1: "it failed",
    2: "its rules do not allow it",
    3: "the network is unreachable",
    4: "the host is unreachable",
    5: "the connection was refused",
    6: "it took too long",
    8: "it does not support this kind of address",
}
_IPV4, _NAME, _IPV6 = 1, 3, 4
_NO_LOGIN, _PASSWORD = 0, 2


class ProxyRefused(httpcore2.ConnectError):
    """The proxy works, and does not connect to the host. The message says why, as a clause."""


class ProxyDown(httpcore2.ConnectError):
    """The proxy cannot be reached."""


class Proxy(Struct, frozen=True):
    """A proxy and how to log in to it."""

    kind: Literal["http", "socks5"]
    host: str
    port: int
    user: str = ""
    password: str = ""
    resolves: bool = False
    """Whether it looks up host names. Then their addresses cannot be checked here."""

    def __repr__(self) -> str:
        """Without the password."""
        return f"Proxy({self.kind!r}, {self.host!r}, {self.port!r}, {self.user!r}, {self.resolves!r})"

    @classmethod
    def from_url(cls, url: str, password: str = "", *, resolves: bool = False) -> Proxy:
        """The proxy at `http://user@host:port` or `socks5://user@host:port`; user and port may be missing."""
        parts = urlsplit(url)
        kind: Literal["http", "socks5"] = "socks5" if parts.scheme == "socks5" else "http"
        port = parts.port or _DEFAULT_PORTS[kind]
        return cls(kind, parts.hostname or "", port, unquote(parts.username or ""), password, resolves)

    def open_tunnel(self, stream: httpcore2.NetworkStream, host: str, port: int) -> None:
        """Let the proxy at the other end of `stream` connect to a host. Then the stream leads to the host.

        Raises ProxyRefused, or FetchOffline if the proxy cannot be used at all.
        """
        if self.kind == "http":
            self._connect_by_http(stream, host, port)
        else:
            self._log_in_to_socks(stream)
            self._connect_by_socks(stream, host, port)

    def _connect_by_http(self, stream: httpcore2.NetworkStream, host: str, port: int) -> None:
        authority = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        lines = [f"CONNECT {authority} HTTP/1.1", f"Host: {authority}"]
        if self.user:
            login = b64encode(f"{self.user}:{self.password}".encode()).decode()
            lines.append(f"Proxy-Authorization: Basic {login}")
        stream.write("\r\n".join([*lines, "", ""]).encode())
        response = b""
        while b"\r\n\r\n" not in response and len(response) <= _MAX_RESPONSE:
            response += _received(stream, 4096)
        status = _STATUS.match(response)
        if not status:
            raise _unusable("does not speak HTTP")
        if status[1] == b"407":
            raise _unusable("does not accept the user name and password")
        if not status[1].startswith(b"2"):
            raise ProxyRefused(f"its status was {status[1].decode()}")

    def _log_in_to_socks(self, stream: httpcore2.NetworkStream) -> None:
        stream.write(bytes([5, 1, _PASSWORD if self.user else _NO_LOGIN]))
        version, method = _exactly(stream, 2)
        if version != 5:
            raise _unusable("does not speak SOCKS5")
        if method not in (_NO_LOGIN, _PASSWORD):
            raise _unusable("does not accept this kind of log-in")
        if method == _PASSWORD:
            user, password = self.user.encode(), self.password.encode()
            stream.write(bytes([1, len(user)]) + user + bytes([len(password)]) + password)
            if _exactly(stream, 2)[1] != 0:
                raise _unusable("does not accept the user name and password")

    def _connect_by_socks(self, stream: httpcore2.NetworkStream, host: str, port: int) -> None:
        stream.write(bytes([5, 1, 0]) + _socks_address(host) + port.to_bytes(2, "big"))
        _, status, _, kind = _exactly(stream, 4)
        if status:
            raise ProxyRefused(_SOCKS_ERRORS.get(status, f"its error was {status}"))
        size = {_IPV4: 4, _IPV6: 16}.get(kind) or _exactly(stream, 1)[0]
        _exactly(stream, size + 2)  # the proxy's own address and port


def _socks_address(host: str) -> bytes:
    try:
        address = ip_address(host)
    except ValueError:
        return bytes([_NAME, len(host)]) + host.encode("ascii")
    return bytes([_IPV4 if isinstance(address, IPv4Address) else _IPV6]) + address.packed


def _exactly(stream: httpcore2.NetworkStream, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += _received(stream, size - len(data))
    return data


def _received(stream: httpcore2.NetworkStream, max_bytes: int) -> bytes:
    data = stream.read(max_bytes)
    if not data:
        raise _unusable("closes the connection")
    return data


def _unusable(clause: str) -> FetchOffline:
    return FetchOffline(f"The proxy {clause}. Check [fetch] proxy. Precis will retry.")
