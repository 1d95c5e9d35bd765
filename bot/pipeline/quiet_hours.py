"""Quiet hours: whether a reply has to wait, and until when. Pure; the time is an argument."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.models import Failed
from bot.rules import CommunityRules


def check_quiet_hours(rules: CommunityRules, now: datetime) -> Failed | None:
    """Until when a reply has to wait for the end of the quiet hours; None outside of them."""
    ends = quiet_hours_end(rules, now)
    if ends is None:
        return None
    return Failed("waiting until the quiet hours end", ends, counts_as_attempt=False, planned=True)


def quiet_hours_end(rules: CommunityRules, now: datetime) -> datetime | None:
    """The end of the quiet hours that `now` (aware) is in; None outside of them."""
    begin, _, end = rules.quiet_hours.partition("-")
    if not end or begin == end:
        return None
    zone = ZoneInfo(rules.time_zone)
    local = now.astimezone(zone)
    begins, ends = time.fromisoformat(begin), time.fromisoformat(end)
    clock = local.time()
    inside = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
    if not inside:
        return None
    day = local.date() if clock < ends else local.date() + timedelta(days=1)
    return datetime.combine(day, ends, zone).astimezone(now.tzinfo)
