"""Runs uvicorn in its own thread, so that an error of the pages does not stop the daemon."""

from __future__ import annotations

import errno
import socket
import threading

import structlog
import uvicorn

from bot.core.errors import UserError
from bot.web.asgi import create_app
from bot.web.connection_limits import ConnectionLimits, limited_protocol
from bot.web.context import PageContext

log = structlog.get_logger(__name__)

SHUTDOWN_TIMEOUT = 2
"""Seconds for requests in progress when the server stops."""


class WebServer:
    """The web server of the status pages."""

    def __init__(self, context: PageContext, limits: ConnectionLimits = ConnectionLimits()) -> None:  # noqa: B008 (frozen)
        web = context.config.web
        self._address, self._port = web.address, web.port
        config = uvicorn.Config(
            create_app(context),
            http=limited_protocol(limits),
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=SHUTDOWN_TIMEOUT,
        )
        self._uvicorn = uvicorn.Server(config)
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The address of the pages."""
        host = f"[{self._address}]" if ":" in self._address else self._address
        port = self._socket.getsockname()[1] if self._socket else self._port
        return f"http://{host}:{port}/"

    def start(self) -> None:
        """Serve from a thread. Raises `UserError` if the address cannot be used."""
        self._bind()
        self._thread = threading.Thread(target=self._run, name="web", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._uvicorn.should_exit = True
        if self._thread is not None:
            self._thread.join(SHUTDOWN_TIMEOUT + 1)
        if self._socket is not None:
            self._socket.close()

    def _bind(self) -> None:
        family = socket.AF_INET6 if ":" in self._address else socket.AF_INET
        # With the protocol, because asyncio turns Nagle's algorithm off for TCP only. Without it, the rest of
        # a long response waits 40 ms for an acknowledgement of its start.
        server_socket = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        server_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server_socket.bind((self._address, self._port))
            server_socket.listen()  # early requests wait for uvicorn; a port in use is an error here
        except OSError as error:
            server_socket.close()
            raise UserError(
                f"The status pages cannot be served at {self.url}: {error.strerror or error}.",
                "Choose another port in [web], or stop the program that uses this one.",
                temporary=error.errno in (errno.EADDRINUSE, errno.EADDRNOTAVAIL),
            ) from error
        self._socket = server_socket

    def _run(self) -> None:
        assert self._socket is not None
        try:
            self._uvicorn.run(sockets=[self._socket])
        except Exception:
            log.exception("the status pages stopped; the bot continues")
