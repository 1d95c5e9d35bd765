"""The three charts of a sequence of days: posts by outcome, words saved, time to reply."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from bot.store.statistics import DayStatistics
from bot.web.charts import Chart, line_chart, outcome_chart, round_up_time
from bot.web.formatting import percent, round_duration


class DayCharts(Struct, frozen=True):
    days: tuple[DayStatistics, ...]
    outcomes: Chart
    lines: tuple[tuple[str, Chart], ...]
    """Title and chart."""

    @property
    def sentence(self) -> str:
        """What the chart of outcomes shows, for people who cannot see it."""
        replies, skips, given_up = (
            sum(getattr(day, name) for day in self.days) for name in ("replies", "skips", "given_up")
        )
        return (
            f"Posts per day in the last {len(self.days)} days: {replies} replies, {skips} skipped, "
            f"{given_up} failed"
        )


def day_charts(days: Sequence[DayStatistics]) -> DayCharts:
    dates = [day.day for day in days]
    times = [day.to_reply for day in days]
    slowest = round_up_time(max((time for time in times if time), default=1))
    saved = line_chart(dates, [day.saved for day in days], 100, percent)
    to_reply = line_chart(dates, times, slowest, round_duration)
    return DayCharts(
        tuple(days),
        outcome_chart(days),
        (("Shortened by, median per day", saved), ("Time to reply, median per day", to_reply)),
    )
