from __future__ import annotations

from ipaddress import IPv6Address, ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.fetch.ip_addresses import AddressFilter, is_public
from tests.fetch.special_ranges import SPECIAL, is_special


@pytest.mark.parametrize("network", SPECIAL, ids=str)
def test_the_first_and_last_address_of_every_special_range_are_not_public(network) -> None:
    assert not is_public(network[0])
    assert not is_public(network[-1])


@settings(deadline=None)
@given(number=st.integers(0, 2**32 - 1))
def test_ipv4_is_public_unless_it_is_special(number: int) -> None:
    address = ip_address(number)
    assert is_public(address) != is_special(address)


@settings(deadline=None)
@given(number=st.integers(0x2001_0200 << 96, (0x2D00_0000 << 96) - 1))
def test_allocated_ipv6_is_public_unless_it_is_special(number: int) -> None:
    address = IPv6Address(number)
    isatap = (number >> 32) & 0xFFFFFFFF in (0x5EFE, 0x0200_5EFE)
    assert is_public(address) != (is_special(address) or isatap)


@pytest.mark.parametrize("text", ["9.9.9.9", "93.184.215.14", "2620:fe::fe", "2a00:1450:4001:80b::200e"])
def test_well_known_addresses_are_public(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize("text", ["64:ff9b::9.9.9.9", "64:ff9b::5db8:d70e", "64:ff9b::1.1.1.1"])
def test_public_ipv4_addresses_behind_nat64_are_public(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize(
    "text",
    [
        "64:ff9b::10.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b::169.254.169.254",
        "64:ff9b::168.63.129.16",
        "64:ff9b::9.9.9.9%eth0",
        "64:ff9b:1::9.9.9.9",
        "64:ff9b:0:0:1::9.9.9.9",
        "64:ff9c::9.9.9.9",
        "::ffff:9.9.9.9",
    ],
)
def test_other_addresses_that_hold_an_ipv4_address_are_not_public(text: str) -> None:
    assert not is_public(ip_address(text))


@settings(deadline=None)
@given(number=st.integers(0, 2**32 - 1))
def test_an_address_behind_nat64_is_as_public_as_its_ipv4_address(number: int) -> None:
    assert is_public(IPv6Address((0x64_FF9B << 96) + number)) == is_public(ip_address(number))


@pytest.mark.parametrize("text", ["2620:fe::fe%eth0", "2a00::5efe:7f00:1", "2a00::200:5efe:a00:1"])
def test_zones_and_tunnels_are_not_public(text: str) -> None:
    assert not is_public(ip_address(text))


def test_only_the_listed_local_pairs_are_allowed() -> None:
    address_filter = AddressFilter(frozenset({"127.0.0.1:8000"}))
    loopback, public = ip_address("127.0.0.1"), ip_address("9.9.9.9")
    assert address_filter.allows(loopback, 8000)
    assert not address_filter.allows(loopback, 80)
    assert not address_filter.allows(loopback, 8001)
    assert not address_filter.allows(ip_address("127.0.0.2"), 8000)
    assert not address_filter.allows(public, 8000), "the port is allowed for loopback only"
    assert address_filter.allows(public, 443)


def test_a_pair_without_a_port_is_refused_at_once() -> None:
    with pytest.raises(ValueError):
        AddressFilter(frozenset({"127.0.0.1"}))
