"""The types of columns: times in UTC, and texts that both databases can store."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy
from sqlalchemy import BigInteger, DateTime, Dialect, Integer, TypeDecorator

from bot.store.database_errors import UNREADABLE, stored_value, unreadable_value
from bot.store.dialects import SQLITE

_SURROGATE = re.compile("[\ud800-\udfff]")
_REPLACEMENT = "\ufffd"

RowId = BigInteger().with_variant(Integer, "sqlite")
"""The number of a row. SQLite numbers rows by itself only in a column of the type INTEGER."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, stored in UTC without a time zone, which is added when a value is read."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _without_time_zone(value)

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        """Called for each value. SQLite gets the text that SQLAlchemy writes, in a third of its time."""
        return _sqlite_text if dialect.name == SQLITE else _naive_or_none

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """Called for each value, so it does without the context manager `stored_value`."""
        read = self.impl_instance.dialect_impl(dialect).result_processor(dialect, coltype)

        def read_stored(value: Any) -> datetime | None:
            if value is None:
                return None
            try:
                time: Any = value if read is None else read(value)
                stored: datetime = time.replace(tzinfo=UTC)
            except UNREADABLE as error:
                raise unreadable_value("a time", error) from error
            return stored

        return read_stored


def _without_time_zone(time: datetime) -> datetime:
    return time.astimezone(UTC).replace(tzinfo=None)


def _naive_or_none(time: datetime | None) -> datetime | None:
    return None if time is None else _without_time_zone(time)


def _sqlite_text(time: datetime | None) -> str | None:
    return None if time is None else _without_time_zone(time).isoformat(" ", "microseconds")


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


def storable_text(text: str) -> str:
    """The text with a replacement character for each NUL and each surrogate without its other half.

    PostgreSQL accepts neither in a text, and in JSON it accepts them but fails to search it.
    """
    if "\0" in text:
        text = text.replace("\0", _REPLACEMENT)
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub(_REPLACEMENT, text)
    return text


def write_json(value: object) -> str:
    """JSON whose texts can be stored. Its escapes show cheaply whether a text may have to be changed."""
    written = json.dumps(value)
    if "\\u0000" in written or "\\ud" in written:
        return json.dumps(_storable(value))
    return written


def read_json(text: str) -> Any:
    """Raises `StoreError` if it is damaged."""
    with stored_value("a JSON value"):
        return json.loads(text)


def _storable(value: Any) -> Any:
    match value:
        case str():
            return storable_text(value)
        case dict():
            return {storable_text(str(key)): _storable(each) for key, each in value.items()}
        case list() | tuple():
            return [_storable(each) for each in value]
        case _:
            return value
