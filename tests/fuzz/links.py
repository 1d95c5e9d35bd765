"""Links by rules and at random: none reaches a forbidden address, whatever the names resolve to."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from bot.core.errors import FetchError
from tests.fetch import hostile_links
from tests.fetch.fake_network import PUBLIC, FakeNetwork, FakeResolver
from tests.fetch.fetching import fetcher_for
from tests.fetch.special_ranges import SPECIAL, is_special
from tests.fuzz.target import Target

_specials = st.sampled_from(SPECIAL).flatmap(
    lambda network: st.integers(0, network.num_addresses - 1).map(lambda offset: network[offset])
)
_addresses = st.one_of(_specials, st.ip_addresses())
_v4 = st.one_of(_specials, st.ip_addresses(v=4)).filter(lambda address: isinstance(address, IPv4Address))
_spelled = st.tuples(_v4, st.integers(0, 23)).map(
    lambda drawn: list(hostile_links.spellings(str(drawn[0])))[drawn[1] % 20]
)
_v6 = st.one_of(_specials, st.ip_addresses(v=6)).filter(lambda address: isinstance(address, IPv6Address))
_bracketed = st.one_of(
    _v6.map(lambda address: f"[{address}]"),
    _v6.map(lambda address: f"[{address.exploded}]"),
    st.tuples(_v6, st.sampled_from(["%25eth0", "%lo", "%", "]", "::"])).map(
        lambda drawn: f"[{drawn[0]}{drawn[1]}]"
    ),
)
_labels = st.text(st.sampled_from("abc019-_xn漢ß。．%éＡ①\u00ad\u200d."), min_size=1, max_size=12)
_hosts = st.one_of(
    _spelled,
    _bracketed,
    st.sampled_from(["good.example", "mixed.example", "localhost", "a.localhost", "metadata", "db.internal"]),
    _labels,
    _labels.map(lambda label: f"{label}.example"),
)
_users = st.sampled_from(["", "", "", "user@", "user:pw@", "good.example@", "good.example:80@", "@", "a\\@"])
_ports = st.sampled_from(["", "", "", ":80", ":443", ":", ":22", ":0", ":00080", ":65536", ":８０", ":80:22"])
_schemes = st.sampled_from(
    [
        "http://",
        "https://",
        "HTTP://",
        "//",
        "http:",
        "http:\\\\",
        "ftp://",
        "file://",
        " http://",
        "http://\t",
    ]
)
_tails = st.one_of(
    st.sampled_from(["/", "", "/a?b#c", "\\", "/%2e%2e/", "?", "#@127.0.0.1/", "\r\nHost: 10.0.0.1", "\x00"]),
    st.text(max_size=12),
)
_urls = st.one_of(
    st.builds("{}{}{}{}{}".format, _schemes, _users, _hosts, _ports, _tails),
    st.sampled_from(hostile_links.links()),
    st.text(max_size=60),
)
_links = st.one_of(
    _urls,
    _urls.map(lambda url: f"http://good.example/to?{quote(url.encode('utf-8', 'replace'), safe='')}"),
)
_answers = st.lists(_addresses.map(str), min_size=1, max_size=3)
VALUES = st.fixed_dictionaries({"link": _links, "first": _answers, "later": _answers})


def fetch_outcome(link: str, names: FakeResolver, network: FakeNetwork) -> str:
    """What the fetch of a link ended with, in words."""
    try:
        fetcher_for(resolve=names, backend=network).fetch(link)
    except FetchError as error:
        return error.detail
    return "a page"


def check(drawn: dict[str, Any]) -> None:
    names = FakeResolver(
        {**hostile_links.dns_table(), "mixed.example": drawn["first"], "good.example": (PUBLIC,)}
    )
    names.second_lookup = {**hostile_links.rebinding(), "mixed.example": drawn["later"]}
    network = FakeNetwork()
    said = fetch_outcome(drawn["link"], names, network)
    assert said.isprintable()
    assert len(said) < 300
    for address, port in network.reached:
        assert not is_special(address), address
        assert port in (80, 443), port


TARGET = Target("links", VALUES, check, 100)
