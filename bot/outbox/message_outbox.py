"""What the bot says to people beside its replies, each thing exactly once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.core.errors import Refused
from bot.core.models import Comment, Skipped
from bot.core.skip_reasons import SkipReason
from bot.outbox.exactly_once import ExactlyOnceSender, SendTiming
from bot.platforms.base import Messaging, Platform
from bot.store import Accounts, OutgoingMessage, OutgoingMessages

_SKEW = timedelta(minutes=5)
"""How far the server's clock may be behind ours."""


class MessageOutbox(ExactlyOnceSender[OutgoingMessage]):
    """The letters of one account: below comments, or in private."""

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
    ) -> None:
        super().__init__(
            platform.account,
            store=messages,
            accounts=accounts,
            created_at=created_at,
            clock=clock,
            timing=timing,
        )
        self._platform = platform
        self._correspondence = messaging
        self._letters = messages

    def _began(self, draft: OutgoingMessage) -> datetime:
        return draft.since

    def _find(self, draft: OutgoingMessage) -> Comment | None:
        if draft.comment_id and draft.post_id:
            own = self._correspondence.own_replies_to_comment(draft.post_id, draft.comment_id)
            return own[0] if own else None
        since = draft.since - _SKEW
        sent = self._correspondence.find_sent_messages(draft.person, draft.markdown, since, draft.thread)
        unknown = self._letters.unrecorded(self.account, sent)
        return self._receipt(unknown[0]) if unknown else None

    def _held_until(self, draft: OutgoingMessage) -> datetime | None:
        return self._platform.next_reply_at(draft.community) if draft.comment_id else None

    def _unwanted(self, draft: OutgoingMessage) -> Skipped | None:
        return None

    def _say(self, draft: OutgoingMessage) -> Comment:
        if draft.comment_id and draft.post_id:
            return self._correspondence.reply_to_comment(
                draft.post_id, draft.comment_id, draft.markdown, draft.language
            )
        made = self._correspondence.send_message(draft.person, draft.subject, draft.markdown, draft.thread)
        return self._receipt(made)

    def _receipt(self, letter_id: str) -> Comment:
        return Comment(id=letter_id, post_id="", url="(in private)", published=self._clock())

    def _refused(self, draft: OutgoingMessage, error: Refused, now: datetime) -> None:
        """What may not stand below a comment goes to its author alone."""
        if draft.comment_id and error.reason is not SkipReason.GONE:
            self._letters.send_privately(draft.row, now, str(error))
        else:
            self._letters.skip(draft.row, Skipped(error.reason, str(error)), now)

    def _skip(self, draft: OutgoingMessage, skipped: Skipped, now: datetime) -> None:
        self._letters.skip(draft.row, skipped, now)

    def _bury(self, draft: OutgoingMessage, error: str, now: datetime) -> None:
        self._letters.mark_dead(draft.row, error, now)
