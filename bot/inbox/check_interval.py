"""When to look into the inbox: often while people speak to the bot, seldom while nobody does."""

from __future__ import annotations

from datetime import datetime, timedelta

SHORTEST_INTERVAL = timedelta(seconds=60)


class CheckInterval:
    """Each look that finds nothing doubles the pause until the next, up to `slowest`.

    Whenever somebody wrote, or the bot did (people answer soon or not at all), it begins anew.
    """

    def __init__(self, slowest: timedelta, quickest: timedelta = SHORTEST_INTERVAL) -> None:
        self._slowest = slowest
        self._quickest = min(quickest, slowest)
        self._pause = self._quickest
        self._next: datetime | None = None

    def due(self, now: datetime) -> bool:
        return self._next is None or now >= self._next

    def record_check(self, anything: bool, now: datetime) -> None:
        self._pause = self._quickest if anything else min(2 * self._pause, self._slowest)
        self._next = now + self._pause

    def expect_answer(self, now: datetime) -> None:
        """The bot has said something."""
        self._pause = self._quickest
        if self._next is not None:
            self._next = min(self._next, now + self._pause)

    def postpone(self, until: datetime) -> None:
        """The platform does not answer, or wants to be left alone until then."""
        self._next = until
