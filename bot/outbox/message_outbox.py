"""What the bot says to people beside its replies, each thing exactly once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.core.errors import Refused
from bot.core.models import Comment, Skipped
from bot.core.skip_reasons import SkipReason
from bot.outbox.exactly_once import Sending, Timing
from bot.platforms.base import Correspondence, Platform
from bot.store import Accounts, Letter, Letters

_SKEW = timedelta(minutes=5)
"""How far the server's clock may be behind ours."""


class Letterbox(Sending[Letter]):
    """The letters of one account: below comments, or in private."""

    def __init__(
        self,
        platform: Platform,
        correspondence: Correspondence,
        *,
        letters: Letters,
        accounts: Accounts,
        created_at: datetime,
        clock: Callable[[], datetime],
        timing: Timing,
    ) -> None:
        super().__init__(
            platform.account,
            drafts=letters,
            accounts=accounts,
            created_at=created_at,
            clock=clock,
            timing=timing,
        )
        self._platform = platform
        self._correspondence = correspondence
        self._letters = letters

    def _began(self, draft: Letter) -> datetime:
        return draft.since

    def _find(self, draft: Letter) -> Comment | None:
        if draft.comment_id and draft.post_id:
            own = self._correspondence.own_below(draft.post_id, draft.comment_id)
            return own[0] if own else None
        since = draft.since - _SKEW
        sent = self._correspondence.own_letters(draft.person, draft.markdown, since, draft.thread)
        unknown = self._letters.unclaimed(self.account, sent)
        return self._receipt(unknown[0]) if unknown else None

    def _held_until(self, draft: Letter) -> datetime | None:
        return self._platform.next_reply_at(draft.community) if draft.comment_id else None

    def _unwanted(self, draft: Letter) -> Skipped | None:
        return None

    def _say(self, draft: Letter) -> Comment:
        if draft.comment_id and draft.post_id:
            return self._correspondence.reply_below(
                draft.post_id, draft.comment_id, draft.markdown, draft.language
            )
        made = self._correspondence.write_to(draft.person, draft.subject, draft.markdown, draft.thread)
        return self._receipt(made)

    def _receipt(self, letter_id: str) -> Comment:
        return Comment(id=letter_id, post_id="", url="(in private)", published=self._clock())

    def _refused(self, draft: Letter, error: Refused, now: datetime) -> None:
        """What may not stand below a comment goes to its author alone."""
        if draft.comment_id and error.reason is not SkipReason.GONE:
            self._letters.say_in_private(draft.row, now, str(error))
        else:
            self._letters.skip(draft.row, Skipped(error.reason, str(error)), now)

    def _skip(self, draft: Letter, skipped: Skipped, now: datetime) -> None:
        self._letters.skip(draft.row, skipped, now)

    def _bury(self, draft: Letter, error: str, now: datetime) -> None:
        self._letters.bury(draft.row, error, now)
