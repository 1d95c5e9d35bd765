"""Whether a post has to wait: pure functions like `bot.pipeline.policy`; the time is an argument."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core.models import Failed, Post
from bot.pipeline.quiet_hours import check_quiet_hours
from bot.rules import CommunityRules

SCORE_CHECK_INTERVAL = timedelta(minutes=10)
"""Between two checks of a score that is too low."""

LINK_CHECKS = (timedelta(seconds=30), timedelta(minutes=5))
"""How long after a post was found without a link it is read again. PieFed saves a link post without its
link, fetches the linked page for up to 10 s, and then adds the link."""


def is_link_check_due(post: Post, now: datetime, checks: tuple[timedelta, ...] = LINK_CHECKS) -> bool:
    """Whether a post that was found without a link has to be read again before it is judged."""
    since = post.link_awaited_since
    return not post.url and since is not None and any(since + after <= now for after in checks)


def check_missing_link(
    post: Post, now: datetime, checks: tuple[timedelta, ...] = LINK_CHECKS
) -> Failed | None:
    """When a post without a link is read again; None if it has a link, or will get none.

    A wait does not count as an attempt.
    """
    since = post.link_awaited_since
    if post.url or since is None:
        return None
    at = next((since + after for after in checks if since + after > now), None)
    if at is None:
        return None
    error = "waiting for the link, which the server may add later"
    return Failed(error, at, counts_as_attempt=False, planned=True)


def check_deferral(post: Post, rules: CommunityRules, now: datetime) -> Failed | None:
    """Until when a post has to wait, and why; None to continue. A wait does not count as an attempt."""
    old_enough = post.published + timedelta(minutes=rules.min_age_minutes)
    if rules.min_age_minutes and now < old_enough:
        return Failed(
            f"waiting until the post is {rules.min_age_minutes} minutes old",
            old_enough,
            counts_as_attempt=False,
            planned=True,
        )
    if post.score < rules.min_score:
        return Failed(
            f"waiting for a score of {rules.min_score}",
            now + SCORE_CHECK_INTERVAL,
            counts_as_attempt=False,
            planned=True,
        )
    return check_quiet_hours(rules, now)
