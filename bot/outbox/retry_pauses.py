"""How long a failed call for a sent reply waits until it is tried again."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct, field

FIRST_PAUSE = timedelta(minutes=1)
"""Doubled with each failure."""
MAX_PAUSE = timedelta(hours=6)


def growing_pause(failures: int) -> timedelta:
    """The pause after a failure, with the number of failures before it."""
    return min(FIRST_PAUSE * (1 << min(failures, 10)), MAX_PAUSE)


class _Failed(Struct, frozen=True):
    attempts: int
    retry_at: datetime
    error: str


class RetryPauses(Struct, frozen=True):
    """The replies for which a call failed, in memory: after a restart the call is tried at once."""

    _failed: dict[int, _Failed] = field(default_factory=dict)

    def waiting(self, now: datetime) -> frozenset[int]:
        """The rows of the replies that wait. A clock that was set back makes no pause longer."""
        return frozenset(
            row for row, failed in self._failed.items() if now < failed.retry_at <= now + MAX_PAUSE
        )

    def postpone(self, row: int, retry_at: datetime, now: datetime, error: str) -> None:
        """Wait until a time that the server or its rate limit gives, which is not a failure."""
        self._record(_Failed(self._attempts(row), min(retry_at, now + MAX_PAUSE), error), row, now)

    def record_failure(self, row: int, now: datetime, error: str) -> bool:
        """Wait longer with each failure. Returns whether the error is another than before."""
        known = self._failed.get(row)
        attempts = self._attempts(row)
        self._record(_Failed(attempts + 1, now + growing_pause(attempts), error), row, now)
        return known is None or known.error != error

    def end(self, row: int) -> None:
        """The call succeeded, or is not needed any more."""
        self._failed.pop(row, None)

    def _attempts(self, row: int) -> int:
        return self._failed[row].attempts if row in self._failed else 0

    def _record(self, failed: _Failed, row: int, now: datetime) -> None:
        for other in [each for each, past in self._failed.items() if past.retry_at < now - MAX_PAUSE]:
            self.end(other)  # nobody has tried it again, so the reply is too old
        self._failed[row] = failed
