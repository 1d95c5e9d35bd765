"""A network without sockets: names and addresses by rule, and a record of who was connected to."""

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


class Names:
    """A resolver that answers by table, and to spelled addresses as the C library does."""

    def __init__(self, table: Mapping[str, Sequence[str]] | None = None) -> None:
        self.table = dict(table or {})
        self.asked: list[str] = []
        self.later: Mapping[str, Sequence[str]] = {}
        """What a name leads to from its second look-up on."""

    def __call__(self, host: str) -> Sequence[str]:
        host = host.lower().rstrip(".")
        self.asked.append(host)
        if host in self.later and self.asked.count(host) > 1:
            return self.later[host]
        if host in self.table:
            return self.table[host]
        return _spelled(host)


def _spelled(host: str) -> Sequence[str]:
    try:
        return (str(ip_address(host.partition("%")[0])),)
    except ValueError:
        pass
    try:
        return (socket.inet_ntoa(socket.inet_aton(host)),)
    except OSError as error:
        raise socket.gaierror(socket.EAI_NONAME, "unknown") from error


@dataclass
class Stream(httpcore2.NetworkStream):
    """Answers every request with a page, or with a redirect to what follows `/to?`."""

    peer: str
    port: int
    sent: bytearray = field(default_factory=bytearray)
    answer: bytes = b""
    closed: bool = False
    fixed: bytes | None = None
    """What is answered to everything, in place of pages and redirects."""

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not buffer:
            return
        self.sent += buffer
        self.answer = self._answer(buffer) if self.fixed is None else self.fixed

    def _answer(self, buffer: bytes) -> bytes:
        place = buffer.split(b" ", 2)[1].decode()
        there = unquote(place.partition("/to?")[2]).encode()
        redirect = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + there + b"\r\n\r\n"
        return redirect if there else PAGE

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data, self.answer = self.answer[:max_bytes], self.answer[max_bytes:]
        return data

    def start_tls(
        self, ssl_context: object, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return self

    def close(self) -> None:
        self.answer = b""
        self.closed = True

    def get_extra_info(self, info: str) -> Any:
        return {"server_addr": (self.peer, self.port), "is_readable": False}.get(info)


class Network(httpcore2.NetworkBackend):
    """Records connections; `resolve` is for clients that leave the look-up to the network."""

    def __init__(
        self,
        resolve: Callable[[str], Sequence[str]] | None = None,
        peers: Mapping[str, str] | None = None,
        dead: frozenset[str] = frozenset(),
        answer: bytes | None = None,
    ) -> None:
        self._resolve = resolve
        self._peers = dict(peers or {})
        self._dead = dead
        self._answer = answer
        self.tried: list[tuple[str, int]] = []
        self.streams: list[Stream] = []

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        address = host if self._resolve is None else self._first(host)
        self.tried.append((address, port))
        if address in self._dead:
            raise httpcore2.ConnectError("refused")
        stream = Stream(self._peers.get(address, address), port, fixed=self._answer)
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
        """Addresses that a connection was made to, or that a request was really sent to."""
        return self.tried + [(stream.peer, stream.port) for stream in self.streams if stream.sent]
