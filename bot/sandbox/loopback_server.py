"""A small HTTP/1.1 server on 127.0.0.1: a function from request to response, and broken responses on demand.

Built on the standard library's `http.server`, because frameworks do not allow what the sandbox needs:
to close a connection without a response, to reset it, or to send a body byte by byte.
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct, field

from bot.core.errors import UserError


class Request(Struct, frozen=True):
    method: str
    path: str
    query: dict[str, str]
    headers: Message
    body: bytes
    client_address: str
    """The peer's address, or what X-Forwarded-For says."""

    def json(self) -> Any:
        return json.loads(self.body or b"null")

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


class Response(Struct, frozen=True):
    status: int = 200
    body: bytes | Iterator[bytes] = b""
    """An iterator is sent chunk by chunk, without a Content-Length; the connection is closed at its end."""
    headers: dict[str, str] = field(default_factory=dict)
    hangs_afterwards: bool = False
    """Whether the next request on the same connection gets no response."""

    @classmethod
    def from_json(cls, value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        return cls(
            status,
            json.dumps(value, ensure_ascii=False).encode(),
            {"Content-Type": "application/json", **(headers or {})},
        )


class Disconnect(Struct, frozen=True):
    """No response: the connection is closed, or reset if `reset` is set."""

    reset: bool = False


RequestHandler = Callable[[Request], Response | Disconnect]


class LoopbackServer:
    """Serves `handler` on 127.0.0.1 from `start` to `stop`, with one thread per connection.

    Port 0 is any free port. A connection without a request for `idle_timeout` is closed.
    """

    def __init__(
        self, handler: RequestHandler, port: int = 0, *, idle_timeout: timedelta | None = None
    ) -> None:
        """Raises `UserError` with the port if it cannot be used."""
        try:
            self._http = _Http(port, handler, idle_timeout)
        except OSError as error:
            raise UserError(
                f"Port {port} on 127.0.0.1 cannot be used: {error.strerror}.",
                "Stop the program that uses it.",
            ) from error
        self._thread = threading.Thread(target=self._http.serve_forever, daemon=True)

    def wrap_handler(self, wrap: Callable[[RequestHandler], RequestHandler]) -> None:
        """Let `wrap` of the handler answer the requests from now on."""
        self._http.handler = wrap(self._http.handler)

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    @property
    def netloc(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.netloc}"

    def start(self) -> Self:
        self._thread.start()
        return self

    @property
    def accepted_connections(self) -> int:
        return self._http.accepted

    def wait_until_accepted(self, number: int, timeout: float = 10.0) -> bool:
        """Wait until so many connections were accepted; whether that is so."""
        with self._http.changed:
            return self._http.changed.wait_for(lambda: self._http.accepted >= number, timeout)

    def wait_until_closed(self, timeout: float = 10.0) -> bool:
        """Wait until no connection is open; whether that is so."""
        with self._http.changed:
            return self._http.changed.wait_for(lambda: self._http.accepted == self._http.closed, timeout)

    def stop(self) -> None:
        with contextlib.suppress(OSError):  # wakes the thread, which otherwise looks every half second
            self._http.socket.shutdown(socket.SHUT_RDWR)
        self._http.shutdown()
        self._http.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class LoopbackService:
    """A service that runs from `start` to `stop`; subclasses set `_server`."""

    _server: LoopbackServer

    @property
    def url(self) -> str:
        return self._server.url

    def start(self) -> Self:
        self._server.start()
        return self

    def stop(self) -> None:
        self._server.stop()

    def wrap_handler(self, wrap: Callable[[RequestHandler], RequestHandler]) -> None:
        """Let `wrap` of the handler answer the requests from now on."""
        self._server.wrap_handler(wrap)

    def wait_until_closed(self) -> bool:
        """Wait until no connection is open; whether that is so."""
        return self._server.wait_until_closed()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int, handler: RequestHandler, idle_timeout: timedelta | None) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.handler = handler
        self.idle_timeout = idle_timeout
        self.accepted = 0
        self.closed = 0
        self.changed = threading.Condition()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self.changed:
            self.accepted += 1
            self.changed.notify_all()
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        with self.changed:
            self.closed += 1
            self.changed.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that disconnect: the sandbox provokes it."""


class _Handler(BaseHTTPRequestHandler):
    server: _Http
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        if self.server.idle_timeout is not None:  # the base class closes the connection after a timeout
            self.connection.settimeout(self.server.idle_timeout.total_seconds())

    def _serve(self) -> None:
        response = self.server.handler(self._request())
        if isinstance(response, Disconnect):
            self._disconnect(response)
        else:
            self._send(response)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _serve

    def _request(self) -> Request:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        return Request(
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers=self.headers,
            body=self.rfile.read(length) if length else b"",
            client_address=self.headers.get("X-Forwarded-For") or str(self.client_address[0]),
        )

    def _send(self, response: Response) -> None:
        self.send_response_only(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if isinstance(response.body, bytes):
            if (
                self.close_connection
            ):  # requested by the client; without the header it would reuse the connection
                self.send_header("Connection", "close")
            self.send_header("Content-Length", str(len(response.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(response.body)
            if response.hangs_afterwards and not self.close_connection:
                self._ignore_further_requests()
            return
        self.close_connection = True
        self.send_header("Connection", "close")
        self.end_headers()
        for chunk in response.body:
            self.wfile.write(chunk)

    def _ignore_further_requests(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            while self.connection.recv(4096):
                pass

    def _disconnect(self, disconnect: Disconnect) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            if disconnect.reset:  # SO_LINGER of zero seconds turns close() into a RST
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
            else:
                self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (http.server's name)
        """Log nothing: the daemon's log is enough."""
