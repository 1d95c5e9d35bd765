"""What a service manager wants to hear: ready, alive, stopping (sd_notify(3), sd_watchdog_enabled(3)).

The protocol is a datagram of KEY=VALUE lines to the socket in NOTIFY_SOCKET; systemd's documentation
asks programs to speak it themselves rather than to link a library. Without the variable nothing is said.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass

MAX_STATUS_LENGTH = 200
"""Of a status line."""


@dataclass(frozen=True, slots=True)
class Notifier:
    """Tells the service manager; a manager that does not listen is no trouble."""

    address: str | None
    watchdog_timeout: float | None = None
    """Seconds after which a silent service is restarted; None where nobody watches."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Notifier:
        watched = environ.get("WATCHDOG_PID") in (None, str(os.getpid()))
        micros = environ.get("WATCHDOG_USEC", "")
        seconds = int(micros) / 1e6 if watched and micros.isdecimal() and int(micros) else None
        return cls(environ.get("NOTIFY_SOCKET") or None, seconds)

    @property
    def watchdog_interval(self) -> float | None:
        """How often to say that all is well: half the watchdog's patience, as its manual advises."""
        return self.watchdog_timeout / 2 if self.address and self.watchdog_timeout else None

    def ready(self, status: str = "") -> None:
        self._send("READY=1", f"STATUS={_one_line(status)}")

    def alive(self) -> None:
        self._send("WATCHDOG=1")

    def unhealthy(self, trouble: str) -> None:
        """Say what is wrong and nothing else: without WATCHDOG=1 the manager restarts the service in time."""
        self._send(f"STATUS={_one_line(trouble)}")

    def reloading(self) -> None:
        self._send("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        self._send("STOPPING=1", "STATUS=Finishing what is in hand.")

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
