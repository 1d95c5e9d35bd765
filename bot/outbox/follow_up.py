"""Follows up sent replies: deletes, distinguishes, checks and edits them when it is due.

Everything here is idempotent: deleting, distinguishing and editing end in the same state however often
they are repeated. So an unclear answer is just another attempt, and a crash loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.core.errors import FetchBusy, FetchError, PlatformError, Refused, RetryLater, WorkerError
from bot.core.models import Post, Reply, Skipped
from bot.platforms.base import Platform
from bot.rules import CommunityRules
from bot.store import SentReplies, SentReply

log = structlog.get_logger(__name__)

CHECK_TIMES = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24), timedelta(hours=72))
"""How long after sending a reply's score and article are checked."""
EDIT_WINDOW = timedelta(hours=24, minutes=30)
"""Older replies are not edited."""
RETRY_PAUSE = timedelta(minutes=1)
"""Before a failed call is retried."""
BATCH_SIZE = 20
"""Replies that are checked in one run, because on some servers each one costs a call."""


class Compose(Protocol):
    def __call__(self, post: Post, rules: CommunityRules) -> Reply | Skipped:
        """The reply that would be written now; raises `FetchError` or `WorkerError`."""
        ...


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Follows up the sent replies of one account, one action at a time."""

    platform: Platform
    replies: SentReplies
    rules_for: Callable[[str], CommunityRules]
    compose: Compose
    clock: Callable[[], datetime]
    check_times: tuple[timedelta, ...] = CHECK_TIMES

    def process_next(self) -> bool:
        """Do the next action that is due; return whether there may be more."""
        return self._delete_next() or self._distinguish_next() or self._check_due()

    def _delete_next(self) -> bool:
        reply = self.replies.next_to_delete(self.platform.account, self.clock())
        if reply is None:
            return False
        assert reply.comment_id is not None  # it was sent
        try:
            self.platform.delete(reply.comment_id)
        except Refused as error:
            self.replies.cancel_deletion(reply.row, f"It cannot be deleted: {error}")
            log.warning("a reply cannot be deleted", comment=reply.comment_id, error=str(error))
        except PlatformError as error:
            retry_at = error.retry_at if isinstance(error, RetryLater) else self.clock() + RETRY_PAUSE
            self.replies.postpone_deletion(reply.row, retry_at)
            log.warning("cannot delete for now", comment=reply.comment_id, error=str(error))
        else:
            self.replies.mark_deleted(reply.row, self.clock())
            log.info("deleted", account=self.platform.account, comment=reply.comment_id)
        return True

    def _distinguish_next(self) -> bool:
        since = self.clock() - self.check_times[-1]
        reply = self.replies.next_to_distinguish(self.platform.account, since)
        if reply is None:
            return False
        rules = self.rules_for(reply.community)
        if rules.distinguished or rules.sticky:
            assert reply.comment_id is not None
            try:
                self.platform.distinguish(reply.comment_id, sticky=rules.sticky)
            except Refused as error:
                log.warning("a reply cannot be distinguished", comment=reply.comment_id, error=str(error))
            except PlatformError as error:
                log.warning("cannot distinguish for now", comment=reply.comment_id, error=str(error))
                return False
        self.replies.finish_distinguish(reply.row)
        return True

    def _check_due(self) -> bool:
        found = self.replies.due_for_check(self.platform.account, self.clock(), BATCH_SIZE)
        due = [reply for reply in found if self._is_old_enough(reply)]
        for reply in found:
            if reply not in due:
                self.replies.record_check(reply.row, None, self._next_check_at(reply))
        if not due:
            return False
        try:
            scores = self.platform.scores(tuple(reply.comment_id or "" for reply in due))
        except PlatformError as error:
            log.warning("cannot read scores", account=self.platform.account, error=str(error))
            self._postpone(due, error)
            return False
        for reply in due:
            self._check(reply, scores.get(reply.comment_id or ""))
        return True

    def _postpone(self, replies: list[SentReply], error: PlatformError) -> None:
        retry_at = error.retry_at if isinstance(error, RetryLater) else self.clock() + 10 * RETRY_PAUSE
        for reply in replies:
            self.replies.record_check(reply.row, None, retry_at)

    def _is_old_enough(self, reply: SentReply) -> bool:
        """Whether the first check is due."""
        return reply.sent_at is not None and self.clock() >= reply.sent_at + self.check_times[0]

    def _next_check_at(self, reply: SentReply) -> datetime | None:
        assert reply.sent_at is not None
        times = (reply.sent_at + after for after in self.check_times)
        return next((time for time in times if time > self.clock()), None)

    def _check(self, reply: SentReply, score: int | None) -> None:
        rules = self.rules_for(reply.community)
        if score is not None and score < rules.delete_below:
            why = f"Its score fell to {score}, below {rules.delete_below}."
            self.replies.withdraw(reply.row, self.clock(), why)
            self.replies.record_check(reply.row, score, None)
            return
        retry_at = self._edit_if_changed(reply, rules) if rules.edit_on_change else None
        self.replies.record_check(reply.row, score, retry_at or self._next_check_at(reply))

    def _edit_if_changed(self, reply: SentReply, rules: CommunityRules) -> datetime | None:
        """Edit the reply if the article changed; return when to retry if that failed for now."""
        soon = self.clock() + 10 * RETRY_PAUSE
        assert reply.sent_at is not None
        if reply.post is None or reply.edited or self.clock() > reply.sent_at + EDIT_WINDOW:
            return None
        try:
            new = self.compose(reply.post, rules)
            if isinstance(new, Skipped) or reply.has_same_summary(new.markdown):
                return None
            self.platform.edit(reply.comment_id or "", new.markdown)
        except FetchBusy:
            return soon
        except (FetchError, WorkerError, Refused):  # the page is gone, or the reply cannot be edited
            return None
        except PlatformError as error:
            return error.retry_at if isinstance(error, RetryLater) else soon
        self.replies.record_edit(reply.row, new.markdown)
        log.info("edited", account=self.platform.account, comment=reply.comment_id)
        return None
