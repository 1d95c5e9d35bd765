"""Sends private messages and answers to comments, each exactly once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.core.errors import Refused
from bot.core.models import Comment, Skipped
from bot.core.skip_reasons import SkipReason
from bot.outbox.exactly_once import ExactlyOnceSender, SendTiming
from bot.platforms.base import Messaging, Platform
from bot.store import Accounts, OutgoingMessage, OutgoingMessages

log = structlog.get_logger(__name__)

_CLOCK_SKEW = timedelta(minutes=5)
"""How far the server's clock may be behind ours."""


class MessageOutbox(ExactlyOnceSender[OutgoingMessage]):
    """The outgoing messages of one account."""

    def __init__(
        self,
        platform: Platform,
        messaging: Messaging,
        *,
        messages: OutgoingMessages,
        accounts: Accounts,
        created_at: datetime,
        clock: Callable[[], datetime],
        timing: SendTiming,
        before_request: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(
            platform.account,
            store=messages,
            accounts=accounts,
            created_at=created_at,
            clock=clock,
            timing=timing,
            before_request=before_request,
        )
        self._platform = platform
        self._messaging = messaging
        self._messages = messages

    def _earliest_send(self, item: OutgoingMessage) -> datetime:
        return item.read_back_from

    def _find_sent(self, item: OutgoingMessage) -> Comment | None:
        if item.comment_id and item.post_id:
            own = self._messaging.own_replies_to_comment(item.post_id, item.comment_id)
            return own[0] if own else None
        since = item.read_back_from - _CLOCK_SKEW
        sent = self._messaging.find_sent_messages(item.recipient, item.markdown, since, item.thread)
        unrecorded = self._messages.unrecorded(self.account, sent)
        return self._as_comment(unrecorded[0]) if unrecorded else None

    def _next_send_at(self, item: OutgoingMessage) -> datetime | None:
        return self._platform.next_reply_at(item.community) if item.comment_id else None

    def _check_before_send(self, item: OutgoingMessage) -> Skipped | None:
        return None

    def _request(self, item: OutgoingMessage) -> Comment:
        if item.comment_id and item.post_id:
            return self._messaging.reply_to_comment(
                item.post_id,
                item.comment_id,
                item.markdown,
                item.language,
                refused_sends=item.refused_sends,
            )
        message_id = self._messaging.send_message(item.recipient, item.subject, item.markdown, item.thread)
        return self._as_comment(message_id)

    def _as_comment(self, message_id: str) -> Comment:
        return Comment(id=message_id, post_id="", url="(in private)", published=self._clock())

    def _handle_refusal(self, item: OutgoingMessage, error: Refused, now: datetime) -> None:
        """An answer that is refused as a comment is sent privately."""
        about = {"community": item.community, "post": item.post_id, "reason": error.reason.value}
        log.warning("a message was refused", account=self.account, row=item.row, **about, error=str(error))
        if item.comment_id and error.reason is not SkipReason.GONE:
            self._messages.send_privately(item.row, now, str(error))
        else:
            self._messages.skip(item.row, Skipped(error.reason, str(error)), now)

    def _skip(self, item: OutgoingMessage, skipped: Skipped, now: datetime) -> None:
        self._messages.skip(item.row, skipped, now)

    def _mark_dead(self, item: OutgoingMessage, error: str, now: datetime) -> None:
        self._messages.mark_dead(item.row, error, now)
        log.warning("gave up sending a message", account=self.account, row=item.row, error=error)
