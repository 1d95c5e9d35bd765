"""The recent failures of the items that one account sends. They are in memory only."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

KEPT = timedelta(days=1)
"""How long the failures of an item are known after its retry was due, if it did not fail again. Others can
skip or withdraw an item too, so its end is not always known here."""


class _Failures(Struct, frozen=True):
    count: int
    error: str
    retry_at: datetime


class RecentFailures:
    """How often in a row items could not be sent or read back, and their last errors, by row."""

    def __init__(self) -> None:
        self._by_row: dict[int, _Failures] = {}

    @property
    def rows(self) -> frozenset[int]:
        return frozenset(self._by_row)

    def count(self, row: int) -> int:
        known = self._by_row.get(row)
        return 0 if known is None else known.count

    def record(self, row: int, error: str, retry_at: datetime, now: datetime) -> bool:
        """Record a failure, and forget old ones; return whether the error is another one than the last."""
        known = self._by_row.get(row)
        self._by_row[row] = _Failures(self.count(row) + 1, error, retry_at)
        for old in [old for old, past in self._by_row.items() if past.retry_at < now - KEPT]:
            del self._by_row[old]
        return known is None or known.error != error

    def forget(self, row: int) -> None:
        """The item was sent."""
        self._by_row.pop(row, None)
