"""Requests an address while all jobs run. A service there tells the operator when the requests stop."""

from __future__ import annotations

from collections.abc import Callable

from bot.notices.background_sender import BackgroundSender
from bot.notices.http_post import get
from bot.operations.health import Health


class HeartbeatSender:
    """Sends a heartbeat at each `run`, unless a job is stuck or the database cannot be written."""

    def __init__(
        self, address: str, user_agent: str, health: Health, database_works: Callable[[], bool]
    ) -> None:
        self._health = health
        self._database_works = database_works
        # The pause between two attempts is the interval of the job.
        self._sender: BackgroundSender[None] = BackgroundSender(
            "the heartbeat", lambda _: get(address, {"user-agent": user_agent}), max_pause=0
        )

    def run(self) -> bool:
        """Start to send a heartbeat; return whether it was started. Does not wait for the server."""
        if self._health.problems() or not self._database_works():
            return False
        return self._sender.submit(None)

    def wait(self, timeout: float) -> None:
        """Wait at most `timeout` seconds until the heartbeat is sent or has failed."""
        self._sender.wait(timeout)
