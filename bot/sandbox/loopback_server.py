"""A small HTTP/1.1 server on 127.0.0.1: one function from request to answer, and broken answers on demand.

Built on the standard library's `http.server`, because the sandbox has to do what frameworks forbid:
close the connection without an answer, reset it, or drip a body byte by byte.
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Request:
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


@dataclass(frozen=True, slots=True)
class Response:
    status: int = 200
    body: bytes | Iterator[bytes] = b""
    """An iterator is sent piece by piece, without a Content-Length, and ends with the connection."""
    headers: dict[str, str] = field(default_factory=dict)
    hangs_afterwards: bool = False
    """Whether a connection that the client keeps open after it hangs at the next request."""

    @classmethod
    def from_json(cls, value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        return cls(
            status,
            json.dumps(value, ensure_ascii=False).encode(),
            {"Content-Type": "application/json", **(headers or {})},
        )


@dataclass(frozen=True, slots=True)
class Disconnect:
    """No answer at all: the connection is closed, or reset when `reset` is set."""

    reset: bool = False


RequestHandler = Callable[[Request], Response | Disconnect]


class LoopbackServer:
    """Serves `respond` on a free port of 127.0.0.1 from `start` to `stop`, a thread a connection."""

    def __init__(self, handler: RequestHandler, port: int = 0) -> None:
        self._http = _Http(port, handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

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

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class LoopbackService:
    """What `_server` serves, from `start` to `stop`."""

    _server: LoopbackServer

    @property
    def url(self) -> str:
        return self._server.url

    def start(self) -> Self:
        self._server.start()
        return self

    def stop(self) -> None:
        self._server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int, respond: RequestHandler) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.respond = respond

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is the sandbox's daily bread."""


class _Handler(BaseHTTPRequestHandler):
    server: _Http
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        answer = self.server.respond(self._request())
        if isinstance(answer, Disconnect):
            self._hang_up(answer)
        else:
            self._send(answer)

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

    def _send(self, answer: Response) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if isinstance(answer.body, bytes):
            if self.close_connection:  # asked for; unsaid, the client would use the connection again
                self.send_header("Connection", "close")
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body)
            if answer.hangs_afterwards and not self.close_connection:
                self._never_answer_again()
            return
        self.close_connection = True
        self.send_header("Connection", "close")
        self.end_headers()
        for piece in answer.body:
            self.wfile.write(piece)

    def _never_answer_again(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            while self.connection.recv(4096):
                pass

    def _hang_up(self, how: Disconnect) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            if how.reset:  # SO_LINGER of zero seconds turns close() into a RST
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
            else:
                self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (http.server's name)
        """The daemon's log is the one to read."""
