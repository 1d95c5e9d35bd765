from __future__ import annotations

from ipaddress import ip_address
from typing import Any

import httpcore2
import pytest

from bot.core.errors import FetchStopped
from bot.core.skip_reasons import SkipReason
from bot.fetch import Fetcher
from tests.fetch.fake_network import OTHER_PUBLIC, PUBLIC, FakeNetwork, FakeResolver
from tests.fetch.fetching import fetch_error, fetcher_for

LINK = "http://site.example/"


def fetcher(network: FakeNetwork, *addresses: str) -> Fetcher:
    return fetcher_for(resolve=FakeResolver({"site.example": addresses}), backend=network)


def test_the_next_address_is_tried_after_a_failure() -> None:
    network = FakeNetwork(dead=frozenset({PUBLIC}))
    assert fetcher(network, PUBLIC, OTHER_PUBLIC).fetch(LINK).content
    assert network.connections == [(PUBLIC, 80), (OTHER_PUBLIC, 80)]


def test_two_addresses_of_each_family_are_tried() -> None:
    v4 = [str(ip_address(PUBLIC) + n) for n in range(5)]
    v6 = [str(ip_address(OTHER_PUBLIC) + n) for n in range(5)]
    network = FakeNetwork(dead=frozenset(v4 + v6))
    error = fetch_error(fetcher(network, *v6, *v4).fetch, LINK)
    assert (error.reason, error.permanent) == (SkipReason.SITE_DOWN, False)
    assert [host for host, _ in network.connections] == v6[:2] + v4[:2]


@pytest.mark.parametrize("addresses", [["64:ff9b::909:909"], ["64:ff9b::909:909", PUBLIC]])
def test_a_site_that_resolves_through_dns64_is_fetched(addresses: list[str]) -> None:
    network = FakeNetwork()
    assert fetcher(network, *addresses).fetch(LINK).content
    assert network.connections == [("64:ff9b::909:909", 80)]


def test_one_dns_lookup_for_each_redirect() -> None:
    resolver, network = (
        FakeResolver({"site.example": [PUBLIC], "other.example": [OTHER_PUBLIC]}),
        FakeNetwork(),
    )
    fetcher_for(resolve=resolver, backend=network).fetch(LINK + "to?http%3A%2F%2Fother.example%2F")
    assert resolver.lookups == ["site.example", "other.example"]
    assert network.connections == [(PUBLIC, 80), (OTHER_PUBLIC, 80)]


@pytest.mark.parametrize("peer", ["9.9.9.10", "127.0.0.1", "not an address"])
def test_nothing_is_sent_to_an_unexpected_peer(peer: str) -> None:
    network = FakeNetwork(peers={PUBLIC: peer})
    assert fetch_error(fetcher(network, PUBLIC).fetch, LINK).reason is SkipReason.FORBIDDEN_ADDRESS
    assert [(bytes(stream.sent), stream.closed) for stream in network.streams] == [(b"", True)]


class LateNetwork(FakeNetwork):
    """Connects only after the deadline."""

    now = 0.0

    def connect_tcp(self, *args: Any, **keywords: Any) -> httpcore2.NetworkStream:
        self.now = 99.0
        return super().connect_tcp(*args, **keywords)


def test_a_connection_after_the_deadline_is_closed() -> None:
    network = LateNetwork()
    resolver = FakeResolver({"site.example": [PUBLIC]})
    fetcher = fetcher_for(resolve=resolver, backend=network, monotonic=lambda: network.now)
    assert fetch_error(fetcher.fetch, "https://site.example/").reason is SkipReason.TOO_SLOW
    assert [(bytes(stream.sent), stream.closed) for stream in network.streams] == [(b"", True)]


class EndingNetwork(FakeNetwork):
    """Sends a page that ends with the connection, and calls `at_end` at its end."""

    def connect_tcp(self, *args: Any, **keywords: Any) -> httpcore2.NetworkStream:
        stream = super().connect_tcp(*args, **keywords)
        read = stream.read

        def last_read(max_bytes: int, timeout: float | None = None) -> bytes:
            data = read(max_bytes, timeout)
            if not data:
                self.at_end()
            return data

        stream.read = last_read  # type: ignore[method-assign]
        return stream


def test_a_page_that_was_cut_off_by_stop_is_not_returned() -> None:
    network = EndingNetwork(response=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>half")
    late = fetcher(network, PUBLIC)
    network.at_end = lambda: None
    assert late.fetch(LINK).content == b"<html>half"
    network.at_end = late.stop
    assert isinstance(fetch_error(late.fetch, LINK), FetchStopped)


@pytest.mark.parametrize("answer", ["", "127.1", "localhost", "9.9.9.9/8"])
def test_a_dns_answer_that_is_not_an_address_is_refused(answer: str) -> None:
    network = FakeNetwork()
    assert fetch_error(fetcher(network, PUBLIC, answer).fetch, LINK).reason is SkipReason.FORBIDDEN_ADDRESS
    assert network.connections == []


def test_an_empty_dns_answer_is_an_error() -> None:
    assert fetch_error(fetcher(FakeNetwork()).fetch, LINK).reason is SkipReason.SITE_DOWN
