"""Computes the charts. The templates draw them as SVG, so they need neither scripts nor inline styles.

The coordinates are one unit per day in width and 100 units in height. The page stretches them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date

from msgspec import Struct

from bot.store.statistics import DayStatistics
from bot.web.formatting import number

HEIGHT = 100.0
MIN_TICK_DAYS = 15
"""Fewer days than twice this many have ticks at regular distances instead of at fixed days of a month."""


class Bar(Struct, frozen=True):
    """One day: from the bottom up replies, skips and failed posts, each with its top and height."""

    x: int
    title: str
    segments: tuple[tuple[str, float, float], ...]


class Tick(Struct, frozen=True):
    """A labelled place on an axis, in percent of its length from the left or from the top."""

    at: float
    label: str


class Chart(Struct, frozen=True):
    """A chart of days. The title of each day's bar is its value; a line chart has polylines too."""

    bars: tuple[Bar, ...]
    y_ticks: tuple[Tick, ...]
    x_ticks: tuple[Tick, ...]
    polylines: tuple[str, ...] = ()
    """The points of a polyline for each sequence of days with a value."""


AXIS_STEPS = (1, 1.5, 2, 3, 4, 5, 6, 8, 10)
AXIS_TIMES = (10, 15, 30, 60, 120, 180, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 43200, 86400)
"""Round values for a time axis, in seconds. Above a day: whole days."""


def round_up(value: float) -> int:
    """The next round number for an axis: 1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, ..."""
    if value <= 1:
        return 1
    size = 10 ** math.floor(math.log10(value))
    return next(int(size * step) for step in AXIS_STEPS if value <= int(size * step))


def round_up_time(seconds: float) -> int:
    return next((time for time in AXIS_TIMES if seconds <= time), 86400 * math.ceil(seconds / 86400))


def outcome_chart(days: Sequence[DayStatistics]) -> Chart:
    """Bars of the posts of each day, by outcome."""
    maximum = round_up(max((day.replies + day.skips + day.given_up for day in days), default=1))
    bars = tuple(_bar(x, day, maximum) for x, day in enumerate(days))
    return Chart(bars, _value_ticks(maximum, number), _day_ticks([day.day for day in days]))


def line_chart(
    days: Sequence[date], values: Sequence[float | None], top: float, label: Callable[[float | None], str]
) -> Chart:
    """A line with a segment for each day. The full height is `top`; days without a value are gaps."""
    polylines: list[list[str]] = [[]]
    bars = []
    for x, (day, value) in enumerate(zip(days, values, strict=True)):
        bars.append(Bar(x, f"{day:%d %B %Y}: {label(value)}", ()))
        if value is None:
            polylines.append([])
        else:
            y = HEIGHT * (1 - min(value / top, 1))
            polylines[-1] += [f"{x + 0.1:g},{y:.2f}", f"{x + 0.9:g},{y:.2f}"]
    runs = tuple(" ".join(run) for run in polylines if run)
    return Chart(tuple(bars), _value_ticks(top, label), _day_ticks(days), runs)


def _bar(x: int, day: DayStatistics, maximum: int) -> Bar:
    segments, top = [], HEIGHT
    for kind, count in (("replies", day.replies), ("skips", day.skips), ("dead", day.given_up)):
        height = HEIGHT * count / maximum
        top -= height
        if count:
            segments.append((kind, round(top, 2), round(height, 2)))
    title = f"{day.day:%d %B %Y}: {day.replies} replies, {day.skips} skipped, {day.given_up} failed"
    return Bar(x, title, tuple(segments))


def _value_ticks(maximum: float, label: Callable[[float | None], str]) -> tuple[Tick, ...]:
    """The full height, zero, and round values between them if the maximum can be divided evenly."""
    parts = next((parts for parts in (4, 3, 5, 2) if maximum % parts == 0), 1)
    return tuple(
        Tick(HEIGHT * (parts - part) / parts, label(maximum * part / parts) if part else "0")
        for part in range(parts + 1)
    )


def _day_ticks(days: Sequence[date]) -> tuple[Tick, ...]:
    """The first of each month and the middle of it, or every few days if there are not many."""
    count = len(days)
    chosen = [x for x, day in enumerate(days) if day.day in (1, 15)]
    if count <= 2 * MIN_TICK_DAYS:
        chosen = list(range(0, count, max(count // 4, 1)))
    return tuple(Tick(round(100 * (x + 0.5) / count, 2), f"{days[x].day} {days[x]:%b}") for x in chosen)
