"""Fetches through real proxies on loopback, which connect to one site, whatever host they are asked for."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from bot.core.errors import FetchOffline, FetchStopped
from bot.core.skip_reasons import SkipReason
from bot.fetch import Fetcher, Proxy
from tests.fetch.fake_network import FakeResolver
from tests.fetch.fetching import fetch_error, fetcher_for
from tests.fetch.proxies import HttpProxy, SocksProxy, TestProxy
from tests.fetch.raw_server import RawServer
from tests.fetch.test_tls import PAGE, SecureSite, certificate, site

__all__ = ["certificate", "site"]

LINK = "http://paper.example/a"
NAMES = {
    "paper.example": ["9.9.9.9"],
    "v6.example": ["2620:fe::fe"],
    "inside.example": ["10.0.0.7"],
    "both.example": ["2620:fe::fe", "9.9.9.9"],
    "proxy.example": ["127.0.0.1"],
}
KINDS: dict[str, type[TestProxy]] = {"http": HttpProxy, "socks5": SocksProxy}


def send_page(connection: socket.socket, stopped: threading.Event) -> None:
    connection.sendall(PAGE)


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer(send_page) as server:
        yield server


@pytest.fixture(params=KINDS)
def proxy(request: pytest.FixtureRequest, server: RawServer) -> Iterator[TestProxy]:
    with KINDS[request.param](("127.0.0.1", server.port)) as proxy:
        yield proxy


def settings_of(proxy: TestProxy, **values: Any) -> Proxy:
    kind = next(kind for kind, type_ in KINDS.items() if isinstance(proxy, type_))
    return replace(Proxy.from_url(f"{kind}://127.0.0.1:{proxy.port}"), **values)


def fetcher(proxy: TestProxy, resolver: FakeResolver | None = None, **values: Any) -> Fetcher:
    return fetcher_for(
        settings={"proxy": settings_of(proxy, **values)}, resolve=resolver or FakeResolver(NAMES)
    )


@pytest.mark.parametrize(("host", "address"), [("paper.example", "9.9.9.9"), ("v6.example", "2620:fe::fe")])
def test_the_proxy_is_told_the_checked_address(
    proxy: TestProxy, server: RawServer, host: str, address: str
) -> None:
    assert fetcher(proxy).fetch(f"http://{host}/a").content == b"<html>"
    assert proxy.asked == [(address, 80)]
    (request,) = server.requests
    assert request.startswith(b"GET /a HTTP/1.1\r\n")
    assert f"Host: {host}\r\n".encode() in request
    assert b"Proxy" not in request


@pytest.mark.parametrize(
    "link", ["http://inside.example/", "http://10.0.0.7/", "http://localhost/", "http://paper.example:22/"]
)
def test_the_proxy_is_not_asked_for_private_addresses(proxy: TestProxy, link: str) -> None:
    assert fetch_error(fetcher(proxy).fetch, link).permanent
    assert proxy.asked == []


def test_tls_goes_through_the_proxy_to_the_site(
    proxy: TestProxy, site: SecureSite, certificate: tuple[Path, Path]
) -> None:
    trust = ssl.create_default_context(cafile=certificate[1])
    with RawServer(site, listen_first=False) as secure:
        proxy.target = ("127.0.0.1", secure.port)
        resolver = FakeResolver({"site.example": ["9.9.9.9"], "other.example": ["9.9.9.9"]})
        fetching = fetcher_for(settings={"proxy": settings_of(proxy)}, resolve=resolver, tls=trust)
        assert fetching.fetch("https://site.example/").content == b"<html>"
        assert "certificate" in fetch_error(fetching.fetch, "https://other.example/").detail
    assert site.names == ["site.example", "other.example"]
    assert proxy.asked[0] == ("9.9.9.9", 443)


def test_the_proxy_can_look_up_names(proxy: TestProxy) -> None:
    resolver = FakeResolver()
    assert fetcher(proxy, resolver, resolves=True).fetch(LINK).content == b"<html>"
    assert (proxy.asked, resolver.lookups) == ([("paper.example", 80)], [])
    assert fetch_error(fetcher(proxy, resolves=True).fetch, "http://10.0.0.7/").permanent


def test_the_proxy_can_have_a_name(proxy: TestProxy) -> None:
    assert fetcher(proxy, host="proxy.example").fetch(LINK).content == b"<html>"


def test_log_in(proxy: TestProxy) -> None:
    proxy.login = "me:pass wörd"
    assert fetcher(proxy, user="me", password="pass wörd").fetch(LINK).content == b"<html>"
    for wrong in ({"user": "me", "password": "x"}, {}):
        error = fetch_error(fetcher(proxy, **wrong).fetch, LINK)
        assert isinstance(error, FetchOffline), "a post must not lose an attempt"
        assert "does not accept" in error.detail


def test_a_refusal_of_the_proxy_has_its_reason(proxy: TestProxy) -> None:
    proxy.refuses = True
    error = fetch_error(fetcher(proxy).fetch, "http://both.example/")
    assert (error.reason, error.permanent) == (SkipReason.SITE_DOWN, False)
    assert error.detail.startswith("The proxy did not connect to both.example: its ")
    assert [host for host, _ in proxy.asked] == ["2620:fe::fe", "9.9.9.9"]


def test_a_proxy_that_is_down_costs_no_attempt(proxy: TestProxy) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    error = fetch_error(fetcher(proxy, port=port).fetch, LINK)
    assert isinstance(error, FetchOffline)
    assert "The connection to the proxy failed" in error.detail


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "answer",
    [b"", b"SSH-2.0-x\r\n\r\n", b"\x05", b"\x04\x00", b"\x05\xff", b"\x00" * 20_000, b"HTTP/1.1 200"],
)
def test_what_is_not_a_proxy(kind: str, answer: bytes) -> None:
    with RawServer(lambda connection, stopped: connection.sendall(answer), listen_first=False) as other:
        proxy = Proxy.from_url(f"{kind}://{other.netloc}")
        fetching = fetcher_for(settings={"proxy": proxy}, resolve=FakeResolver(NAMES))
        error = fetch_error(fetching.fetch, LINK)
    assert error.reason is SkipReason.SITE_DOWN
    assert not error.permanent


def test_a_silent_proxy_ends_at_the_deadline_and_at_a_stop() -> None:
    with RawServer(lambda connection, stopped: stopped.wait() and None, listen_first=False) as silent:
        proxy = Proxy.from_url(f"socks5://{silent.netloc}")
        parts: dict[str, Any] = {"resolve": FakeResolver(NAMES)}
        short = fetcher_for(settings={"proxy": proxy, "timeout": 0.2}, **parts)
        assert fetch_error(short.fetch, LINK).reason is SkipReason.TOO_SLOW
        silent.connected.clear()
        long = fetcher_for(settings={"proxy": proxy, "timeout": 20.0}, **parts)
        errors: list[object] = []
        thread = threading.Thread(target=lambda: errors.append(fetch_error(long.fetch, LINK)))
        thread.start()
        assert silent.connected.wait(5)
        long.stop()
        thread.join(5)
        assert [type(error) for error in errors] == [FetchStopped]
