"""Repairs the head of a response before h11 parses it, because h11 refuses what every browser reads.

One malformed line in a head would otherwise make the whole site unreachable. Only the headers that the
fetcher uses are kept, each in its valid form; all other lines are dropped, so it does not matter what they
contain. Framing that contradicts itself is dropped too, and the body then ends with the connection.

A strict parser prevents that two programs on one connection disagree about where a response ends (request
smuggling). That cannot happen here: each connection carries one request with "Connection: close", belongs
to one fetch, and is closed after it. A response with wrong framing harms only itself.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import httpcore2

from bot.core.lazy_patterns import lazy_pattern

MAX_LINES = 100
"""Header lines that are kept; the rest is dropped."""
MAX_VALUE = 8192
"""Bytes of a value; the rest is cut off."""

_NEEDED = """
    content-type content-encoding content-length transfer-encoding location refresh retry-after set-cookie
    cf-mitigated x-amzn-waf-action
"""
_LINE = lazy_pattern(
    rf"^({'|'.join(_NEEDED.split())})[ \t]*:[ \t]*([^\r\n]*)".encode(), re.IGNORECASE | re.MULTILINE
)
_STATUS = lazy_pattern(rb"HTTP(?:/[0-9.]*)?[ \t]+([1-9][0-9]{2})(?![0-9])", re.IGNORECASE)
_NOT_BLANK = lazy_pattern(rb"[^ \t\r\n]|\Z")
_END = lazy_pattern(rb"\n\r?\n")
_FOLD = lazy_pattern(rb"\r?\n[ \t]+")
_CONTROL = lazy_pattern(rb"[\x00-\x08\x0a-\x1f\x7f]+")
_COMPRESSED = frozenset({b"gzip", b"x-gzip", b"deflate", b"compress", b"x-compress", b"br", b"zstd"})
_MAX_DIGITS = 20
"""Digits of a Content-Length that h11 accepts. The size limit refuses the number long before."""


class ResponseHead:
    """Collects what a server sends until the head of its final response is complete."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._searched = 0
        """So many bytes contain no end of a head; they are not searched again."""

    def feed(self, data: bytes) -> bytes | None:
        """The repaired head and all that was received after it; None while the head is incomplete.

        Blank lines before a status line, and informational responses (RFC 9110, 15.2), are dropped. What is
        not HTTP is returned as it is.
        """
        self._received += data
        start = 0
        while True:
            if content := _NOT_BLANK.search(self._received, start):
                start = content.start()
            if not b"HTTP".startswith(self._received[start : start + 4].upper()):
                return bytes(self._received[start:])
            end = _END.search(self._received, max(start, self._searched - 3))
            if not end:
                del self._received[:start]
                self._searched = len(self._received)
                return None
            status = _STATUS.match(self._received, start)
            if not status:
                return bytes(self._received[start:])
            if not status[1].startswith(b"1") or status[1] == b"101":
                head = bytes(self._received[start : end.end()])
                return repaired(status[1], head) + bytes(self._received[end.end() :])
            start, self._searched = end.end(), 0

    def rest(self) -> bytes:
        """What was received of a head that never became complete."""
        return bytes(self._received)


def repaired(status: bytes, head: bytes) -> bytes:
    """A valid head with this status and the needed headers of `head`."""
    found = _LINE.finditer(_FOLD.sub(b" ", head))
    lines = [
        (line[1].lower(), _CONTROL.sub(b" ", line[2][:MAX_VALUE]).strip())
        for line in islice(found, MAX_LINES)
    ]
    kept = [line for line in lines if line[0] not in (b"content-length", b"transfer-encoding")]
    written = (b"%s: %s\r\n" % line for line in (*kept, *_framing(lines)))
    return b"HTTP/1.1 %s \r\n%s\r\n" % (status, b"".join(written))


def _framing(lines: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
    """The one header that says where the body ends; none if it ends with the connection."""
    lines = tuple(lines)
    codings = set(_items(lines, b"transfer-encoding"))
    if codings & _COMPRESSED:  # h11 refuses it: no server sends it unless it was asked to
        yield b"transfer-encoding", b",".join(sorted(codings))
    elif b"chunked" in codings:
        yield b"transfer-encoding", b"chunked"
    else:
        lengths = {item for item in _items(lines, b"content-length") if item.isdigit()}
        if len(lengths) == 1:
            yield b"content-length", lengths.pop()[:_MAX_DIGITS]


def _items(lines: Iterable[tuple[bytes, bytes]], wanted: bytes) -> Iterator[bytes]:
    """The values of a header, without their parameters, in lower case."""
    for name, value in lines:
        if name == wanted:
            yield from (item.partition(b";")[0].strip().lower() for item in value.split(b","))


class RepairingNetwork(httpcore2.NetworkBackend):
    """Another network backend, whose connections repair the head of the response."""

    def __init__(self, backend: httpcore2.NetworkBackend) -> None:
        self._backend = backend

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        stream = self._backend.connect_tcp(host, port, timeout, local_address, socket_options)
        return _RepairingStream(stream)


class _RepairingStream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream
        self._head: ResponseHead | None = ResponseHead()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while self._head:
            data = self._stream.read(max_bytes, timeout)
            ready = self._head.feed(data) if data else self._head.rest()
            if ready is not None:
                self._head = None
                return ready
        return self._stream.read(max_bytes, timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        return _RepairingStream(self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
