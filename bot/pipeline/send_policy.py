"""Whether a finished reply may still be sent: the rules as they are now, and the post as it is now.

Pure functions like `bot.pipeline.policy`; the time is an argument. The maximum per day is not checked here
but in the transaction that precedes the request.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.core.models import Failed, Post, Skipped
from bot.core.skip_reasons import SkipReason
from bot.pipeline import deferral, policy
from bot.pipeline.quiet_hours import check_quiet_hours
from bot.rules import CommunityRules
from bot.store import OutgoingReply


def check_reply(
    post: Post, reply: OutgoingReply, rules: CommunityRules, now: datetime
) -> Skipped | Failed | None:
    """Why a reply must not be sent, or not yet; None to send it."""
    skipped = _check_post(post, reply, rules) or _check_text(reply, rules)
    if skipped is not None:
        return skipped
    if reply.request is not None:
        return check_quiet_hours(rules, now)
    waiting = deferral.check_deferral(post, rules, now)
    if waiting is not None and post.score < rules.min_score and post.published < now - rules.max_age:
        # A post whose score fell again would be read every few minutes without end.
        return Skipped(SkipReason.TOO_OLD, f"{waiting.error} for {rules.max_age_hours} hours")
    return waiting


def _check_post(post: Post, reply: OutgoingReply, rules: CommunityRules) -> Skipped | None:
    """All rules about the post, except its age: the post was young enough when it was found."""
    if reply.request is None:
        return policy.before_send(post, rules)
    requested = replace(post, url=reply.url or post.url)
    return policy.check_request(requested, rules) or policy.check_placement(requested, rules, 0)


def _check_text(reply: OutgoingReply, rules: CommunityRules) -> Skipped | None:
    """The rules about the article, as far as the row of its reply has what they need."""
    if rules.languages and reply.language not in rules.languages:
        return Skipped(SkipReason.LANGUAGE, reply.language or "not detected")
    return policy.check_saved(reply.saved, rules)
