"""Polls the sources of one account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.core.errors import AccountError, PlatformError
from bot.core.models import PollResult, Source
from bot.core.poll_interval import PollInterval
from bot.core.time_limit import TimeLimit
from bot.operations.unexpected_errors import log_unexpected_errors
from bot.platforms.base import Platform
from bot.store import Accounts, PostQueue

log = structlog.get_logger(__name__)


class Poller:
    """Polls the sources of one account into the queue; without an `interval`, in every run."""

    def __init__(
        self,
        platform: Platform,
        sources: tuple[Source, ...],
        *,
        queue: PostQueue,
        accounts: Accounts,
        clock: Callable[[], datetime],
        max_age: Callable[[Source], timedelta],
        interval: PollInterval | None = None,
    ) -> None:
        self.account = platform.account
        self._platform = platform
        self._sources = sources
        self._queue = queue
        self._accounts = accounts
        self._clock = clock
        self._max_age = max_age
        self._interval = interval
        self._polled_at: datetime | None = None
        self._last_new_at = clock()
        self._last_read_at = clock()
        self._connected = False
        self._wait_until: datetime | None = None
        self._errors: dict[str, str] = {}
        """The last error of each source that is failing."""
        self.polls = 0
        """How many polls of a source succeeded."""
        self.last_error: PlatformError | None = None
        """Of the last poll that failed."""

    def run(self, limit: TimeLimit) -> int:
        """Poll each source once; return the number of new posts."""
        new, now = 0, self._clock()
        if not self._is_due(now):
            return 0
        self._polled_at = now
        unsaved: list[tuple[Source, PollResult]] = []
        cursors = self._queue.cursors(self.account, now)
        for source in self._sources:
            if limit.expired() or self._must_wait():
                break
            result = self._poll(source, cursors.get(source.key))
            if result is None:
                continue
            unsaved.append((source, result))
            if result.posts:  # processed while the next sources are polled
                new += self._save(unsaved)
        new += self._save(unsaved)
        if new:
            self._last_new_at = now
        return new

    def _is_due(self, now: datetime) -> bool:
        if self._interval is None or self._polled_at is None:
            return True
        return self._interval.is_due(now, self._polled_at, self._last_new_at)

    def _must_wait(self) -> bool:
        return self._wait_until is not None and self._clock() < self._wait_until

    def _save(self, unsaved: list[tuple[Source, PollResult]]) -> int:
        """Save polls in one transaction, and empty the list; return the number of new posts.

        A poll that is not saved, because the process was killed, is repeated at the next start.
        """
        if not unsaved:
            return 0
        # After the clock was set back, this is ahead. What a clock that was ahead has read is read again.
        now = max(self._clock(), self._last_read_at)
        counts = self._queue.discover_all(unsaved, now)
        for (source, _), count in zip(unsaved, counts, strict=True):
            if count:
                log.info("new posts", source=source.key, count=count)
        self.polls += len(unsaved)
        unsaved.clear()
        return sum(counts)

    def _poll(self, source: Source, cursor: str | None) -> PollResult | None:
        """The posts of a source; None if the poll failed, which is logged and recorded."""
        try:
            now = self._clock()
            with log_unexpected_errors(self.account):
                self._connect()
                result = self._platform.poll(source, cursor, now - self._max_age(source))
            if self._clock() < now:
                # Posts that only this clock took for too old would be recorded as read.
                log.warning(
                    "the clock was set back during a poll; the source is read again", source=source.key
                )
                return None
            self._last_read_at = self._clock()
            for problem in result.parse_errors:
                log.warning("a post could not be parsed", source=source.key, problem=problem)
        except AccountError as error:
            self.last_error = error
            self._connected = False
            self._wait_until = self._clock() + timedelta(minutes=15)  # servers limit log-ins
            self._accounts.set_error(self.account, f"{error} {error.remedy}", self._clock())
            self._queue.record_poll_error(source, str(error))
            log.error("the account cannot be used", account=self.account, error=str(error), do=error.remedy)
        except PlatformError as error:
            self.last_error = error
            self._queue.record_poll_error(source, str(error))
            self._log_once(source, str(error))
        else:
            if self._errors.pop(source.key, None) is not None:
                log.info("polls work again", source=source.key)
            return result
        return None

    def _log_once(self, source: Source, error: str) -> None:
        """A community that became private causes one line in the log, not one every minute."""
        if self._errors.get(source.key) != error:
            log.warning("poll failed", source=source.key, error=error)
        self._errors[source.key] = error

    def _connect(self) -> None:
        if self._connected:
            return
        identity = self._platform.connect()
        self._connected = True
        self._accounts.set_error(self.account, None, self._clock())
        log.info("logged in", account=self.account, name=identity.name)
        if not identity.bot_flag:
            log.warning("the account is not marked as a bot", account=self.account)
