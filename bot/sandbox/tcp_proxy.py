"""A TCP proxy on loopback in front of a server's socket, which drops connections on request."""

from __future__ import annotations

import contextlib
import socket
import threading
from pathlib import Path
from typing import Self

BUFFER_SIZE = 65536


class TcpProxy:
    """Forwards connections to 127.0.0.1 to the Unix socket `target`, from `start` to `stop`.

    One thread for each direction of a connection.
    """

    def __init__(self, target: Path) -> None:
        self.target = target
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._lock = threading.Lock()
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._refuses = False

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def start(self) -> Self:
        threading.Thread(target=self._accept, name="tcp-proxy", daemon=True).start()
        return self

    def stop(self) -> None:
        with contextlib.suppress(OSError):  # wakes the thread that accepts
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.drop_connections()

    def drop_connections(self) -> int:
        """Close all connections without a word to the server's protocol. Returns how many."""
        with self._lock:
            pairs, self._pairs = list(self._pairs), set()
        for pair in pairs:
            for each in pair:
                _close(each)
        return len(pairs)

    def refuse(self, refuses: bool) -> None:
        """Close every new connection at once, until this is switched off. Open ones stay."""
        self._refuses = refuses

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _accept(self) -> None:
        while True:
            try:
                client = self._listener.accept()[0]
            except OSError:  # stopped
                return
            if self._refuses:
                _close(client)
                continue
            server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                server.connect(str(self.target))
            except OSError:  # the server is down
                _close(client)
                server.close()
                continue
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._forward(client, server)

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        pair = (client, server)
        with self._lock:
            self._pairs.add(pair)
        for source, destination in (pair, (server, client)):
            threading.Thread(target=self._copy, args=(source, destination, pair), daemon=True).start()

    def _copy(
        self, source: socket.socket, destination: socket.socket, pair: tuple[socket.socket, socket.socket]
    ) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(BUFFER_SIZE):
                destination.sendall(data)
        with self._lock:
            is_open = pair in self._pairs
            self._pairs.discard(pair)
        if is_open:  # the first direction that ends closes both
            for each in pair:
                _close(each)


def _close(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)  # close() alone does not wake a thread that reads from it
    connection.close()
