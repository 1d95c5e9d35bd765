"""Hostile links and servers: Precis's fetcher compared with plain httpx2.

    python -m benchmarks.fetch_safety [--seconds 1] [--limit 4]

Links are followed in a fake network that records the addresses connected to; hostile servers run on
loopback. Plain httpx2 gets the same number of seconds as its timeout, and is stopped after `--limit`. It
discards bodies while it reads them, so that the machine survives the endless ones.
"""

from __future__ import annotations

import argparse
import contextlib
import threading
import time
from collections.abc import Callable, Iterable

import httpcore2
import httpx2
from rich.console import Console
from rich.table import Table

from bot.core.errors import FetchError
from bot.fetch import Fetcher, FetchSettings
from tests.fetch import hostile_links
from tests.fetch.fake_network import FakeNetwork, FakeResolver
from tests.fetch.fetching import NO_CERTIFICATES
from tests.fetch.hazards import Hazard, hazards
from tests.fetch.raw_server import RawServer
from tests.fetch.special_ranges import is_special

GROUPS: dict[str, Callable[[], Iterable[str]]] = {
    "links: IP addresses": hostile_links.links_with_addresses,
    "links: ports, schemes, local names": hostile_links.other_links,
    "links: names that resolve to them": hostile_links.links_with_names,
    "links: redirects to all of them": hostile_links.redirects,
}


class FakeTransport(httpx2.BaseTransport):
    """httpx2's own transport, over the fake network."""

    def __init__(self, network: FakeNetwork) -> None:
        self._pool = httpcore2.ConnectionPool(network_backend=network)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url
        answer = self._pool.handle_request(
            httpcore2.Request(
                request.method,
                httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=b"",
                extensions=request.extensions,
            )
        )
        return httpx2.Response(answer.status, headers=answer.headers, content=answer.read())


def names() -> FakeResolver:
    found = FakeResolver(hostile_links.dns_table())
    found.second_lookup = hostile_links.rebinding()
    return found


def ours_reaches(link: str) -> bool:
    network = FakeNetwork()
    settings = FetchSettings(host_delay=0, robots=False)
    fetcher = Fetcher(settings, resolve=names(), backend=network, tls=NO_CERTIFICATES)
    with contextlib.suppress(FetchError):
        fetcher.fetch(link)
    return is_reached(network)


def plain_reaches(link: str) -> bool:
    network = FakeNetwork(resolve=names())
    client = httpx2.Client(transport=FakeTransport(network), follow_redirects=True)
    with client, contextlib.suppress(Exception):  # httpx2 raises errors of many kinds at such links
        client.get(link)
    return is_reached(network)


def is_reached(network: FakeNetwork) -> bool:
    return any(is_special(host) or port not in (80, 443) for host, port in network.reached)


def ours_ends(server: RawServer, seconds: float) -> str:
    allowed = frozenset({server.netloc})
    settings = FetchSettings(timeout=seconds, host_delay=0, robots=False, allow_local=allowed)
    try:
        Fetcher(settings, tls=NO_CERTIFICATES).fetch(server.url)
    except FetchError as error:
        return str(error.reason.value)
    return "page"


def plain_ends(server: RawServer, seconds: float) -> str:
    with httpx2.Client(timeout=seconds, trust_env=False) as client:
        try:
            with client.stream("GET", server.url) as response:
                for _ in response.iter_bytes():
                    pass
        except Exception as error:  # noqa: BLE001 (any error is what a caller would get)
            return type(error).__name__
    return "page"


def timed(end: Callable[[RawServer, float], str], hazard: Hazard, seconds: float, limit: float) -> str:
    """The seconds and the outcome, or that it was still running at the limit."""
    ends: list[str] = []
    with RawServer(hazard.respond, listen_first=hazard.listen_first) as server:
        thread = threading.Thread(target=lambda: ends.append(end(server, seconds)), daemon=True)
        start = time.monotonic()
        thread.start()
        thread.join(limit)
        took = time.monotonic() - start
        finished = not thread.is_alive()
    thread.join(limit)
    return f"{took:5.2f} s  {ends[0]}" if finished else f"still running after {limit:g} s"


def link_rows(table: Table) -> None:
    total = [0, 0, 0]
    for name, group in GROUPS.items():
        links = tuple(dict.fromkeys(group()))
        counts = [len(links), sum(map(ours_reaches, links)), sum(map(plain_reaches, links))]
        total = [before + count for before, count in zip(total, counts, strict=True)]
        table.add_row(name, *map(str, counts))
    table.add_row("links: forbidden addresses reached", *map(str, total), style="bold", end_section=True)


def hazard_rows(table: Table, seconds: float, limit: float) -> None:
    for hazard in hazards():
        ours = timed(ours_ends, hazard, seconds, limit)
        table.add_row(hazard.name, "1", ours, timed(plain_ends, hazard, seconds, limit))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=1.0, help="time-out given to both")
    parser.add_argument("--limit", type=float, default=4.0, help="when plain httpx2 is cut off")
    options = parser.parse_args()
    table = Table("case", "tried", "Precis", f"plain httpx2 {httpx2.__version__}")
    link_rows(table)
    hazard_rows(table, options.seconds, options.limit)
    Console(width=max(100, Console().width)).print(table)


if __name__ == "__main__":
    main()
