"""One request to one target: look-up, connection, headers, and the body as far as it is wanted."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpcore2
import httpx2

from bot.core.errors import FetchError, FetchStopped
from bot.core.skip_reasons import SkipReason
from bot.fetch.deadline import Deadline
from bot.fetch.dns_lookup import DnsResolver
from bot.fetch.guarded_network import GuardedNetwork
from bot.fetch.ip_addresses import AddressFilter
from bot.fetch.response_body import ACCEPT_ENCODING
from bot.fetch.target_url import Target

MAX_HEAD = 256 * 1024
"""Most bytes until the headers are complete; httpcore2 reads 64 KiB at a time, body included."""
MAX_PIECES = 50_000
"""Most pieces of a body: each costs the parser the same, be it of one byte or of a thousand."""


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """Status and headers; the body is read on demand, while the connection is open."""

    status: int
    headers: httpx2.Headers
    response: httpcore2.Response
    network: GuardedNetwork

    @property
    def location(self) -> str:
        """Where a redirect leads, or "". Several headers of that name: the first counts."""
        found = self.headers.get_list("location")
        return found[0] if found else ""

    def body(self, max_wire: int) -> bytes:
        """The body as sent; raises FetchError when it is longer than `max_wire` bytes."""
        if _announced(self.headers) > max_wire:
            raise _too_large()
        self.network.limit = max_wire
        content = bytearray()
        for count, piece in enumerate(self.response.iter_stream()):
            content += piece
            if count > MAX_PIECES or len(content) > max_wire:
                raise _too_large()
        return bytes(content)


class HttpClient:
    """Sends GET requests without cookies, credentials, proxies or kept connections."""

    def __init__(
        self,
        user_agent: str,
        door: AddressFilter,
        lookups: DnsResolver,
        backend: httpcore2.NetworkBackend,
        tls: ssl.SSLContext,
    ) -> None:
        self._user_agent = user_agent
        self._door = door
        self._lookups = lookups
        self._backend = backend
        self._tls = tls

    @contextmanager
    def get(self, target: Target, accept: str, deadline: Deadline) -> Iterator[HttpResponse]:
        """The answer of `target`; every trouble on the way to it or in its body is a FetchError."""
        addresses = self._lookups.addresses(target, deadline)
        wire = GuardedNetwork(self._backend, addresses, self._door, deadline, MAX_HEAD)
        with _translated(target, deadline), wire.open(), self._connection(target, wire) as connection:
            response = connection.handle_request(self._request(target, accept))
            yield HttpResponse(response.status, httpx2.Headers(response.headers), response, wire)

    def _connection(self, target: Target, wire: GuardedNetwork) -> httpcore2.HTTPConnection:
        origin = httpcore2.Origin(target.scheme.encode(), target.host.encode(), target.port)
        return httpcore2.HTTPConnection(origin, ssl_context=self._tls, network_backend=wire)

    def _request(self, target: Target, accept: str) -> httpcore2.Request:
        return httpcore2.Request(
            "GET",
            httpcore2.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path),
            headers={
                "Host": target.netloc,
                "User-Agent": self._user_agent,
                "Accept": accept,
                "Accept-Encoding": ACCEPT_ENCODING,
                "Connection": "close",
            },
        )


@contextmanager
def _translated(target: Target, deadline: Deadline) -> Iterator[None]:
    try:
        yield
    except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError) as error:
        if deadline.stop_signal.is_set:
            raise FetchStopped from error
        raise _failure(target.host, error, deadline) from error


def _failure(host: str, error: Exception, deadline: Deadline) -> FetchError:
    if deadline.passed or isinstance(error, (httpcore2.ReadTimeout, httpcore2.WriteTimeout)):
        return Deadline.timeout_error()
    if isinstance(error.__cause__, ssl.SSLCertVerificationError):
        return FetchError(SkipReason.SITE_DOWN, f"The certificate of {host} is not valid.", permanent=True)
    if isinstance(error, httpcore2.ProtocolError):
        detail = f"{host} broke off or gave an answer that is not proper HTTP."
    elif isinstance(error, (httpcore2.ConnectError, httpcore2.ConnectTimeout)):
        detail = f"{host} could not be connected to."
    else:
        detail = f"The connection to {host} broke."
    return FetchError(SkipReason.SITE_DOWN, detail, permanent=False)


def _announced(headers: httpx2.Headers) -> int:
    length = headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else 0


def _too_large() -> FetchError:
    return FetchError(SkipReason.TOO_LARGE, "The page is larger than Precis reads.", permanent=True)
