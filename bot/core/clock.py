"""The clock of production; everything that needs the time takes a clock as an argument."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    return datetime.now(UTC)
