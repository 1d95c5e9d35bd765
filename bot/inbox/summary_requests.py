"""Requests for a summary (mentions of the bot): each gets a summary, or a link to an existing one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog
from msgspec import Struct
from msgspec.structs import replace

from bot.core.errors import Refused
from bot.core.messages import Answer
from bot.core.models import Comment, Post
from bot.inbox import answer_texts
from bot.platforms.base import Messaging, Platform
from bot.store import EarlierSummary, ReceivedMessage, ReceivedMessages, State

log = structlog.get_logger(__name__)

_PENDING = (State.DISCOVERED, State.READY, State.SENDING)


class SummaryRequests(Struct, frozen=True):
    """The requests to one account. Raises the errors of the platform's reading calls."""

    platform: Platform
    messaging: Messaging
    messages: ReceivedMessages
    may_reply_in: Callable[[str], bool]
    """Whether the bot may reply publicly in a community."""
    clock: Callable[[], datetime]

    def handle(self, received: ReceivedMessage, post: Post, link: str) -> Answer | None:
        """The answer if there already is a reply; None after the message was queued to wait for a summary.

        `post` is the current state of the post that the message is under.
        """
        requested = replace(post, url=link)
        earlier = self.messages.earlier_summaries(requested)
        pending = next((summary for summary in earlier if summary.state in _PENDING), None)
        if pending is not None:
            self.messages.wait_for_post(received.row, pending.row)
            return None
        try:
            own = self._own_comments(post, link, earlier)
        except Refused as error:  # it would be the same at every attempt, so the database has to do
            log.info("own replies are not visible", account=post.account, post=post.id, error=str(error))
            own, urls = [], [summary.comment_url for summary in earlier if summary.state is State.SENT]
        else:
            urls = [comment.url for comment in own if not comment.gone]
        if urls:
            return answer_texts.already_summarised(post.permalink, urls[0] or "")
        was_removed = own or any(summary.state is State.DELETED for summary in earlier)
        is_public = self.may_reply_in(post.community) and not was_removed  # do not repost a removed reply
        place = "here" if is_public else "private"
        comment_id = received.message.comment_id or ""
        self.messages.request_summary(
            *(received.row, requested, comment_id, place, self.clock()), link_in_request=link != post.url
        )
        return None

    def _own_comments(self, post: Post, link: str, earlier: list[EarlierSummary]) -> list[Comment]:
        """The bot's summaries of the link under the post, read from the platform.

        Raises Refused if the account cannot see them, for example those under an NSFW post on Lemmy.
        """
        found = list(self.platform.own_comments(post.id)) if link == post.url else []
        parent_ids = {each.parent_id for each in earlier if each.state is State.SENT and each.parent_id}
        for parent_id in sorted(parent_ids):
            found += self.messaging.own_replies_to_comment(post.id, parent_id)
        return found
