"""Records replies that are on a platform but not in the database, which may be new or restored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.platforms.base import Platform
from bot.store import SentReplies, SentReply


def adopt_reply(
    platform: Platform, replies: SentReplies, post_id: str, clock: Callable[[], datetime]
) -> SentReply | None:
    """The bot's visible reply to a post, which is recorded as sent if it was not; None if there is none.

    Raises the errors of the platform's reading calls.
    """
    visible = (comment for comment in platform.own_comments(post_id) if not comment.gone)
    comment = next(visible, None)
    if comment is None:
        return None
    replies.adopt(platform.fetch_post(post_id), comment, clock())
    return replies.find(platform.account, comment=comment.id)
