"""Times on the pages: relative or exact, in UTC, for a script that shows them in the viewer's time zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from markupsafe import Markup, escape

from bot.web.formatting import DASH, ago, time_until, timestamp

_TIME_IN_TEXT = re.compile(r"\b(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC\b")


def ago_tag(time: datetime | None, now: datetime) -> Markup:
    """How long ago, with the exact time as its title; "never" without a time."""
    return escape(ago(time, now)) if time is None else _tag(time, "ago", ago(time, now))


def until_tag(time: datetime | None, now: datetime) -> Markup:
    """In how long, with the exact time as its title."""
    return escape(DASH) if time is None else _tag(time, "until", time_until(time, now))


def exact_tag(time: datetime | None) -> Markup:
    """The exact time; a script adds how long ago it was as the title."""
    return escape(DASH) if time is None else _tag(time, "exact", f"{timestamp(time)} UTC")


def with_times(text: str) -> Markup:
    """A sentence whose exact times a script shows in the viewer's time zone."""
    pieces = _TIME_IN_TEXT.split(text)
    return Markup().join(
        _tag_of_text(piece) if index % 2 else escape(piece) for index, piece in enumerate(pieces)
    )


def _tag_of_text(text: str) -> Markup:
    try:
        return exact_tag(datetime.fromisoformat(text).replace(tzinfo=UTC))
    except ValueError:  # part of a message of a server
        return escape(f"{text} UTC")


def _tag(time: datetime, shown: str, text: str) -> Markup:
    return Markup('<time datetime="{}" data-shown="{}" title="{} UTC">{}</time>').format(
        machine_time(time), shown, timestamp(time), text
    )


def machine_time(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
