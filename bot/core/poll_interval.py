"""How often an account is polled."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct


class PollInterval(Struct, frozen=True):
    """Poll every `interval`, or every `quiet_interval` after `quiet_after` without new posts."""

    interval: timedelta
    quiet_interval: timedelta
    quiet_after: timedelta = timedelta(minutes=10)

    @property
    def check_every(self) -> timedelta:
        """How often to call `is_due`."""
        return self.interval / 2 if self.quiet_interval > self.interval else self.interval

    def is_due(self, now: datetime, polled_at: datetime, last_new_at: datetime) -> bool:
        """Whether to poll now. `last_new_at` is when something new was last found.

        Calls may come up to half a `check_every` early. A `polled_at` in the future means that the clock was
        set back.
        """
        is_quiet = now - last_new_at >= self.quiet_after
        pause = max(self.interval, self.quiet_interval) if is_quiet else self.interval
        return now >= polled_at + pause - self.check_every / 2 or now < polled_at
