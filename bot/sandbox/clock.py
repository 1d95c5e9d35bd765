"""The clock of a sandbox server, which tests replace, and a clock that a test sets while a daemon runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


def shifted_clock(file: Path) -> Clock:
    """A clock that is ahead by the seconds in a file, which may be negative."""
    return lambda: utc_now() + timedelta(seconds=float(file.read_text(encoding="utf-8")))


def set_shifted_clock(file: Path, by: timedelta) -> None:
    """Set the clock that reads this file, atomically, so that it never reads half a number."""
    unfinished = file.with_suffix(".new")
    unfinished.write_text(str(by.total_seconds()), encoding="utf-8")
    unfinished.replace(file)
