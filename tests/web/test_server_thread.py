"""The web server in the daemon: it starts and stops with it, and its errors do not stop the daemon."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace

import httpx2
import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.config import Config
from bot.core.errors import UserError
from bot.daemon import lifecycle
from bot.daemon.lifecycle import serve_pages
from bot.daemon.tuning import PRODUCTION
from bot.operations.tls import system_tls_context
from bot.web.connection_limits import ConnectionLimits
from bot.web.context import PageContext
from bot.web.server_thread import WebServer
from tests.web.conftest import served


def fake_app(context: PageContext, port: int) -> SimpleNamespace:
    config = with_port(context, port, enabled=True).config
    fakes = {
        "fetcher": SimpleNamespace(fetch=context.fetch),
        "worker_pool": SimpleNamespace(digest=context.digest),
    }
    return SimpleNamespace(
        config=config, database=context.database, tuning=PRODUCTION, health=context.health, **fakes
    )


def with_port(context: PageContext, port: int, *, enabled: bool = False) -> PageContext:
    web = context.config.web.model_copy(update={"port": port, "enabled": enabled})
    config: Config = context.config.model_copy(update={"web": web})
    return replace(context, config=config)


def test_the_pages_are_served_while_the_daemon_runs(context: PageContext) -> None:
    with capture_logs() as lines, serve_pages(fake_app(context, 0)):  # type: ignore[arg-type]
        (url,) = [line["at"] for line in lines if "at" in line]
        assert (
            httpx2.get(f"{url}healthz", trust_env=False, verify=system_tls_context()).json()["status"] == "ok"
        )
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{url}healthz", trust_env=False, verify=system_tls_context())


def test_the_daemon_runs_without_pages_if_the_port_is_in_use(context: PageContext) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = False
        with capture_logs() as lines, serve_pages(fake_app(context, port)):  # type: ignore[arg-type]
            ran = True
        assert ran
        assert f"The status pages cannot be served at http://127.0.0.1:{port}/" in lines[0]["event"]
        with pytest.raises(UserError, match="Address already in use") as caught:
            WebServer(with_port(context, port)).start()
        assert caught.value.temporary


def test_the_pages_are_served_as_soon_as_the_port_is_free(
    context: PageContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle, "CHECK_INTERVAL", 0.01)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with capture_logs() as lines, serve_pages(fake_app(context, port)):  # type: ignore[arg-type]
            taken.close()
            deadline = time.monotonic() + 10
            while "serving web pages" not in [line["event"] for line in lines]:
                assert time.monotonic() < deadline, lines
            url = f"http://127.0.0.1:{port}/healthz"
            assert httpx2.get(url, trust_env=False, verify=system_tls_context()).status_code == 200
        assert [line["log_level"] for line in lines] == ["error", "info"]


def test_no_response_waits_for_nagles_algorithm(
    context: PageContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_delay: list[bool] = []

    def connection_made(self: H11Protocol, transport: asyncio.Transport) -> None:
        accepted = transport.get_extra_info("socket")
        no_delay.append(bool(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)))
        begin(self, transport)

    begin = H11Protocol.connection_made
    monkeypatch.setattr(H11Protocol, "connection_made", connection_made)
    with served(context) as client:
        assert client.get("/healthz").status_code == 200
    assert no_delay == [True]


def test_a_request_right_after_the_start_is_answered(context: PageContext) -> None:
    for _ in range(3):
        server = WebServer(context)
        server.start()
        port = int(server.url.rsplit(":", 1)[1].rstrip("/"))
        with socket.create_connection(("127.0.0.1", port), timeout=30) as early:
            early.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            assert early.recv(12) == b"HTTP/1.1 200"
        server.stop()


def test_a_port_can_be_reused_at_once(context: PageContext) -> None:
    first = WebServer(context)
    first.start()
    port = int(first.url.rsplit(":", 1)[1].rstrip("/"))
    assert httpx2.get(f"{first.url}healthz", trust_env=False, verify=system_tls_context()).status_code == 200
    first.stop()
    second = WebServer(with_port(context, port))
    second.start()
    assert httpx2.get(f"{second.url}healthz", trust_env=False, verify=system_tls_context()).status_code == 200
    second.stop()


HALF_REQUESTS = {
    "nothing": b"",
    "half a header": b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
    "half a body": b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\ntoken=",
}


@contextmanager
def half_requests(server: WebServer, request: bytes, number: int) -> Iterator[list[socket.socket]]:
    port = int(server.url.rsplit(":", 1)[1].rstrip("/"))
    with ExitStack() as stack:
        clients = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))
            for _ in range(number)
        ]
        for client in clients:
            client.sendall(request)
        yield clients


@pytest.mark.parametrize("request_", HALF_REQUESTS.values(), ids=HALF_REQUESTS)
def test_idle_strangers_keep_nobody_out(context: PageContext, request_: bytes) -> None:
    server = WebServer(context)
    server.start()
    try:
        with half_requests(server, request_, 150):
            answer = httpx2.get(f"{server.url}healthz", trust_env=False, verify=system_tls_context())
            assert answer.status_code == 200
    finally:
        server.stop()


@pytest.mark.parametrize("request_", HALF_REQUESTS.values(), ids=HALF_REQUESTS)
def test_half_a_request_is_ended_in_silence(context: PageContext, request_: bytes) -> None:
    server = WebServer(context, ConnectionLimits(headers=0.05, body=0.05))
    server.start()
    try:
        with capture_logs() as lines, half_requests(server, request_, 1) as (client,):
            assert _is_closed(client)
        assert lines == []
    finally:
        server.stop()


def test_a_connection_of_the_same_address_that_waits_longest_is_closed(context: PageContext) -> None:
    server = WebServer(context, ConnectionLimits(per_address=2))
    server.start()
    try:
        with half_requests(server, HALF_REQUESTS["half a header"], 3) as (first, _, third):
            assert _is_closed(first)
            third.sendall(b"1\r\n\r\n")
            assert third.recv(12) == b"HTTP/1.1 200"
    finally:
        server.stop()


def _is_closed(client: socket.socket) -> bool:
    """Wait until the server closes the connection."""
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True
