"""A TCP server on 127.0.0.1 that answers every request with whatever bytes it is told to."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

Talk = Callable[[socket.socket, threading.Event], None]
"""What is said on a connection after its request; the event is set when the server ends."""


class RawServer:
    """Serves `talk` from `with` to its end; with `listen_first` off it speaks before any request."""

    def __init__(self, talk: Talk, *, listen_first: bool = True) -> None:
        self._talk = talk
        self._listen_first = listen_first
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.netloc = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.netloc}/"
        self.requests: list[bytes] = []
        self.met = threading.Event()
        """Set when somebody has connected (and sent a request, if that is waited for)."""
        self.open: set[socket.socket] = set()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
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
                self.requests.append(_request(connection))
            self.met.set()
            self._talk(connection, self._over)
        self.open.discard(connection)


def _request(connection: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        data = connection.recv(65536)
        if not data:
            raise ConnectionResetError
        head += data
    return head
