"""A fake network without sockets: a resolver with a table, and a record of all connections."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from urllib.parse import unquote

import httpcore2

PUBLIC = "9.9.9.9"
OTHER_PUBLIC = "2620:fe::fe"
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 12\r\n\r\n<html>Hello."


class FakeResolver:
    """A resolver with a table. It parses names that are addresses like the C library."""

    def __init__(self, table: Mapping[str, Sequence[str]] | None = None) -> None:
        self.table = dict(table or {})
        self.lookups: list[str] = []
        self.second_lookup: Mapping[str, Sequence[str]] = {}
        """The addresses of a name from its second lookup on."""

    def __call__(self, host: str) -> Sequence[str]:
        host = host.lower().rstrip(".")
        self.lookups.append(host)
        if host in self.second_lookup and self.lookups.count(host) > 1:
            return self.second_lookup[host]
        if host in self.table:
            return self.table[host]
        return _parse_like_libc(host)


def _parse_like_libc(host: str) -> Sequence[str]:
    try:
        return (str(ip_address(host.partition("%")[0])),)
    except ValueError:
        pass
    try:
        return (socket.inet_ntoa(socket.inet_aton(host)),)
    except OSError as error:
        raise socket.gaierror(socket.EAI_NONAME, "unknown") from error


@dataclass
class FakeStream(httpcore2.NetworkStream):
    """Answers every request with a page, or with a redirect to the URL after `/to?`."""

    peer: str
    port: int
    sent: bytearray = field(default_factory=bytearray)
    response: bytes = b""
    closed: bool = False
    fixed_response: bytes | None = None
    """The response to every request, instead of pages and redirects."""

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not buffer:
            return
        self.sent += buffer
        self.response = self._response_to(buffer) if self.fixed_response is None else self.fixed_response

    def _response_to(self, buffer: bytes) -> bytes:
        path = buffer.split(b" ", 2)[1].decode()
        location = unquote(path.partition("/to?")[2]).encode()
        redirect = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location + b"\r\n\r\n"
        return redirect if location else PAGE

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data, self.response = self.response[:max_bytes], self.response[max_bytes:]
        return data

    def start_tls(
        self, ssl_context: object, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return self

    def close(self) -> None:
        self.response = b""
        self.closed = True

    def get_extra_info(self, info: str) -> Any:
        return {"server_addr": (self.peer, self.port), "is_readable": False}.get(info)


class FakeNetwork(httpcore2.NetworkBackend):
    """Records connections. `resolve` is for clients that leave the DNS lookup to the network backend."""

    def __init__(
        self,
        resolve: Callable[[str], Sequence[str]] | None = None,
        peers: Mapping[str, str] | None = None,
        dead: frozenset[str] = frozenset(),
        response: bytes | None = None,
    ) -> None:
        self._resolve = resolve
        self._peers = dict(peers or {})
        self._dead = dead
        self._response = response
        self.connections: list[tuple[str, int]] = []
        self.streams: list[FakeStream] = []

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        address = host if self._resolve is None else self._first(host)
        self.connections.append((address, port))
        if address in self._dead:
            raise httpcore2.ConnectError("refused")
        stream = FakeStream(self._peers.get(address, address), port, fixed_response=self._response)
        self.streams.append(stream)
        return stream

    def _first(self, host: str) -> str:
        assert self._resolve is not None
        try:
            return self._resolve(host)[0]
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(str(error)) from error

    @property
    def reached(self) -> list[tuple[str, int]]:
        """Addresses of all connections, and the real peers of all requests."""
        return self.connections + [(stream.peer, stream.port) for stream in self.streams if stream.sent]
