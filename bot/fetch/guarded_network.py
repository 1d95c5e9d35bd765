"""The network backend of one request: checked addresses only, one deadline, every byte counted.

httpcore2 asks it for a connection (`network_backend`). So nothing between the lookup and the socket can
choose another address, and no read or write waits past the deadline.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import ip_address
from itertools import groupby
from typing import Any, Protocol

import httpcore2
from msgspec import Struct

from bot.core.errors import FetchError
from bot.core.skip_reasons import SkipReason
from bot.fetch.deadline import Deadline
from bot.fetch.ip_addresses import Address, AddressFilter
from bot.fetch.proxy import Proxy, ProxyDown

CONNECT_SECONDS = 5.0
"""Maximum time for one address, so that the next one can be tried."""
_MAX_ADDRESSES_PER_FAMILY = 2


class Route(Protocol):
    """One way to a host."""

    def endpoint(self, port: int) -> tuple[str, int]:
        """The address and port to connect to, for a host that listens on `port`."""
        ...

    def prepare(self, stream: httpcore2.NetworkStream, port: int) -> None:
        """Make the connection lead to the host, before anything else is sent.

        Raises ConnectError if another route may work, or FetchError.
        """
        ...

    def unreachable(self, error: httpcore2.NetworkError | httpcore2.TimeoutException) -> Exception:
        """The error to raise if there is no connection to the endpoint."""
        ...


class DirectRoute(Struct, frozen=True):
    """To an address that was checked, which the connection must really have."""

    address: Address
    address_filter: AddressFilter

    def endpoint(self, port: int) -> tuple[str, int]:
        return str(self.address), port

    def prepare(self, stream: httpcore2.NetworkStream, port: int) -> None:
        peer = _peer_address(stream)
        if peer != self.address or not self.address_filter.allows(peer, port):
            detail = "The connection was made to a different address than requested."
            raise FetchError(SkipReason.FORBIDDEN_ADDRESS, detail, permanent=True)

    def unreachable(self, error: httpcore2.NetworkError | httpcore2.TimeoutException) -> Exception:
        return error


class ProxyRoute(Struct, frozen=True):
    """Through a proxy to `host`: an address that was checked, or a name that the proxy looks up."""

    proxy: Proxy
    proxy_address: Address
    host: str

    def endpoint(self, port: int) -> tuple[str, int]:
        return str(self.proxy_address), self.proxy.port

    def prepare(self, stream: httpcore2.NetworkStream, port: int) -> None:
        self.proxy.open_tunnel(stream, self.host, port)

    def unreachable(self, error: httpcore2.NetworkError | httpcore2.TimeoutException) -> Exception:
        return ProxyDown(str(error))


class GuardedNetwork(httpcore2.NetworkBackend):
    """Connects one request on one of `routes`, regardless of the host that httpcore2 asks for."""

    def __init__(
        self,
        backend: httpcore2.NetworkBackend,
        routes: Sequence[Route],
        deadline: Deadline,
        max_bytes: int,
    ) -> None:
        self._backend = backend
        self._routes = routes
        self._stream: httpcore2.NetworkStream | None = None
        self._socket_copy: socket.socket | None = None
        self._received = 0
        self.deadline = deadline
        self.max_bytes = max_bytes
        """Maximum number of received bytes, headers included."""

    @contextlib.contextmanager
    def open(self) -> Iterator[GuardedNetwork]:
        """Closes the connection at the end of the block, or at once when the stop signal is set."""
        try:
            with self.deadline.stop_signal.on_set(self._shut_down):
                yield self
        finally:
            self._close()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        count = len(self._routes)
        for number, route in enumerate(self._routes, start=1):
            seconds = min(CONNECT_SECONDS, self.deadline.remaining() / (count - number + 1))
            try:
                return self._connect(route, port, seconds)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                self._close()
                if number == count:
                    raise
        raise httpcore2.ConnectError("no address")

    def _connect(self, route: Route, port: int, seconds: float) -> httpcore2.NetworkStream:
        address, route_port = route.endpoint(port)
        try:
            self._stream = self._backend.connect_tcp(address, route_port, timeout=seconds)
        except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
            raise route.unreachable(error) from error
        self._copy_socket(self._stream)
        guarded = _GuardedStream(self._stream, self)
        route.prepare(guarded, port)
        return guarded

    def _close(self) -> None:
        for connection in (self._stream, self._socket_copy):
            if connection:
                connection.close()
        self._stream = self._socket_copy = None

    def _copy_socket(self, stream: httpcore2.NetworkStream) -> None:
        """Keep a second descriptor of the socket: the TLS handshake detaches the first one."""
        sock = stream.get_extra_info("socket")
        if isinstance(sock, socket.socket):
            self._socket_copy = sock.dup()
            if self.deadline.stop_signal.is_set:
                self._shut_down()

    def _shut_down(self) -> None:
        if self._socket_copy:
            with contextlib.suppress(OSError):
                self._socket_copy.shutdown(socket.SHUT_RDWR)

    def count_received(self, data: bytes) -> bytes:
        self._received += len(data)
        if self._received > self.max_bytes:
            raise FetchError(SkipReason.TOO_LARGE, "The page is larger than Precis reads.", permanent=True)
        return data


class _GuardedStream(httpcore2.NetworkStream):
    """A stream that ends every call at the deadline and counts the received bytes."""

    def __init__(self, stream: httpcore2.NetworkStream, network: GuardedNetwork) -> None:
        self._stream = stream
        self._network = network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._stream.read(max_bytes, timeout=self._network.deadline.remaining())
        self._network.deadline.remaining()
        return self._network.count_received(data)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout=self._network.deadline.remaining())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        remaining = self._network.deadline.remaining()
        return _GuardedStream(
            self._stream.start_tls(ssl_context, server_hostname, timeout=remaining), self._network
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def addresses_to_try(addresses: Sequence[Address]) -> tuple[Address, ...]:
    """The first two of each family, in the resolver's order, which reflects what this host can reach."""
    families = groupby(
        sorted(addresses, key=lambda a: a.version != addresses[0].version), lambda a: a.version
    )
    return tuple(address for _, family in families for address in tuple(family)[:_MAX_ADDRESSES_PER_FAMILY])


def _peer_address(stream: httpcore2.NetworkStream) -> Address | None:
    try:
        return ip_address(stream.get_extra_info("server_addr")[0])
    except (OSError, TypeError, ValueError, IndexError):
        return None
