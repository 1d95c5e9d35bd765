"""Limits of the web server's connections, so that idle strangers keep nobody else out.

uvicorn has a timeout for connections between two requests only. With `limit_concurrency` it answers 503
as soon as many connections are open, also to the health check. Here each phase of a request has a
timeout, and a new connection replaces the one that has waited longest for its client.
"""

from __future__ import annotations

import asyncio
from enum import Enum, auto
from ipaddress import IPv6Address, ip_address
from itertools import count
from typing import Any

import h11
from msgspec import Struct
from uvicorn.protocols.http.h11_impl import H11Protocol


class ConnectionLimits(Struct, frozen=True):
    """Seconds for each phase of a request, and numbers of open connections."""

    headers: float = 10
    """From the connection, or the first byte of a further request, to the last header."""
    body: float = 60
    """Enough for a page of 10 MB in the preview over a slow line."""
    response: float = 120
    """From the complete request until the client has received the response."""
    per_address: int = 32
    total: int = 128


class _Phase(Enum):
    """What a connection waits for."""

    HEADERS = auto()
    BODY = auto()
    RESPONSE = auto()
    REQUEST = auto()
    """A further request: uvicorn's keep-alive timeout applies."""


_numbers = count()


class LimitedProtocol(H11Protocol):
    """uvicorn's protocol for one connection, with limits."""

    limits = ConnectionLimits()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.number = next(_numbers)
        self.network = network_of_address(self.client[0] if self.client else "")
        self.phase = _Phase.REQUEST
        self._timer: asyncio.TimerHandle | None = None
        self._enter(_Phase.HEADERS)
        self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._enter(self._current_phase())

    def on_response_complete(self) -> None:
        super().on_response_complete()
        received_more = bool(self.conn.trailing_data[0])
        self._enter(self._current_phase() if received_more else _Phase.REQUEST)

    def abort(self) -> None:
        self.connections.discard(self)
        self._stop_timer()
        self.transport.abort()

    def _current_phase(self) -> _Phase:
        if self.conn.their_state is h11.IDLE:
            return _Phase.HEADERS
        return _Phase.BODY if self.conn.their_state is h11.SEND_BODY else _Phase.RESPONSE

    def _enter(self, phase: _Phase) -> None:
        """Start the timeout of a phase. Further bytes in the same phase do not extend it."""
        if phase is self.phase:
            return
        self.phase = phase
        self._stop_timer()
        if phase is not _Phase.REQUEST:
            seconds = getattr(self.limits, phase.name.lower())
            self._timer = self.loop.call_later(seconds, self.abort)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _make_room(self) -> None:
        """Close another connection if there are too many: best one that waits for its client."""
        others: list[Any] = [each for each in self.connections if each is not self]
        same_network = [each for each in others if each.network == self.network]
        for connections, limit in ((same_network, self.limits.per_address), (others, self.limits.total)):
            if len(connections) >= limit:
                min(connections, key=lambda each: (each.phase is _Phase.RESPONSE, each.number)).abort()
                return


def limited_protocol(limits: ConnectionLimits) -> type[LimitedProtocol]:
    """The protocol with these limits: uvicorn creates its objects."""
    return type("LimitedProtocol", (LimitedProtocol,), {"limits": limits})


def network_of_address(address: str) -> str:
    """An IPv4 address, or the /64 network of an IPv6 address: one client has all addresses of it."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    return str(int(parsed) >> 64) if isinstance(parsed, IPv6Address) else address
