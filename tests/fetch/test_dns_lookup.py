"""Whose fault it is when names cannot be looked up: theirs, or that of the resolver."""

from __future__ import annotations

import socket
from collections.abc import Sequence

import pytest
from structlog.testing import capture_logs

from bot.core.errors import FetchError, FetchOffline
from tests.fetch.fake_network import Network
from tests.fetch.fetching import fetcher_for, refused


class Resolver:
    """Answers for the names it knows, says that there are no others, and may fall silent."""

    def __init__(self) -> None:
        self.dead: set[str] = set()
        self.silent = False

    def __call__(self, host: str) -> Sequence[str]:
        if self.silent or host in self.dead:
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        if host.startswith("there"):
            return ("198.41.0.4",)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


@pytest.fixture
def resolver() -> Resolver:
    return Resolver()


def outcomes(resolver: Resolver, hosts: Sequence[str]) -> list[type[FetchError]]:
    fetcher = fetcher_for(resolve=resolver, backend=Network())
    return [type(refused(fetcher.fetch, f"http://{host}/")) for host in hosts]


def test_a_resolver_that_is_silent_on_several_names_is_down(resolver: Resolver) -> None:
    resolver.silent = True
    hosts = ["one.example.org", "two.example.org", "three.example.org", "one.example.org"]
    assert outcomes(resolver, hosts) == [FetchError, FetchError, FetchOffline, FetchOffline]


def test_a_silent_resolver_is_one_line_and_one_more_when_it_answers(resolver: Resolver) -> None:
    fetcher = fetcher_for(resolve=resolver, backend=Network())
    with capture_logs() as said:
        resolver.silent = True
        for number in range(6):
            refused(fetcher.fetch, f"http://there{number}.example.org/")
        resolver.silent = False
        for _ in range(2):
            refused(fetcher.fetch, "http://nowhere.example.org/")
    assert [line["event"] for line in said] == [
        "the name server does not answer; fetches are delayed",
        "the name server answers again",
    ]


def test_one_name_with_dead_servers_is_its_own_fault_however_often(resolver: Resolver) -> None:
    resolver.dead = {"dead.example.org"}
    assert outcomes(resolver, ["dead.example.org"] * 5) == [FetchError] * 5


def test_any_answer_shows_that_the_resolver_lives(resolver: Resolver) -> None:
    resolver.dead = {f"dead{n}.example.org" for n in range(9)}
    hosts = [name for n in range(6) for name in (f"dead{n}.example.org", "nowhere.example.org")]
    assert FetchOffline not in outcomes(resolver, hosts)
