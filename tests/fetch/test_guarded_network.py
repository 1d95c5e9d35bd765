from __future__ import annotations

from ipaddress import ip_address
from typing import Any

import httpcore2
import pytest

from bot.core.errors import FetchStopped
from bot.core.skip_reasons import SkipReason
from bot.fetch import Fetcher
from tests.fetch.fake_network import OTHER_PUBLIC, PUBLIC, Names, Network
from tests.fetch.fetching import fetcher_for, refused

LINK = "http://site.example/"


def fetcher(network: Network, *addresses: str) -> Fetcher:
    return fetcher_for(resolve=Names({"site.example": addresses}), backend=network)


def test_the_next_address_is_tried_when_one_is_dead() -> None:
    network = Network(dead=frozenset({PUBLIC}))
    assert fetcher(network, PUBLIC, OTHER_PUBLIC).fetch(LINK).content
    assert network.tried == [(PUBLIC, 80), (OTHER_PUBLIC, 80)]


def test_two_addresses_of_each_family_are_tried() -> None:
    v4 = [str(ip_address(PUBLIC) + n) for n in range(5)]
    v6 = [str(ip_address(OTHER_PUBLIC) + n) for n in range(5)]
    network = Network(dead=frozenset(v4 + v6))
    error = refused(fetcher(network, *v6, *v4).fetch, LINK)
    assert (error.reason, error.permanent) == (SkipReason.SITE_DOWN, False)
    assert [host for host, _ in network.tried] == v6[:2] + v4[:2]


def test_one_look_up_for_each_hop() -> None:
    names, network = Names({"site.example": [PUBLIC], "other.example": [OTHER_PUBLIC]}), Network()
    fetcher_for(resolve=names, backend=network).fetch(LINK + "to?http%3A%2F%2Fother.example%2F")
    assert names.asked == ["site.example", "other.example"]
    assert network.tried == [(PUBLIC, 80), (OTHER_PUBLIC, 80)]


@pytest.mark.parametrize("peer", ["9.9.9.10", "127.0.0.1", "not an address"])
def test_a_peer_that_was_not_asked_for_hears_nothing(peer: str) -> None:
    network = Network(peers={PUBLIC: peer})
    assert refused(fetcher(network, PUBLIC).fetch, LINK).reason is SkipReason.FORBIDDEN_ADDRESS
    assert [(bytes(stream.sent), stream.closed) for stream in network.streams] == [(b"", True)]


class LateNetwork(Network):
    """Connects when the time is up."""

    now = 0.0

    def connect_tcp(self, *args: Any, **keywords: Any) -> httpcore2.NetworkStream:
        self.now = 99.0
        return super().connect_tcp(*args, **keywords)


def test_a_connection_that_comes_too_late_is_closed() -> None:
    network = LateNetwork()
    names = Names({"site.example": [PUBLIC]})
    fetcher = fetcher_for(resolve=names, backend=network, monotonic=lambda: network.now)
    assert refused(fetcher.fetch, "https://site.example/").reason is SkipReason.TOO_SLOW
    assert [(bytes(stream.sent), stream.closed) for stream in network.streams] == [(b"", True)]


class EndingNetwork(Network):
    """Sends a page that lasts as long as the connection, and calls `at_end` where it ends."""

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


def test_a_page_that_was_cut_by_stop_does_not_count_as_whole() -> None:
    network = EndingNetwork(answer=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>half")
    late = fetcher(network, PUBLIC)
    network.at_end = lambda: None
    assert late.fetch(LINK).content == b"<html>half"
    network.at_end = late.stop
    assert isinstance(refused(late.fetch, LINK), FetchStopped)


@pytest.mark.parametrize("answer", ["", "127.1", "localhost", "9.9.9.9/8"])
def test_an_answer_that_is_no_address_is_refused(answer: str) -> None:
    network = Network()
    assert refused(fetcher(network, PUBLIC, answer).fetch, LINK).reason is SkipReason.FORBIDDEN_ADDRESS
    assert network.tried == []


def test_an_empty_answer_is_a_failed_look_up() -> None:
    assert refused(fetcher(Network()).fetch, LINK).reason is SkipReason.SITE_DOWN
