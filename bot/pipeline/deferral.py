"""When a post's time has not come yet: pure, as `bot.pipeline.policy` is; the time comes in as an argument."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.models import Failed, Post
from bot.rules import CommunityRules

SCORE_CHECK_INTERVAL = timedelta(minutes=10)
"""Between two looks at the score of a post that is too low yet."""


def check_deferral(post: Post, rules: CommunityRules, now: datetime) -> Failed | None:
    """Until when a post has to wait, and for what; None to go on. Waiting is no try."""
    old_enough = post.published + timedelta(minutes=rules.min_age_minutes)
    if rules.min_age_minutes and now < old_enough:
        return Failed(
            f"waits until the post is {rules.min_age_minutes} minutes old",
            old_enough,
            counts_as_attempt=False,
        )
    if post.score < rules.min_score:
        return Failed(
            f"waits for a score of {rules.min_score}", now + SCORE_CHECK_INTERVAL, counts_as_attempt=False
        )
    return check_quiet_hours(rules, now)


def check_quiet_hours(rules: CommunityRules, now: datetime) -> Failed | None:
    """Until when the community wants no replies; None when it may have one."""
    ends = quiet_hours_end(rules, now)
    return None if ends is None else Failed("waits until the quiet hours end", ends, counts_as_attempt=False)


def quiet_hours_end(rules: CommunityRules, now: datetime) -> datetime | None:
    """When the quiet hours end that `now` (aware) falls into; None outside of them."""
    begin, _, end = rules.quiet_hours.partition("-")
    if not end or begin == end:
        return None
    zone = ZoneInfo(rules.time_zone)
    here = now.astimezone(zone)
    begins, ends = time.fromisoformat(begin), time.fromisoformat(end)
    clock = here.time()
    inside = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
    if not inside:
        return None
    day = here.date() if clock < ends else here.date() + timedelta(days=1)
    return datetime.combine(day, ends, zone).astimezone(now.tzinfo)
