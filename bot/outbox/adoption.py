"""Records replies that are on a platform but not in the database, which may be new or restored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.core.models import Comment
from bot.core.post_addresses import parse_post_address
from bot.platforms.base import Platform
from bot.store import SentReplies, SentReply


def adopt_reply(
    platform: Platform, replies: SentReplies, post_id: str, clock: Callable[[], datetime]
) -> SentReply | None:
    """The bot's visible reply to a post, which is recorded as sent if it was not; None if there is none.

    Raises the errors of the platform's reading calls.
    """
    visible = (comment for comment in platform.own_comments(post_id) if not comment.gone)
    return _adopt(platform, replies, next(visible, None), clock)


def adopt_comment(
    platform: Platform, replies: SentReplies, comment_id: str, clock: Callable[[], datetime]
) -> SentReply | None:
    """The bot's visible reply with this id, to a post or to a comment; otherwise as `adopt_reply`."""
    comment = platform.own_comment(comment_id)
    return _adopt(platform, replies, comment, clock)


def adopt_at(
    platform: Platform, replies: SentReplies, address: str, clock: Callable[[], datetime]
) -> SentReply | None:
    """The bot's visible reply at an address of the reply or its post; otherwise as `adopt_reply`."""
    resolved = platform.resolve_address(address)
    parsed = None if resolved is None else parse_post_address(resolved)
    if parsed is None:
        return None
    if parsed.comment_id is not None:
        return adopt_comment(platform, replies, parsed.comment_id, clock)
    return None if parsed.post_id is None else adopt_reply(platform, replies, parsed.post_id, clock)


def _adopt(
    platform: Platform, replies: SentReplies, comment: Comment | None, clock: Callable[[], datetime]
) -> SentReply | None:
    if comment is None or comment.gone:
        return None
    replies.adopt(platform.fetch_post(comment.post_id), comment, clock())
    return replies.find(platform.account, comment=comment.id)
