"""The types of columns: times in UTC, and texts that both databases can store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy
from sqlalchemy import BigInteger, DateTime, Dialect, Integer, TypeDecorator

from bot.store.dialects import SQLITE
from bot.store.stored_values import naive_utc, read_time, sqlite_text, storable_text

RowId = BigInteger().with_variant(Integer, "sqlite")
"""The number of a row. SQLite numbers rows by itself only in a column of the type INTEGER."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, stored in UTC without a time zone, which is added when a value is read."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return _naive_or_none(value)

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        """Called for each value."""
        return _sqlite_text_or_none if dialect.name == SQLITE else _naive_or_none

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        return read_time


def _naive_or_none(time: datetime | None) -> datetime | None:
    return None if time is None else naive_utc(time)


def _sqlite_text_or_none(time: datetime | None) -> str | None:
    return None if time is None else sqlite_text(time)


class String(TypeDecorator[str]):
    """A text. What PostgreSQL cannot store is replaced, also in the values that a column is compared with."""

    impl = sqlalchemy.String
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], str | None]:
        return _storable_or_none


class Text(String):
    impl = sqlalchemy.Text
    cache_ok = True


def _storable_or_none(value: str | None) -> str | None:
    """One call for each value that is stored: this is the way of nearly all of them."""
    if value is None or (value.isascii() and "\0" not in value):
        return value
    return storable_text(value)
