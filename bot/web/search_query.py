"""Parses the query string of `/posts` into a filter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.config.setting_types import Duration
from bot.core.skip_reasons import SkipReason
from bot.store import State
from bot.store.post_search import MAX_WORDS, PostFilter

MAX_LENGTH = 200
"""Characters of one value that are used."""
MAX_DIGITS = 18
"""Digits of a row's number; the database has no longer ones."""
AGE_ADAPTER: TypeAdapter[timedelta] = TypeAdapter(Duration)
EnumT = TypeVar("EnumT", State, SkipReason)


def parse_search_query(query: Mapping[str, str], now: datetime) -> tuple[PostFilter, str]:
    """The filter in a query string, and a sentence if part of it is invalid."""
    query = {name: value[:MAX_LENGTH] for name, value in query.items()}
    words = query.get("words", "").split()
    problem, since = "", None
    if len(words) > MAX_WORDS:
        problem = f"Only the first {MAX_WORDS} words are searched for."
    if query.get("since"):
        try:
            since = now - AGE_ADAPTER.validate_python(query["since"])
        except (ValidationError, OverflowError):
            problem = f"“{query['since']}” is not a duration. Use for example 12h or 7d."
    post_filter = PostFilter(
        words=" ".join(words[:MAX_WORDS]),
        state=_enum_member(State, query.get("state")),
        reason=_enum_member(SkipReason, query.get("reason")),
        account=query.get("account", ""),
        community=query.get("community", ""),
        since=since,
    )
    return post_filter, problem


def parse_row(text: str) -> int | None:
    """The number of a row; None if the text is not one."""
    return int(text) if len(text) <= MAX_DIGITS and text.isascii() and text.isdecimal() else None


def _enum_member(kind: type[EnumT], value: str | None) -> EnumT | None:
    try:
        return kind(value or "")
    except ValueError:
        return None
