"""A small SMTP server on loopback (RFC 5321, 3207, 4954) that records what it receives."""

from __future__ import annotations

import base64
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast


class MailServer:
    def __init__(self, context: ssl.SSLContext | None = None, *, encrypted: bool = False) -> None:
        """With `context`, it offers STARTTLS; with `encrypted`, it speaks TLS from the first byte on."""
        self.context, self.encrypted = context, encrypted
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.encrypted_logins: list[str] = []
        self.plain_logins: list[str] = []
        self.refuse = ""
        """A command, such as `RCPT`, that is answered with an error."""

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            connection.settimeout(10)
            with suppress(OSError):
                _Conversation(self, connection).run()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()


class _Conversation:
    def __init__(self, server: MailServer, connection: socket.socket) -> None:
        self._server = server
        self._connection = connection
        self._is_encrypted = False
        if server.encrypted:
            self._encrypt()
        self._stream = self._connection.makefile("rwb")

    def _encrypt(self) -> None:
        assert self._server.context
        self._connection = self._server.context.wrap_socket(self._connection, server_side=True)
        self._stream = self._connection.makefile("rwb")
        self._is_encrypted = True

    def _say(self, *lines: str) -> None:
        for number, line in enumerate(lines):
            separator = " " if number == len(lines) - 1 else "-"
            self._stream.write(f"{line[:3]}{separator}{line[4:]}\r\n".encode())
        self._stream.flush()

    def run(self) -> None:
        self._say("220 mail.example ESMTP")
        while line := self._stream.readline().decode().strip():
            verb, _, rest = line.partition(" ")
            if verb.upper() == self._server.refuse:
                self._say("550 not for you: hunter2-hunter2")
                continue
            getattr(self, f"do_{verb.lower()}", self._accept)(rest)
            if verb.upper() == "QUIT":
                return

    def _accept(self, rest: str) -> None:
        del rest
        self._say("250 ok")

    def do_ehlo(self, rest: str) -> None:
        del rest
        offers = ["250 STARTTLS"] if self._server.context and not self._is_encrypted else []
        self._say("250 mail.example", *offers, "250 AUTH PLAIN")

    def do_starttls(self, rest: str) -> None:
        del rest
        self._say("220 go ahead")
        self._encrypt()

    def do_auth(self, rest: str) -> None:
        logins = self._server.encrypted_logins if self._is_encrypted else self._server.plain_logins
        logins.append(base64.b64decode(rest.split()[1]).decode())
        self._say("235 ok")

    def do_rcpt(self, rest: str) -> None:
        self._server.recipients.append(rest.partition("<")[2].partition(">")[0])
        self._say("250 ok")

    def do_data(self, rest: str) -> None:
        del rest
        self._say("354 go on")
        body = b"".join(iter(self._stream.readline, b".\r\n"))
        self._server.mails.append(cast("EmailMessage", message_from_bytes(body, policy=policy.default)))
        self._say("250 ok")


@contextmanager
def running(server: MailServer) -> Iterator[MailServer]:
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join(10)
