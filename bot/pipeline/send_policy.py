"""Whether a finished reply may still be sent: the rules as they are now, and the post as it is now.

Pure functions like `bot.pipeline.policy`; the time is an argument. The maximum per day is not checked here
but in the transaction that precedes the request.
"""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from bot.core.models import Failed, Outdated, Post, Skipped
from bot.core.skip_reasons import SkipReason
from bot.pipeline import deferral, policy
from bot.pipeline.quiet_hours import check_quiet_hours
from bot.rules import CommunityRules
from bot.store import OutgoingReply


def check_reply(
    post: Post, reply: OutgoingReply, rules: CommunityRules, now: datetime
) -> Skipped | Failed | Outdated | None:
    """Why a reply must not be sent, or not yet, or not as it is; None to send it."""
    stopped = (
        _check_post(post, reply, rules)
        or _check_article(post, reply, rules)
        or _check_length(post, reply, rules)
    )
    if stopped is not None:
        return stopped
    if reply.request is not None:
        return check_quiet_hours(rules, now)
    waiting = deferral.check_deferral(post, rules, now)
    if waiting is not None and post.score < rules.min_score and post.published < now - rules.max_age:
        # A post whose score fell again would be read every few minutes without end.
        return Skipped(SkipReason.TOO_OLD, f"{waiting.error} for {rules.max_age_hours} hours")
    return waiting


def _check_post(post: Post, reply: OutgoingReply, rules: CommunityRules) -> Skipped | None:
    """All rules about the post, except its age: the post was young enough when it was found."""
    return policy.before_send(_with_link_of(reply, post), rules, requested=reply.request is not None)


def _check_article(post: Post, reply: OutgoingReply, rules: CommunityRules) -> Skipped | None:
    """Rows of earlier versions have no number of words; such an article is long enough."""
    own_text = reply.request is None and post.is_self_post
    least = policy.min_words(rules, is_self_post=own_text)
    words = least if reply.article_word_count is None else reply.article_word_count
    return policy.check_article(words, reply.language, rules, is_self_post=own_text)


def _check_length(post: Post, reply: OutgoingReply, rules: CommunityRules) -> Outdated | None:
    """A reply that is now too long is written again, because a shorter one may be possible."""
    if (
        reply.summary_words <= rules.words
        and (reply.summary_sentences or 0) <= rules.sentences
        and reply.saved >= rules.min_saved
    ):
        return None
    return Outdated(_with_link_of(reply, post), "The settings now require a shorter reply.")


def _with_link_of(reply: OutgoingReply, post: Post) -> Post:
    """The post with the link that the reply summarizes."""
    return post if reply.request is None else replace(post, url=reply.url or post.url)
