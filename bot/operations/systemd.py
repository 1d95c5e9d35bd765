"""Notifies the service manager: ready, alive, stopping (sd_notify(3), sd_watchdog_enabled(3)).

The protocol is a datagram of KEY=VALUE lines to the socket in NOTIFY_SOCKET. systemd's documentation
recommends to implement it instead of linking a library. Without the variable nothing is sent.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping

from msgspec import Struct

MAX_STATUS_LENGTH = 200
"""Maximum length of a status line in characters."""


class Notifier(Struct, frozen=True):
    """Sends notifications to the service manager; errors are ignored."""

    address: str | None
    watchdog_timeout: float | None = None
    """Seconds without a notification after which the service is restarted; None without a watchdog."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Notifier:
        watched = environ.get("WATCHDOG_PID") in (None, str(os.getpid()))
        micros = environ.get("WATCHDOG_USEC", "")
        seconds = int(micros) / 1e6 if watched and micros.isdecimal() and int(micros) else None
        return cls(environ.get("NOTIFY_SOCKET") or None, seconds)

    @property
    def watchdog_interval(self) -> float | None:
        """Seconds between two `alive` notifications: half the watchdog timeout, as its manual recommends."""
        return self.watchdog_timeout / 2 if self.address and self.watchdog_timeout else None

    def ready(self, status: str = "") -> None:
        self._send("READY=1", f"STATUS={_one_line(status)}")

    def alive(self) -> None:
        self._send("WATCHDOG=1")

    def unhealthy(self, trouble: str) -> None:
        """Send only the problem: without WATCHDOG=1 the manager restarts the service after the timeout."""
        self._send(f"STATUS={_one_line(trouble)}")

    def reloading(self) -> None:
        self._send("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        self._send("STOPPING=1", "STATUS=Stopping: finishing current work.")

    def _send(self, *lines: str) -> None:
        if self.address is None:
            return
        address = f"\0{self.address[1:]}" if self.address.startswith("@") else self.address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as speaking:
            speaking.settimeout(1)
            try:
                speaking.sendto("\n".join(lines).encode(), address)
            except OSError:
                return


NO_NOTIFIER = Notifier(None)


def _one_line(text: str) -> str:
    return " ".join(text.split())[:MAX_STATUS_LENGTH]
