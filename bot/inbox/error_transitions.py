"""Logs an error that lasts once, and its end once."""

from __future__ import annotations

import structlog

log = structlog.get_logger(__name__)


class ErrorTransitions:
    """The errors of one kind of call of one account. `failed` and `recovered` are the events in the log."""

    def __init__(self, account: str, failed: str, recovered: str) -> None:
        self._account = account
        self._failed = failed
        self._recovered = recovered
        self._last: str | None = None

    def record(self, error: str | None) -> None:
        """Record how the last call ended; None for success."""
        if error is not None and error != self._last:
            log.warning(self._failed, account=self._account, problem=error)
        elif error is None and self._last is not None:
            log.info(self._recovered, account=self._account)
        self._last = error
