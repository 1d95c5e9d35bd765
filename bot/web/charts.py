"""Computes the charts. The templates draw them as SVG, so they need neither scripts nor inline styles.

The coordinates are one unit per day in width and 100 units in height. The page stretches them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.store.statistics import DayStatistics

HEIGHT = 100.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: from the bottom up replies, skips and failed posts, each with its top and height."""

    x: int
    title: str
    segments: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, slots=True)
class BarChart:
    bars: tuple[Bar, ...]
    maximum: int
    """The value at the full height."""


@dataclass(frozen=True, slots=True)
class LineChart:
    polylines: tuple[str, ...]
    """The points of a polyline for each sequence of days with a value."""
    maximum: float


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


def outcome_chart(days: Sequence[DayStatistics]) -> BarChart:
    maximum = round_up(max((day.replies + day.skips + day.given_up for day in days), default=1))
    return BarChart(tuple(_bar(x, day, maximum) for x, day in enumerate(days)), maximum)


def _bar(x: int, day: DayStatistics, maximum: int) -> Bar:
    segments, top = [], HEIGHT
    for kind, count in (("replies", day.replies), ("skips", day.skips), ("dead", day.given_up)):
        height = HEIGHT * count / maximum
        top -= height
        if count:
            segments.append((kind, round(top, 2), round(height, 2)))
    title = f"{day.day:%d %B %Y}: {day.replies} replies, {day.skips} skipped, {day.given_up} failed"
    return Bar(x, title, tuple(segments))


def line_chart(values: Sequence[float | None], top: float) -> LineChart:
    """A line with a segment for each day. The full height is `top`; days without a value are gaps."""
    polylines: list[list[str]] = [[]]
    for x, value in enumerate(values):
        if value is None:
            polylines.append([])
        else:
            y = HEIGHT * (1 - min(value / top, 1))
            polylines[-1] += [f"{x + 0.1:g},{y:.2f}", f"{x + 0.9:g},{y:.2f}"]
    return LineChart(tuple(" ".join(run) for run in polylines if run), top)
