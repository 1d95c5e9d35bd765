"""Whether a failed DNS lookup is due to the name or to the resolver."""

from __future__ import annotations

import socket
from collections.abc import Sequence

import pytest
from structlog.testing import capture_logs

from bot.core.errors import FetchError, FetchOffline
from tests.fetch.fake_network import FakeNetwork
from tests.fetch.fetching import fetch_error, fetcher_for


class Resolver:
    """Answers for known names, reports others as unknown, and can stop answering."""

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
    fetcher = fetcher_for(resolve=resolver, backend=FakeNetwork())
    return [type(fetch_error(fetcher.fetch, f"http://{host}/")) for host in hosts]


def test_a_resolver_is_down_if_several_names_get_no_answer(resolver: Resolver) -> None:
    resolver.silent = True
    hosts = ["one.example.org", "two.example.org", "three.example.org", "one.example.org"]
    assert outcomes(resolver, hosts) == [FetchError, FetchError, FetchOffline, FetchOffline]


def test_a_resolver_outage_is_logged_once_and_its_end_once(resolver: Resolver) -> None:
    fetcher = fetcher_for(resolve=resolver, backend=FakeNetwork())
    with capture_logs() as said:
        resolver.silent = True
        for number in range(6):
            fetch_error(fetcher.fetch, f"http://there{number}.example.org/")
        resolver.silent = False
        for _ in range(2):
            fetch_error(fetcher.fetch, "http://nowhere.example.org/")
    assert [line["event"] for line in said] == [
        "the name server does not answer; fetches are delayed",
        "the name server answers again",
    ]


def test_one_failing_name_does_not_mean_that_the_resolver_is_down(resolver: Resolver) -> None:
    resolver.dead = {"dead.example.org"}
    assert outcomes(resolver, ["dead.example.org"] * 5) == [FetchError] * 5


def test_any_answer_resets_the_count_of_unanswered_names(resolver: Resolver) -> None:
    resolver.dead = {f"dead{n}.example.org" for n in range(9)}
    hosts = [name for n in range(6) for name in (f"dead{n}.example.org", "nowhere.example.org")]
    assert FetchOffline not in outcomes(resolver, hosts)
