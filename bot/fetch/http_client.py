"""Sends one request to one target: DNS lookup, connection, headers, and the body up to a limit."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import httpcore2
import httpx2
from msgspec import Struct

from bot.core.errors import FetchError, FetchOffline, FetchStopped
from bot.core.skip_reasons import SkipReason
from bot.fetch.content_coding import ACCEPT_ENCODING
from bot.fetch.deadline import Deadline
from bot.fetch.dns_lookup import DnsResolver
from bot.fetch.guarded_network import DirectRoute, GuardedNetwork, ProxyRoute, Route, addresses_to_try
from bot.fetch.ip_addresses import AddressFilter
from bot.fetch.proxy import Proxy, ProxyDown, ProxyRefused
from bot.fetch.response_head import RepairingNetwork
from bot.fetch.target_url import Target

MAX_HEADER_BYTES = 256 * 1024
"""Maximum number of bytes until the headers are complete; httpcore2 reads 64 KiB at once, body included."""
MAX_CHUNKS = 50_000
"""Maximum number of chunks of a body: the parser needs the same time for each, whatever its size."""


class HttpResponse(Struct, frozen=True):
    """Status and headers. The body is read on demand, while the connection is open."""

    status: int
    headers: httpx2.Headers
    response: httpcore2.Response
    network: GuardedNetwork

    @property
    def location(self) -> str:
        """The Location header, or "". If there are several, the first one."""
        found = self.headers.get_list("location")
        return found[0] if found else ""

    def body(self, max_bytes: int) -> tuple[bytes, bool]:
        """The body as sent, and whether it is complete. Raises FetchError if it is over `max_bytes`."""
        if _content_length(self.headers) > max_bytes:
            raise _too_large()
        self.network.max_bytes = max_bytes
        content = bytearray()
        complete = self._read_into(content, lambda: len(content) <= max_bytes)
        if len(content) > max_bytes:
            raise _too_large()
        return bytes(content), complete

    def body_start(self, max_bytes: int) -> bytes:
        """The first `max_bytes` of the body as sent; the rest is not read."""
        self.network.max_bytes = 2 * max_bytes
        content = bytearray()
        self._read_into(content, lambda: len(content) < max_bytes)
        return bytes(content[:max_bytes])

    def _read_into(self, content: bytearray, wanted: Callable[[], bool]) -> bool:
        """Read the body while more of it is wanted. False if the server broke it off.

        Raises FetchError after the deadline, or if there are too many chunks.
        """
        try:
            for count, chunk in enumerate(self.response.iter_stream()):
                content += chunk
                if not wanted():
                    break
                if count > MAX_CHUNKS:
                    raise _too_large()
        except (httpcore2.RemoteProtocolError, httpcore2.ReadError):
            self.network.deadline.remaining()
            return False
        return True


class HttpClient:
    """Sends GET requests without credentials or persistent connections, through a proxy if there is one."""

    def __init__(
        self,
        user_agent: str,
        address_filter: AddressFilter,
        dns: DnsResolver,
        backend: httpcore2.NetworkBackend,
        tls: ssl.SSLContext,
        proxy: Proxy | None = None,
    ) -> None:
        self._user_agent = user_agent
        self._address_filter = address_filter
        self._dns = dns
        self._backend = backend
        self._tls = tls
        self._proxy = proxy

    @contextmanager
    def get(
        self, target: Target, accept: str, deadline: Deadline, cookies: str = ""
    ) -> Iterator[HttpResponse]:
        """The response of `target`. Every error, including errors while reading the body, is a FetchError.

        `cookies` is the value of the Cookie header; without it, none is sent.
        """
        routes = self._routes(target, deadline)
        network = GuardedNetwork(self._backend, routes, deadline, MAX_HEADER_BYTES)
        with (
            _translate_errors(target, deadline),
            network.open(),
            self._connection(target, network) as connection,
        ):
            response = connection.handle_request(self._request(target, accept, cookies))
            yield HttpResponse(response.status, httpx2.Headers(response.headers), response, network)

    def _routes(self, target: Target, deadline: Deadline) -> Sequence[Route]:
        """The ways to a host, the best first. Raises FetchError if an address of it is not public."""
        proxy = self._proxy
        if proxy and proxy.resolves:
            hosts: Sequence[str] = (target.host,)
        else:
            addresses = addresses_to_try(self._dns.addresses(target, deadline))
            hosts = tuple(map(str, addresses))
        if not proxy:
            return tuple(DirectRoute(address, self._address_filter) for address in addresses)
        proxy_addresses = addresses_to_try(self._dns.proxy_addresses(proxy.host, deadline))
        return tuple(ProxyRoute(proxy, address, host) for host in hosts for address in proxy_addresses)

    def _connection(self, target: Target, network: GuardedNetwork) -> httpcore2.HTTPConnection:
        origin = httpcore2.Origin(target.scheme.encode(), target.host.encode(), target.port)
        return httpcore2.HTTPConnection(
            origin, ssl_context=self._tls, network_backend=RepairingNetwork(network)
        )

    def _request(self, target: Target, accept: str, cookies: str) -> httpcore2.Request:
        return httpcore2.Request(
            "GET",
            httpcore2.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path),
            headers={
                "Host": target.netloc,
                "User-Agent": self._user_agent,
                "Accept": accept,
                "Accept-Encoding": ACCEPT_ENCODING,
                "Connection": "close",
                **({"Cookie": cookies} if cookies else {}),
            },
        )


@contextmanager
def _translate_errors(target: Target, deadline: Deadline) -> Iterator[None]:
    try:
        yield
    except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError) as error:
        if deadline.stop_signal.is_set:
            raise FetchStopped from error
        raise _to_fetch_error(target.host, error, deadline) from error


def _to_fetch_error(host: str, error: Exception, deadline: Deadline) -> FetchError:
    if deadline.passed or isinstance(error, (httpcore2.ReadTimeout, httpcore2.WriteTimeout)):
        return Deadline.timeout_error()
    if isinstance(error, ProxyDown):
        return FetchOffline("The connection to the proxy failed. Check [fetch] proxy. Precis will retry.")
    if isinstance(error.__cause__, ssl.SSLCertVerificationError):
        return FetchError(SkipReason.SITE_DOWN, f"The certificate of {host} is not valid.", permanent=True)
    if isinstance(error, httpcore2.ProtocolError):
        detail = f"{host} closed the connection early or sent an invalid HTTP response."
    elif isinstance(error, ProxyRefused):
        detail = f"The proxy did not connect to {host}: {error}."
    elif isinstance(error, (httpcore2.ConnectError, httpcore2.ConnectTimeout)):
        detail = f"The connection to {host} failed."
    else:
        detail = f"The connection to {host} was lost."
    return FetchError(SkipReason.SITE_DOWN, detail, permanent=False)


def _content_length(headers: httpx2.Headers) -> int:
    length = headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else 0


def _too_large() -> FetchError:
    return FetchError(SkipReason.TOO_LARGE, "The page is larger than the size limit.", permanent=True)
