"""The moderators of communities, to order messages by urgency. Commands are authorised separately."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.core.errors import PlatformError
from bot.platforms.base import Messaging

MAX_AGE = timedelta(minutes=10)
MAX_COMMUNITIES = 20
"""Communities that are looked up in `MAX_AGE`, whatever strangers write."""


class KnownModerators:
    """Each community is looked up at most once in `MAX_AGE`."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._found: dict[tuple[str, str], frozenset[str]] = {}
        self._valid_until: datetime | None = None

    def of(self, account: str, community: str, messaging: Messaging) -> frozenset[str]:
        """The moderators; empty if the platform does not answer, or too many communities were named."""
        now = self._clock()
        if self._valid_until is None or now >= self._valid_until:
            self._found.clear()
            self._valid_until = now + MAX_AGE
        key = account, community
        if key not in self._found:
            if len(self._found) >= MAX_COMMUNITIES:
                return frozenset()
            self._found[key] = _ask(messaging, community)
        return self._found[key]


def _ask(messaging: Messaging, community: str) -> frozenset[str]:
    try:
        return messaging.moderators(community)
    except PlatformError:
        return frozenset()
