"""Parses the query string of `/posts` into a filter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.config.setting_types import Duration
from bot.core.skip_reasons import SkipReason
from bot.store import State
from bot.store.post_search import PostFilter

AGE_ADAPTER: TypeAdapter[timedelta] = TypeAdapter(Duration)
EnumT = TypeVar("EnumT", State, SkipReason)


def parse_search_query(query: Mapping[str, str], now: datetime) -> tuple[PostFilter, str]:
    """The filter in a query string, and a sentence if part of it is invalid."""
    problem, since = "", None
    if query.get("since"):
        try:
            since = now - AGE_ADAPTER.validate_python(query["since"])
        except (ValidationError, OverflowError):
            problem = f"“{query['since']}” is not a duration. Use for example 12h or 7d."
    post_filter = PostFilter(
        words=query.get("words", ""),
        state=_enum_member(State, query.get("state")),
        reason=_enum_member(SkipReason, query.get("reason")),
        account=query.get("account", ""),
        community=query.get("community", ""),
        since=since,
    )
    return post_filter, problem


def _enum_member(kind: type[EnumT], value: str | None) -> EnumT | None:
    try:
        return kind(value or "")
    except ValueError:
        return None
