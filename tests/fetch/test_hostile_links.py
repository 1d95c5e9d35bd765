"""Zero forbidden addresses reached, whatever the link, the name or the redirect."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.errors import FetchError
from bot.core.skip_reasons import SkipReason
from bot.fetch import Fetcher, FetchSettings
from tests.fetch import hostile_links
from tests.fetch.fake_network import OTHER_PUBLIC, PUBLIC, Names, Network
from tests.fetch.fetching import NO_ONE_TRUSTED
from tests.fetch.special_ranges import SPECIAL, is_special

FAST = FetchSettings(host_delay=0, robots=False)
WITH_ROBOTS = FetchSettings(host_delay=0, robots=True)
ADDRESSES = st.sampled_from(SPECIAL).flatmap(
    lambda net: st.integers(int(net[0]), int(net[-1])).map(type(net[0]))
)


def world() -> tuple[Names, Network]:
    names = Names(hostile_links.zone())
    names.later = hostile_links.turning()
    return names, Network()


def forbidden(network: Network) -> list[tuple[str, int]]:
    return [(host, port) for host, port in network.reached if is_special(host) or port not in (80, 443)]


def refusal(fetcher: Fetcher, link: str) -> FetchError | None:
    try:
        fetcher.fetch(link)
    except FetchError as error:
        return error
    return None


def assert_clean(error: FetchError | None) -> None:
    if error:
        assert error.detail.isprintable()
        assert len(error.detail) < 300


def test_there_are_many_links() -> None:
    assert len(hostile_links.links()) >= 400


@pytest.mark.parametrize("chosen", [FAST, WITH_ROBOTS], ids=["plain", "robots"])
def test_no_link_reaches_a_forbidden_address(chosen: FetchSettings) -> None:
    names, network = world()
    reached = {}
    with Fetcher(chosen, resolve=names, backend=network, tls=NO_ONE_TRUSTED) as fetcher:
        for link in hostile_links.links():
            before = len(forbidden(network))
            assert_clean(refusal(fetcher, link))
            if len(forbidden(network)) > before:
                reached[link] = forbidden(network)[before:]
    assert reached == {}
    assert (PUBLIC, 80) in network.tried, "the good hops were visited, so the table tests something"


@settings(deadline=None)
@given(address=ADDRESSES, place=st.integers(0, 2))
def test_no_special_address_is_connected_to(address: object, place: int) -> None:
    answer = [PUBLIC, OTHER_PUBLIC]
    answer.insert(place, str(address))
    network = Network()
    with (
        Fetcher(
            FAST, resolve=Names({"site.example": answer}), backend=network, tls=NO_ONE_TRUSTED
        ) as fetcher,
        pytest.raises(FetchError) as caught,
    ):
        fetcher.fetch("http://site.example/")
    assert caught.value.reason is SkipReason.FORBIDDEN_ADDRESS
    assert network.tried == []


@settings(deadline=None)
@given(address=ADDRESSES)
def test_no_special_peer_is_spoken_to(address: object) -> None:
    network = Network(peers={PUBLIC: str(address)})
    with (
        Fetcher(
            FAST, resolve=Names({"site.example": [PUBLIC]}), backend=network, tls=NO_ONE_TRUSTED
        ) as fetcher,
        pytest.raises(FetchError) as caught,
    ):
        fetcher.fetch("http://site.example/")
    assert caught.value.reason is SkipReason.FORBIDDEN_ADDRESS
    assert [bytes(stream.sent) for stream in network.streams] == [b""]


@settings(deadline=None)
@given(link=st.text(max_size=80) | st.text(max_size=60).map("http://{}".format))
def test_any_text_is_refused_cleanly_or_fetched(link: str) -> None:
    names, network = world()
    with Fetcher(FAST, resolve=names, backend=network, tls=NO_ONE_TRUSTED) as fetcher:
        assert_clean(refusal(fetcher, link))
    assert forbidden(network) == []


@settings(deadline=None)
@given(number=st.integers(0, 2**32 - 1))
def test_public_ipv4_is_connected_to(number: int) -> None:
    address = str(ip_address(number))
    network = Network()
    with Fetcher(
        FAST, resolve=Names({"site.example": [address]}), backend=network, tls=NO_ONE_TRUSTED
    ) as fetcher:
        refused = refusal(fetcher, "http://site.example/")
    assert (refused is not None) == is_special(address)
