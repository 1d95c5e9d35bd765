"""Looks up the addresses of a host once, within the deadline. If one is not public, none is used."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from ipaddress import ip_address

import structlog

from bot.core.errors import FetchError, FetchOffline
from bot.core.skip_reasons import SkipReason
from bot.fetch.deadline import Deadline
from bot.fetch.ip_addresses import Address, AddressFilter
from bot.fetch.target_url import Target

log = structlog.get_logger(__name__)

MAX_UNANSWERED_NAMES = 3
"""So many different names in a row without an answer mean that the resolver is down.

A single name may have broken name servers of its own.
"""

ResolveHost = Callable[[str], Sequence[str]]
"""Returns all addresses of a host name as text; raises OSError."""


def resolve_with_system(host: str) -> Sequence[str]:
    """The addresses from the system's resolver. The trailing dot prevents the use of search domains."""
    found = socket.getaddrinfo(f"{host}.".encode("ascii"), None, type=socket.SOCK_STREAM)
    return tuple(str(entry[4][0]) for entry in found)


class DnsResolver:
    """Looks up each name in its own thread, because a lookup cannot be interrupted.

    A thread that still waits after its deadline is abandoned; `max_threads` limits their number.
    """

    def __init__(self, resolve: ResolveHost, address_filter: AddressFilter, max_threads: int) -> None:
        self._resolve = resolve
        self._address_filter = address_filter
        self._free_threads = threading.Semaphore(max_threads)
        self._unanswered: set[str] = set()
        """Names without an answer since the resolver last answered."""
        self._down = False

    def addresses(self, target: Target, deadline: Deadline) -> tuple[Address, ...]:
        """The addresses of `target`. Raises FetchError if one of them is not public."""
        if self._address_filter.is_local_exception(target.host, target.port):
            return (ip_address(target.host),)
        found = _parse_addresses(self._look_up(target.host, deadline))
        if not all(self._address_filter.allows(address, target.port) for address in found):
            detail = f"{target.host} has an address that is not on the public internet."
            raise FetchError(SkipReason.FORBIDDEN_ADDRESS, detail, permanent=True)
        return found

    def proxy_addresses(self, host: str, deadline: Deadline) -> tuple[Address, ...]:
        """The addresses of a proxy, which may be anywhere: the operator has chosen it. Raises FetchError."""
        try:
            return (ip_address(host),)
        except ValueError:
            return _parse_addresses(self._look_up(host, deadline))

    def _look_up(self, host: str, deadline: Deadline) -> Sequence[str]:
        if not self._free_threads.acquire(blocking=False):
            raise _lookup_error(f"Too many DNS lookups are pending, so {host} was not looked up.")
        lookup = _Lookup(self._resolve, host, self._free_threads.release)
        with deadline.stop_signal.on_set(lookup.done.set):
            lookup.start()
            lookup.done.wait(deadline.remaining())
        self._record_outcome(lookup)
        deadline.remaining()
        return lookup.result()

    def _record_outcome(self, lookup: _Lookup) -> None:
        """Raises FetchOffline after several names in a row without an answer: the resolver is down."""
        if lookup.done.is_set() and not lookup.unanswered:
            if self._down:
                log.info("the name server answers again")
            self._unanswered, self._down = set(), False
            return
        self._unanswered = {*list(self._unanswered)[:MAX_UNANSWERED_NAMES], lookup.host}
        if len(self._unanswered) >= MAX_UNANSWERED_NAMES:
            if not self._down:
                log.error("the name server does not answer; fetches are delayed")
            self._down = True
            raise FetchOffline


class _Lookup(threading.Thread):
    def __init__(self, resolve: ResolveHost, host: str, release: Callable[[], None]) -> None:
        super().__init__(name="lookup", daemon=True)
        self.done = threading.Event()
        self._resolve = resolve
        self.host = host
        self._release = release
        self._found: Sequence[str] = ()
        self._error: Exception | None = None

    def run(self) -> None:
        try:
            self._found = self._resolve(self.host)
        except (OSError, ValueError) as error:  # ValueError: a name that cannot be encoded
            self._error = error
        finally:
            self._release()
            self.done.set()

    @property
    def unanswered(self) -> bool:
        """Whether the resolver could not tell if the name exists."""
        return isinstance(self._error, socket.gaierror) and self._error.errno == socket.EAI_AGAIN

    def result(self) -> Sequence[str]:
        if self._error:
            raise _lookup_error(f"The DNS lookup of {self.host} failed.") from self._error
        if not self._found:
            raise _lookup_error(f"The host {self.host} has no address.")
        return self._found


def _parse_addresses(found: Sequence[str]) -> tuple[Address, ...]:
    try:
        return tuple(dict.fromkeys(ip_address(text) for text in found))
    except ValueError as error:
        raise FetchError(
            SkipReason.FORBIDDEN_ADDRESS,
            "The DNS lookup returned something that is not an address.",
            permanent=True,
        ) from error


def _lookup_error(detail: str) -> FetchError:
    return FetchError(SkipReason.SITE_DOWN, detail, permanent=False)
