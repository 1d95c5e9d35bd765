"""The maximum number of replies in one community within 24 hours."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from msgspec import Struct

from bot.core.models import Skipped
from bot.core.skip_reasons import SkipReason

WINDOW = timedelta(hours=24)


class DailyCap(Struct, frozen=True):
    """At most `limit` replies since `since`, an aware time."""

    limit: int
    since: datetime

    @classmethod
    def at(cls, now: datetime, limit: int) -> Self:
        return cls(limit, now - WINDOW)

    def check(self, replies: int) -> Skipped | None:
        """Why there may not be another reply after `replies` replies; None if there may be."""
        if replies < self.limit:
            return None
        return Skipped(SkipReason.DAILY_CAP, f"at most {self.limit} in 24 hours")
