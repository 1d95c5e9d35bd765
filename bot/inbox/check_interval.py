"""When to check the inbox: often while people write to the bot, less often while nobody does."""

from __future__ import annotations

from datetime import datetime, timedelta

SHORTEST_INTERVAL = timedelta(seconds=60)


class CheckInterval:
    """Each check that finds nothing doubles the interval, up to `longest`.

    A message resets it to `shortest`. So does a message that the bot sends, because people answer
    soon or not at all.
    """

    def __init__(self, longest: timedelta, shortest: timedelta = SHORTEST_INTERVAL) -> None:
        self._longest = longest
        self._shortest = min(shortest, longest)
        self._interval = self._shortest
        self._next_check: datetime | None = None

    @property
    def next_check(self) -> datetime | None:
        """None before the first check, which is due."""
        return self._next_check

    def due(self, now: datetime) -> bool:
        return self._next_check is None or now >= self._next_check

    def record_check(self, found_messages: bool, now: datetime) -> None:
        self._interval = self._shortest if found_messages else min(2 * self._interval, self._longest)
        self._next_check = now + self._interval

    def expect_answer(self, now: datetime) -> None:
        """The bot has sent a message."""
        self._interval = self._shortest
        if self._next_check is not None:
            self._next_check = min(self._next_check, now + self._interval)

    def postpone(self, until: datetime) -> None:
        """The platform does not respond, or asked for no calls until then."""
        self._next_check = until
