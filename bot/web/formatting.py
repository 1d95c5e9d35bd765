"""The filters of the templates: numbers, times and settings as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup, escape

from bot.config.setting_types import to_toml
from bot.store import State
from bot.store.failure_statistics import host_of
from bot.store.post_reports import PostReport

_UNITS = ((86400, "d"), (3600, "h"), (60, "min"))
DASH = "–"


def number(value: float | None) -> str:
    """A whole number with thin spaces between thousands: 12 345."""
    return DASH if value is None else f"{value:,.0f}".replace(",", "\u202f")


def percent(value: float | None) -> str:
    return DASH if value is None else f"{number(value)}\u202f%"


def duration(seconds: float | timedelta | None) -> str:
    """A duration in the largest unit that fits, below 10 hours with minutes: 45 s, 3 min, 2 h 10 min, 4 d."""
    if seconds is None:
        return DASH
    left = seconds.total_seconds() if isinstance(seconds, timedelta) else seconds
    if 0 < left < 1:
        return f"{left * 1000:.0f}\u202fms"
    if left < 10:
        return f"{max(left, 0):.1f}\u202fs"
    if left < 90:
        return f"{left:.0f}\u202fs"
    whole = round(left / 60) * 60
    for size, unit in _UNITS:
        if whole >= size:
            rest = whole % size // 60
            more = f" {rest}\u202fmin" if unit == "h" and rest and whole < 10 * 3600 else ""
            return f"{whole // size}\u202f{unit}{more}"
    raise AssertionError("90 seconds and more are minutes")


def round_duration(seconds: float | None) -> str:
    """A duration without a zero after the point: 2 s, 2.5 s."""
    return duration(seconds).replace(".0\u202f", "\u202f")


def ago(time: datetime | None, now: datetime) -> str:
    if time is None:
        return "never"
    seconds = (now - time).total_seconds()
    return "just now" if seconds < 1 else f"{round_duration(round(seconds))} ago"


def time_until(time: datetime | None, now: datetime) -> str:
    """The time until something happens: in 40 s, or now."""
    if time is None:
        return DASH
    seconds = (time - now).total_seconds()
    return "now" if seconds <= 0 else f"in {round_duration(round(seconds))}"


def timestamp(time: datetime | None) -> str:
    return DASH if time is None else f"{time:%Y-%m-%d %H:%M:%S}"


def setting_value(value: Any) -> str:
    """The value of a setting without TOML syntax: yes, 100, bullets, a.example, b.example."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, tuple | list | frozenset):
        return ", ".join(map(setting_value, value)) or "none"
    if value is None:
        return "none"
    return value if isinstance(value, str) else to_toml(value).strip('"')


def state_label(state: State) -> str:
    """The name of a state on the pages."""
    return _STATE_LABELS[state]


def timeline(post: PostReport) -> Iterator[tuple[str, datetime | None, str]]:
    """The stages of a post: name, time (None: not yet), and details."""
    yield "Published", post.published, ""
    yield "Seen", post.discovered_at, f"{duration(post.discovered_at - post.published)} later"
    if post.state is State.DISCOVERED:
        tries = f"{post.attempts} attempts so far; {post.error}" if post.attempts else ""
        yield "Read", None, tries
        return
    if post.ready_at:
        yield (
            "Read and summarised",
            post.ready_at,
            f"in {duration(post.ready_at - post.discovered_at)}",
        )
    if post.sending_at:
        yield "Sent to the platform", post.sending_at, f"attempt {post.sends}" if post.sends > 1 else ""
    if post.done_at:
        yield state_label(post.state).capitalize(), post.done_at, _final_detail(post)
    else:
        yield "Confirmed", None, post.error or ""


def _final_detail(post: PostReport) -> str:
    return post.reason.sentence if post.reason else post.error or ""


def safe_link(url: str) -> str:
    """An address that is safe in a link. Anything except http and https becomes #."""
    return url if url.startswith(("https://", "http://")) else "#"


def query(parameters: Mapping[str, str]) -> str:
    """An address with these parameters on the same page; those without a value are left out."""
    return f"?{urlencode({name: value for name, value in parameters.items() if value})}"


def with_code(text: str) -> Markup:
    """A text whose parts between backticks are code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:  # a backtick without an end is text
        parts[-2:] = ["`".join(parts[-2:])]
    pieces = (
        Markup("<code>{}</code>").format(part) if index % 2 else escape(part)
        for index, part in enumerate(parts)
    )
    return Markup().join(pieces)


_STATE_LABELS = {
    State.DISCOVERED: "waiting",
    State.READY: "ready",
    State.SENDING: "sending",
    State.SENT: "replied",
    State.DELETED: "deleted",
    State.SKIPPED: "skipped",
    State.DEAD: "failed",
}
FILTERS = {
    "query": query,
    "with_code": with_code,
    "number": number,
    "percent": percent,
    "duration": duration,
    "setting_value": setting_value,
    "state_label": state_label,
    "timeline": timeline,
    "safe_link": safe_link,
    "host": host_of,
}
