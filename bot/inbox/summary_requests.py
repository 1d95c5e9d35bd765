"""Mentions that ask for a summary: each gets one, or a link to the one that is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.messages import Answer
from bot.core.models import Comment, Post
from bot.inbox import answer_texts
from bot.platforms.base import Messaging, Platform
from bot.store import EarlierSummary, ReceivedMessage, ReceivedMessages, State

_ON_THE_WAY = (State.DISCOVERED, State.READY, State.SENDING)


@dataclass(frozen=True, slots=True)
class SummaryRequests:
    """One account's; all of it raises what reading calls raise."""

    platform: Platform
    messaging: Messaging
    messages: ReceivedMessages
    may_reply_in: Callable[[str], bool]
    """Whether it may write in a community where it was called to."""
    clock: Callable[[], datetime]

    def handle(self, received: ReceivedMessage, post: Post, link: str) -> Answer | None:
        """Let the message wait for its summary; or the answer, where it can be given at once.

        `post` is the one that the message stands under, as it is now.
        """
        asked = replace(post, url=link)
        known = self.messages.earlier_summaries(asked)
        going = next((each for each in known if each.state in _ON_THE_WAY), None)
        if going is not None:
            self.messages.wait_for_post(received.row, going.row)
            return None
        own = self._own(post, link, known)
        standing = next((comment for comment in own if not comment.gone), None)
        if standing is not None:
            return Answer(answer_texts.already_summarised(standing.url))
        taken_down = own or any(each.state is State.DELETED for each in known)
        here = self.may_reply_in(post.community) and not taken_down  # whoever did it wants no other
        request = "here" if here else "private"
        self.messages.request_summary(
            received.row, asked, received.message.comment_id or "", request, self.clock()
        )
        return None

    def _own(self, post: Post, link: str, known: list[EarlierSummary]) -> list[Comment]:
        """The bot's summaries of the link under the post, as the platform has them."""
        found = list(self.platform.own_comments(post.id)) if link == post.url else []
        below = {each.parent_id for each in known if each.state is State.SENT and each.parent_id}
        for parent_id in sorted(below):
            found += self.messaging.own_replies_to_comment(post.id, parent_id)
        return found
