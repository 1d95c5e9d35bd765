"""A TCP server on 127.0.0.1 that answers every request with arbitrary bytes."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

Respond = Callable[[socket.socket, threading.Event], None]
"""Writes to a connection after its request; the event is set when the server stops."""


class RawServer:
    """Calls `respond` for each connection inside the `with`; without `listen_first`, before any request."""

    def __init__(self, respond: Respond, *, listen_first: bool = True) -> None:
        self._respond = respond
        self._listen_first = listen_first
        self._stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.netloc = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.netloc}/"
        self.requests: list[bytes] = []
        self.connected = threading.Event()
        """Set after a client has connected (with `listen_first`, after its request)."""
        self.open: set[socket.socket] = set()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in tuple(self.open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.open.add(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            if self._listen_first:
                self.requests.append(_read_request(connection))
            self.connected.set()
            self._respond(connection, self._stopped)
        self.open.discard(connection)


def _read_request(connection: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        data = connection.recv(65536)
        if not data:
            raise ConnectionResetError
        head += data
    return head
