"""Counts of requests that several processes share, because they use a server from one IP address.

The count of each bucket is stored where all processes find it, and is locked while one changes it. That takes
longer than to count in memory. So in a bucket that allows many requests, a process counts some in advance
while it sends many, and does not ask again before it has used them up, or their time is over.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager, suppress
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from bot.core.errors import RetryLater, StoreError
from bot.platforms.buckets import HOLD, Bucket, BucketState, BucketType, Limit

_PAUSE_AFTER_STORE_ERROR = timedelta(seconds=5)


class BucketStates(Protocol):
    """The stored counts of one server and IP address. Its methods raise StoreError."""

    def change(self, names: Collection[str]) -> AbstractContextManager[dict[str, BucketState]]:
        """The states by name, empty for a new one. Those that are replaced in the dict are stored at the end.

        Until then, others wait.
        """
        ...

    def read(self, name: str) -> BucketState:
        """A state that may change at any time; empty for a new one."""
        ...


class _Share(Struct):
    """Requests of one bucket that this process has counted in advance."""

    size: int
    left: int
    until: datetime

    def is_current(self, now: datetime) -> bool:
        return self.until - HOLD <= now <= self.until  # it began later if the clock was set back

    def next_size(self, now: datetime) -> int:
        """Twice as many if these were used up soon."""
        return self.size * 2 if self.left == 0 and now < self.until + HOLD else 1


class SharedCounts:
    """Implements `bot.platforms.rate_limits.Counts`."""

    def __init__(
        self, states: BucketStates, bucket_type: BucketType, limits: Mapping[str, Limit], reserve: int
    ) -> None:
        self._states = states
        self._bucket_type = bucket_type
        self._limits = dict(limits)
        self._reserve = reserve
        self._lock = threading.Lock()
        self._shares: dict[str, _Share] = {}

    def take(self, names: tuple[str, ...], now: datetime) -> datetime | None:
        """Raises RetryLater if the counts cannot be read or stored."""
        missing = [name for name in names if not self._use_share(name, now)]
        if not missing:
            return None
        try:
            with self._states.change([self._key(name) for name in missing]) as states:
                for name in missing:
                    bucket = self._bucket(name, states[self._key(name)])
                    wanted = self._share_size(name, bucket.limit, now)
                    if not (bucket.take(now) if wanted is None else self._hold(name, bucket, wanted, now)):
                        return bucket.ready_at(now)
                    states[self._key(name)] = bucket.to_state()
        except StoreError as error:
            self._forget_shares(missing)
            detail = f"the shared rate limits cannot be read: {error.message}"
            raise RetryLater(now + _PAUSE_AFTER_STORE_ERROR, detail) from error
        return None

    def record_response(self, names: tuple[str, ...], now: datetime) -> None:
        """Errors of the database are ignored: the request was counted, and its response must not get lost."""
        counted = [name for name in names if not self._is_counted_in_advance(name, now)]
        if counted:
            with suppress(StoreError), self._states.change([self._key(name) for name in counted]) as states:
                for name in counted:
                    bucket = self._bucket(name, states[self._key(name)])
                    bucket.record_response(now)
                    states[self._key(name)] = bucket.to_state()

    def record_refusal(self, name: str, now: datetime) -> datetime:
        self._forget_shares([name])
        try:
            with self._states.change([self._key(name)]) as states:
                bucket = self._bucket(name, states[self._key(name)])
                ready_at = bucket.record_refusal(now)
                states[self._key(name)] = bucket.to_state()
        except StoreError:
            return now + timedelta(seconds=self._limits[name].seconds)
        return ready_at

    def ready_at(self, name: str, now: datetime) -> datetime:
        with self._lock:
            share = self._shares.get(name)
            if share is not None and share.left and share.is_current(now):
                return now
        return self._bucket(name, self._states.read(self._key(name))).ready_at(now)

    def resize(self, limits: Mapping[str, Limit]) -> None:
        names = self._limits.keys() & limits.keys()
        with self._states.change([self._key(name) for name in names]) as states:
            for name in names:
                bucket = self._bucket(name, states[self._key(name)])
                bucket.resize(limits[name])
                state = bucket.to_state()
                if state != states[self._key(name)]:  # what is not replaced is not stored again
                    states[self._key(name)] = state
        self._limits.update({name: limits[name] for name in names})

    def limits(self) -> dict[str, Limit]:
        return dict(self._limits)

    def _key(self, name: str) -> str:
        return f"{name}: {self._bucket_type(self._limits[name], 0).kind}"

    def _bucket(self, name: str, state: BucketState) -> Bucket:
        """A state that another version of Precis has stored, in another form, counts as new."""
        bucket = self._bucket_type(self._limits[name], self._reserve)
        if state:
            with suppress(ValueError, KeyError, TypeError):
                bucket.load(state)
                return bucket
            bucket = self._bucket_type(self._limits[name], self._reserve)
        return bucket

    def _share_size(self, name: str, limit: Limit, now: datetime) -> int | None:
        """How many requests to count in advance; None in a bucket that allows only few."""
        most = min(limit.capacity // 10, int(HOLD.total_seconds()) * limit.capacity // limit.seconds)
        if most < 2:
            return None
        with self._lock:
            share = self._shares.get(name)
        return 1 if share is None else min(share.next_size(now), most)

    def _hold(self, name: str, bucket: Bucket, wanted: int, now: datetime) -> bool:
        """Count this request and the next ones."""
        count = bucket.hold(wanted, now)
        if count:
            with self._lock:
                self._shares[name] = _Share(count, count - 1, now + HOLD)
        return count > 0

    def _forget_shares(self, names: Collection[str]) -> None:
        with self._lock:
            for name in names:
                self._shares.pop(name, None)

    def _use_share(self, name: str, now: datetime) -> bool:
        with self._lock:
            share = self._shares.get(name)
            if share is None or not share.left or not share.is_current(now):
                return False
            share.left -= 1
            return True

    def _is_counted_in_advance(self, name: str, now: datetime) -> bool:
        with self._lock:
            share = self._shares.get(name)
            return share is not None and share.is_current(now)
