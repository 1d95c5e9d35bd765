"""Every hazard ends at the deadline or a limit, with the expected reason, and leaks nothing."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import tracemalloc
from pathlib import Path

import pytest

from bot.core.errors import FetchError, FetchStopped
from bot.core.models import Page
from bot.core.skip_reasons import SkipReason
from bot.fetch import Fetcher
from tests.fetch.fetching import fetch_error, fetcher_for
from tests.fetch.hazards import (
    CHUNKED,
    OK,
    Hazard,
    compressed,
    drips,
    hazards,
    sends,
    silent_resolver,
    stalls,
)
from tests.fetch.raw_server import RawServer

SECONDS = 0.3
SLACK = 2.0
"""Extra seconds for a busy machine."""
ALL = tuple(hazards())


def outcome(fetcher: Fetcher, link: str) -> Page | FetchError:
    try:
        return fetcher.fetch(link)
    except FetchError as error:
        return error


def test_there_are_many_hazards() -> None:
    assert len({hazard.name for hazard in ALL}) >= 60


@pytest.mark.parametrize("hazard", ALL, ids=lambda hazard: hazard.name)
def test_each_hazard_ends_in_time_with_the_expected_reason(hazard: Hazard) -> None:
    timeout = SECONDS if SkipReason.TOO_SLOW in hazard.expected else 10.0
    start = time.monotonic()
    with RawServer(hazard.respond, listen_first=hazard.listen_first) as server:
        end = outcome(fetcher_for(server.netloc, settings={"timeout": timeout}), server.url)
    assert time.monotonic() - start < SECONDS + SLACK
    if isinstance(end, Page):
        assert not hazard.expected
        assert b"Hello" in end.content
    else:
        assert end.reason in hazard.expected, end.detail
        assert end.detail.isprintable()


def test_a_silent_name_server_cannot_exceed_the_deadline() -> None:
    stopped = threading.Event()
    fetcher = fetcher_for(settings={"timeout": SECONDS}, resolve=silent_resolver(stopped))
    start = time.monotonic()
    error = fetch_error(fetcher.fetch, "http://site.example/")
    stopped.set()
    assert error.reason is SkipReason.TOO_SLOW
    assert time.monotonic() - start < SECONDS + SLACK


def test_robots_txt_and_redirects_share_the_deadline() -> None:
    hop = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /\r\n\r\n"

    def respond(connection: socket.socket, stopped: threading.Event) -> None:
        stopped.wait(SECONDS / 3)
        connection.sendall(hop)

    start = time.monotonic()
    with RawServer(respond) as server:
        fetcher = fetcher_for(server.netloc, settings={"timeout": SECONDS, "robots": True})
        assert fetch_error(fetcher.fetch, server.url).reason is SkipReason.TOO_SLOW
    assert time.monotonic() - start < SECONDS + SLACK
    assert 1 <= len(server.requests) <= 3


def test_the_number_of_hanging_dns_lookups_is_limited() -> None:
    stopped = threading.Event()
    settings = {"timeout": 0.05, "max_at_once": 1}
    fetcher = fetcher_for(settings=settings, resolve=silent_resolver(stopped))
    before = _lookups()
    reasons = [fetch_error(fetcher.fetch, f"http://site{n}.example/").reason for n in range(5)]
    hanging = _lookups() - before
    stopped.set()
    assert reasons == [SkipReason.TOO_SLOW] * 2 + [SkipReason.SITE_DOWN] * 3
    assert len(hanging) == 2


def _lookups() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name == "lookup"}


@pytest.mark.parametrize("piece", [b"", b"\x16\x03\x03"], ids=["silent", "half a record"])
def test_a_tls_handshake_that_hangs_ends_at_the_deadline(piece: bytes) -> None:
    start = time.monotonic()
    with RawServer(stalls(piece), listen_first=False) as server:
        link = f"https://site.example:{server.port}/"
        fetcher = fetcher_for(server.netloc, settings={"timeout": SECONDS}, resolve=lambda _: ["127.0.0.1"])
        assert fetch_error(fetcher.fetch, link).reason is SkipReason.TOO_SLOW
    assert time.monotonic() - start < SECONDS + SLACK


@pytest.mark.parametrize(
    ("respond", "listen_first", "scheme"),
    [
        (stalls(), True, "http"),
        (drips(OK, b"X-A: b\r\n"), True, "http"),
        (drips(OK + b"\r\n", b"x"), True, "http"),
        (stalls(OK + b"\r\nsome"), True, "http"),
        (stalls(), False, "https"),
    ],
    ids=["silent", "headers", "body", "body until the end", "tls"],
)
def test_stop_ends_a_running_fetch(respond: object, listen_first: bool, scheme: str) -> None:
    with RawServer(respond, listen_first=listen_first) as server:  # type: ignore[arg-type]
        fetcher = fetcher_for(server.netloc, settings={"timeout": 30.0}, resolve=lambda _: ["127.0.0.1"])
        ends: list[Page | FetchError] = []
        link = f"{scheme}://site.example:{server.port}/"
        thread = threading.Thread(target=lambda: ends.append(outcome(fetcher, link)))
        thread.start()
        assert server.connected.wait(5)
        fetcher.stop()
        thread.join(SLACK)
        assert not thread.is_alive()
    assert [type(end) for end in ends] == [FetchStopped]


def test_stop_ends_a_dns_lookup() -> None:
    stopped, asked = threading.Event(), threading.Event()

    def resolve(host: str) -> tuple[str, ...]:
        asked.set()
        return silent_resolver(stopped)(host)

    fetcher = fetcher_for(settings={"timeout": 30.0}, resolve=resolve)
    ends: list[Page | FetchError] = []
    thread = threading.Thread(target=lambda: ends.append(outcome(fetcher, "http://site.example/")))
    thread.start()
    assert asked.wait(5)
    fetcher.stop()
    thread.join(SLACK)
    ended = not thread.is_alive()
    stopped.set()
    assert ended
    assert [type(end) for end in ends] == [FetchStopped]


def test_nothing_is_fetched_after_stop() -> None:
    with RawServer(sends(OK + b"\r\n<html>")) as server:
        fetcher = fetcher_for(server.netloc)
        fetcher.stop()
        with pytest.raises(FetchStopped):
            fetcher.fetch(server.url)
        assert server.requests == []


@pytest.mark.parametrize(("pieces", "fits"), [(40_000, True), (60_000, False)])
def test_a_body_with_too_many_chunks_is_too_large(pieces: int, fits: bool) -> None:
    body = CHUNKED + b"7\r\n<html>.\r\n" + b"1\r\nx\r\n" * pieces + b"0\r\n\r\n"
    with RawServer(sends(body)) as server:
        end = outcome(fetcher_for(server.netloc, settings={"timeout": 20.0}), server.url)
    if fits:
        assert isinstance(end, Page)
        assert len(end.content) == pieces + 7
    else:
        assert isinstance(end, FetchError)
        assert end.reason is SkipReason.TOO_LARGE


@pytest.mark.parametrize(
    "name",
    [
        "gzip bomb",
        "raw deflate bomb",
        "brotli bomb",
        "zstd bomb",
        "gzip bomb in brotli",
        "body without end",
        "100,000 gzip members",
    ],
)
def test_a_decompression_bomb_needs_little_memory(name: str) -> None:
    (hazard,) = (hazard for hazard in ALL if hazard.name == name)
    with RawServer(hazard.respond) as server:
        fetcher = fetcher_for(server.netloc)
        tracemalloc.start()
        outcome(fetcher, server.url)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 15_000_000


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts descriptors in /proc")
@pytest.mark.parametrize(
    "hazard", [h for h in ALL if SkipReason.TOO_SLOW not in h.expected], ids=lambda h: h.name
)
def test_no_file_descriptor_is_leaked(hazard: Hazard) -> None:
    with RawServer(hazard.respond, listen_first=hazard.listen_first) as server:
        outcome(fetcher_for(server.netloc), server.url)
        assert _sockets_to(server.port) == 0


def _sockets_to(port: int) -> int:
    """Number of this process's sockets that are connected to `port`."""
    found = 0
    for entry in Path("/proc/self/fd").iterdir():
        try:
            peer = socket.socket(fileno=int(entry.name))
        except (OSError, ValueError):
            continue
        try:
            found += peer.getpeername()[1] == port
        except (OSError, IndexError, TypeError):
            pass
        finally:
            peer.detach()
    return found


def test_a_page_within_the_limits_is_complete() -> None:
    text = b"<html>" + b"a" * 1_999_994
    with RawServer(sends(compressed(gzip.compress(text), b"gzip"))) as server:
        assert fetcher_for(server.netloc).fetch(server.url).content == text
