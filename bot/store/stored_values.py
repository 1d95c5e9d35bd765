"""How times, texts and JSON are stored, in a form that both databases can store. SQLAlchemy is not loaded."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from bot.core.lazy_patterns import lazy_pattern
from bot.store.database_errors import UNREADABLE, stored_value, unreadable_value

_SURROGATE = lazy_pattern("[\ud800-\udfff]")
_REPLACEMENT = "\ufffd"


def naive_utc(time: datetime) -> datetime:
    """A time in UTC without its time zone, as PostgreSQL stores it."""
    return time.astimezone(UTC).replace(tzinfo=None)


def sqlite_text(time: datetime) -> str:
    """A time in UTC as SQLite stores it: the text that SQLAlchemy writes, in a third of its time."""
    return naive_utc(time).isoformat(" ", "microseconds")


def read_time(value: Any) -> datetime | None:
    """The aware time that is stored as a text, or as a time without a zone. Raises `StoreError`.

    Called for each value, so it does without the context manager `stored_value`.
    """
    if value is None:
        return None
    try:
        time = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return time.replace(tzinfo=UTC)
    except UNREADABLE as error:
        raise unreadable_value("a time", error) from error


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
