"""Small proxies on 127.0.0.1 that connect every host to one address: HTTP CONNECT and SOCKS5."""

from __future__ import annotations

import contextlib
import socket
import threading
from base64 import b64decode
from dataclasses import dataclass, field
from ipaddress import ip_address
from types import TracebackType
from typing import Self


@dataclass
class TestProxy:
    """Reads the request of its protocol, and connects to `target` whatever host was asked for."""

    __test__ = False

    target: tuple[str, int]
    login: str = ""
    """`user:password`; "" if everybody may use it."""
    refuses: bool = False
    asked: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self._serve, args=self._listener.accept()[:1], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError, ConnectionError):
            if self.handshake(client):
                with socket.create_connection(self.target) as server:
                    answers = threading.Thread(target=_copy, args=(server, client), daemon=True)
                    answers.start()
                    _copy(client, server)
                    answers.join()

    def handshake(self, client: socket.socket) -> bool:
        raise NotImplementedError


class HttpProxy(TestProxy):
    def handshake(self, client: socket.socket) -> bool:
        head = b""
        while b"\r\n\r\n" not in head:
            head += _receive(client, 4096)
        first, *lines = head.decode().split("\r\n")
        host, _, port = first.split(" ")[1].rpartition(":")
        headers = dict(line.split(": ", 1) for line in lines if line)
        login = b64decode(headers.get("Proxy-Authorization", "Basic ").removeprefix("Basic ")).decode()
        self.asked.append((host.strip("[]"), int(port)))
        status = "407 No" if login != self.login else "403 No" if self.refuses else "200 Yes"
        client.sendall(f"HTTP/1.1 {status}\r\nX-Proxy: test\r\n\r\n".encode())
        return status.startswith("200")


class SocksProxy(TestProxy):
    def handshake(self, client: socket.socket) -> bool:
        _, count = _exactly(client, 2)
        methods = _exactly(client, count)
        method = 2 if self.login else 0
        client.sendall(bytes([5, method if method in methods else 255]))
        if self.login and not self._login(client):
            return False
        kind = _exactly(client, 4)[3]
        if kind == 3:
            host = _exactly(client, _exactly(client, 1)[0]).decode()
        else:
            host = str(ip_address(_exactly(client, 4 if kind == 1 else 16)))
        self.asked.append((host, int.from_bytes(_exactly(client, 2), "big")))
        client.sendall(bytes([5, 2 if self.refuses else 0, 0, 1, 0, 0, 0, 0, 0, 0]))
        return not self.refuses

    def _login(self, client: socket.socket) -> bool:
        user = _exactly(client, _exactly(client, 2)[1])
        password = _exactly(client, _exactly(client, 1)[0])
        right = f"{user.decode()}:{password.decode()}" == self.login
        client.sendall(bytes([1, 0 if right else 1]))
        return right


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


def _receive(client: socket.socket, size: int) -> bytes:
    data = client.recv(size)
    if not data:
        raise ConnectionResetError
    return data


def _exactly(client: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += _receive(client, size - len(data))
    return data
