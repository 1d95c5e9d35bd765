"""The web server in the daemon: it starts and stops with it, and its errors do not stop the daemon."""

from __future__ import annotations

import socket
import time
from dataclasses import replace
from types import SimpleNamespace

import httpx2
import pytest
from structlog.testing import capture_logs

from bot.config import Config
from bot.core.errors import UserError
from bot.daemon import lifecycle
from bot.daemon.lifecycle import serve_pages
from bot.daemon.tuning import PRODUCTION
from bot.operations.tls import system_tls_context
from bot.web.context import PageContext
from bot.web.server_thread import WebServer


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
