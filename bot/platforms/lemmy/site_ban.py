"""A ban from the whole server, on Lemmy 1.0.

A banned account stays logged in, can read, and can mark notifications as read (see
`mark_notification_read.rs` in Lemmy's code). Other write calls are refused, so after one refusal the others
are not sent for a while. On 0.19 the log-in is refused: see `login_session`.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from bot.platforms.api_call import ApiError, Call
from bot.platforms.lemmy import errors
from bot.platforms.rate_limits import Clock

_log = logging.getLogger(__name__)

_ALWAYS_ALLOWED = "/mark_as_read"
"""End of the paths of write calls that the server does not refuse."""
_PAUSE = timedelta(minutes=15)
"""Before the next write call is sent, to see whether the ban is over."""


class SiteBan:
    """Whether one account is banned, as far as its write calls have shown."""

    def __init__(self, account: str, host: str, clock: Clock) -> None:
        self._account = account
        self._host = host
        self._clock = clock
        self._error: ApiError | None = None
        self._retry_at: datetime | None = None
        self._refused: set[str] = set()
        """Paths of the calls that were refused."""

    @property
    def retry_at(self) -> datetime | None:
        """When the next write call may be sent; None means now."""
        return self._retry_at if self._retry_at is not None and self._clock() < self._retry_at else None

    def check(self, call: Call) -> None:
        """Raises AccountError if a write call was refused less than 15 minutes ago."""
        if self._error is not None and self.retry_at is not None and not call.path.endswith(_ALWAYS_ALLOWED):
            raise errors.write_error(self._error, call)

    def record(self, error: ApiError, call: Call) -> None:
        """Record that a write call was refused because of a ban. Logged once for each ban."""
        if self._error is None:
            _log.error("%s is banned from the whole server %s: nothing is written", self._account, self._host)
        self._error = error
        self._refused.add(call.path)
        self._retry_at = self._clock() + _PAUSE

    def record_success(self, call: Call) -> None:
        """Record that a write call was accepted. The ban is over if such a call was refused before."""
        if call.path in self._refused:
            _log.info("%s is no longer banned from the server %s", self._account, self._host)
            self._error = self._retry_at = None
            self._refused.clear()
