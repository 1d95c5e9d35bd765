"""No link, name or redirect leads to a forbidden address."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.errors import FetchError
from bot.core.skip_reasons import SkipReason
from bot.fetch import Fetcher, FetchSettings
from tests.fetch import hostile_links
from tests.fetch.fake_network import OTHER_PUBLIC, PUBLIC, FakeNetwork, FakeResolver
from tests.fetch.fetching import NO_CERTIFICATES
from tests.fetch.special_ranges import SPECIAL, is_special

FAST = FetchSettings(host_delay=0, robots=False)
WITH_ROBOTS = FetchSettings(host_delay=0, robots=True)
ADDRESSES = st.sampled_from(SPECIAL).flatmap(
    lambda net: st.integers(int(net[0]), int(net[-1])).map(type(net[0]))
)


def fakes() -> tuple[FakeResolver, FakeNetwork]:
    resolver = FakeResolver(hostile_links.dns_table())
    resolver.second_lookup = hostile_links.rebinding()
    return resolver, FakeNetwork()


def forbidden(network: FakeNetwork) -> list[tuple[str, int]]:
    return [(host, port) for host, port in network.reached if is_special(host) or port not in (80, 443)]


def error_of(fetcher: Fetcher, link: str) -> FetchError | None:
    try:
        fetcher.fetch(link)
    except FetchError as error:
        return error
    return None


def assert_short_and_printable(error: FetchError | None) -> None:
    if error:
        assert error.detail.isprintable()
        assert len(error.detail) < 300


def test_there_are_many_links() -> None:
    assert len(hostile_links.links()) >= 400


@pytest.mark.parametrize("chosen", [FAST, WITH_ROBOTS], ids=["plain", "robots"])
def test_no_link_reaches_a_forbidden_address(chosen: FetchSettings) -> None:
    resolver, network = fakes()
    reached = {}
    with Fetcher(chosen, resolve=resolver, backend=network, tls=NO_CERTIFICATES) as fetcher:
        for link in hostile_links.links():
            before = len(forbidden(network))
            assert_short_and_printable(error_of(fetcher, link))
            if len(forbidden(network)) > before:
                reached[link] = forbidden(network)[before:]
    assert reached == {}
    assert (PUBLIC, 80) in network.connections, "no public address was reached, so the test proves nothing"


@settings(deadline=None)
@given(address=ADDRESSES, place=st.integers(0, 2))
def test_no_connection_to_a_special_address(address: object, place: int) -> None:
    answer = [PUBLIC, OTHER_PUBLIC]
    answer.insert(place, str(address))
    network = FakeNetwork()
    with (
        Fetcher(
            FAST, resolve=FakeResolver({"site.example": answer}), backend=network, tls=NO_CERTIFICATES
        ) as fetcher,
        pytest.raises(FetchError) as caught,
    ):
        fetcher.fetch("http://site.example/")
    assert caught.value.reason is SkipReason.FORBIDDEN_ADDRESS
    assert network.connections == []


@settings(deadline=None)
@given(address=ADDRESSES)
def test_nothing_is_sent_to_a_special_peer(address: object) -> None:
    network = FakeNetwork(peers={PUBLIC: str(address)})
    with (
        Fetcher(
            FAST, resolve=FakeResolver({"site.example": [PUBLIC]}), backend=network, tls=NO_CERTIFICATES
        ) as fetcher,
        pytest.raises(FetchError) as caught,
    ):
        fetcher.fetch("http://site.example/")
    assert caught.value.reason is SkipReason.FORBIDDEN_ADDRESS
    assert [bytes(stream.sent) for stream in network.streams] == [b""]


@settings(deadline=None)
@given(link=st.text(max_size=80) | st.text(max_size=60).map("http://{}".format))
def test_any_text_is_refused_cleanly_or_fetched(link: str) -> None:
    resolver, network = fakes()
    with Fetcher(FAST, resolve=resolver, backend=network, tls=NO_CERTIFICATES) as fetcher:
        assert_short_and_printable(error_of(fetcher, link))
    assert forbidden(network) == []


@settings(deadline=None)
@given(number=st.integers(0, 2**32 - 1))
def test_public_ipv4_addresses_are_reachable(number: int) -> None:
    address = str(ip_address(number))
    network = FakeNetwork()
    with Fetcher(
        FAST, resolve=FakeResolver({"site.example": [address]}), backend=network, tls=NO_CERTIFICATES
    ) as fetcher:
        refused = error_of(fetcher, "http://site.example/")
    assert (refused is not None) == is_special(address)
