"""What becomes of replies that stand there: deleted, marked, looked at again, and edited when need be.

Everything here may be done twice: deleting, marking and editing end in the same state however often
they are repeated, so an unclear answer is simply another try, and a crash loses nothing.
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
"""How long after it was sent a reply is looked at again: its score, and whether the article changed."""
EDIT_WINDOW = timedelta(hours=24, minutes=30)
"""Later than this no reply is edited."""
RETRY_PAUSE = timedelta(minutes=1)
"""Before a call that failed is tried again."""
BATCH_SIZE = 20
"""Replies looked at in one pass: on some servers each costs a call."""


class Compose(Protocol):
    def __call__(self, post: Post, rules: CommunityRules) -> Reply | Skipped:
        """The reply that would be written now; raises `FetchError` or `WorkerError`."""
        ...


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Cares for the replies of one account; its steps are taken one at a time."""

    platform: Platform
    replies: SentReplies
    rules_for: Callable[[str], CommunityRules]
    compose: Compose
    clock: Callable[[], datetime]
    check_times: tuple[timedelta, ...] = CHECK_TIMES

    def process_next(self) -> bool:
        """Do the next thing that is due, and say whether there may be more."""
        return self._delete_next() or self._mark_next() or self._look()

    def _delete_next(self) -> bool:
        sent = self.replies.next_to_delete(self.platform.account, self.clock())
        if sent is None:
            return False
        assert sent.comment_id is not None  # it was sent
        try:
            self.platform.delete(sent.comment_id)
        except Refused as error:
            self.replies.cancel_deletion(sent.row, f"It cannot be deleted: {error}")
            log.warning("a reply cannot be deleted", comment=sent.comment_id, error=str(error))
        except PlatformError as error:
            until = error.retry_at if isinstance(error, RetryLater) else self.clock() + RETRY_PAUSE
            self.replies.postpone_deletion(sent.row, until)
            log.warning("cannot delete for now", comment=sent.comment_id, error=str(error))
        else:
            self.replies.mark_deleted(sent.row, self.clock())
            log.info("deleted", account=self.platform.account, comment=sent.comment_id)
        return True

    def _mark_next(self) -> bool:
        sent = self.replies.next_to_distinguish(self.platform.account, self.clock() - self.check_times[-1])
        if sent is None:
            return False
        rules = self.rules_for(sent.community)
        if rules.distinguished or rules.sticky:
            assert sent.comment_id is not None
            try:
                self.platform.distinguish(sent.comment_id, sticky=rules.sticky)
            except Refused as error:
                log.warning("a reply cannot be marked", comment=sent.comment_id, error=str(error))
            except PlatformError as error:
                log.warning("cannot mark for now", comment=sent.comment_id, error=str(error))
                return False
        self.replies.finish_distinguish(sent.row)
        return True

    def _look(self) -> bool:
        due = self.replies.due_for_check(self.platform.account, self.clock(), BATCH_SIZE)
        ripe = [sent for sent in due if self._is_ripe(sent)]
        for sent in due:
            if sent not in ripe:
                self.replies.record_check(sent.row, None, self._next_look(sent))
        if not ripe:
            return False
        try:
            scores = self.platform.scores(tuple(sent.comment_id or "" for sent in ripe))
        except PlatformError as error:
            log.warning("cannot ask for scores", account=self.platform.account, error=str(error))
            self._later(ripe, error)
            return False
        for sent in ripe:
            self._look_at(sent, scores.get(sent.comment_id or ""))
        return True

    def _later(self, ripe: list[SentReply], error: PlatformError) -> None:
        until = error.retry_at if isinstance(error, RetryLater) else self.clock() + 10 * RETRY_PAUSE
        for sent in ripe:
            self.replies.record_check(sent.row, None, until)

    def _is_ripe(self, sent: SentReply) -> bool:
        """A reply that was just sent has nothing to show yet."""
        return sent.sent_at is not None and self.clock() >= sent.sent_at + self.check_times[0]

    def _next_look(self, sent: SentReply) -> datetime | None:
        assert sent.sent_at is not None
        return next((at for look in self.check_times if (at := sent.sent_at + look) > self.clock()), None)

    def _look_at(self, sent: SentReply, score: int | None) -> None:
        rules = self.rules_for(sent.community)
        if score is not None and score < rules.delete_below:
            why = f"Its score fell to {score}, below {rules.delete_below}."
            self.replies.withdraw(sent.row, self.clock(), why)
            self.replies.record_check(sent.row, score, None)
            return
        again = self._edit(sent, rules) if rules.edit_on_change else None
        self.replies.record_check(sent.row, score, again or self._next_look(sent))

    def _edit(self, sent: SentReply, rules: CommunityRules) -> datetime | None:
        """Let the reply follow the article; when to try again, should that be due before the next look."""
        soon = self.clock() + 10 * RETRY_PAUSE
        assert sent.sent_at is not None
        if sent.post is None or sent.edited or self.clock() > sent.sent_at + EDIT_WINDOW:
            return None
        try:
            fresh = self.compose(sent.post, rules)
            if isinstance(fresh, Skipped) or sent.has_same_summary(fresh.markdown):
                return None
            self.platform.edit(sent.comment_id or "", fresh.markdown)
        except FetchBusy:
            return soon
        except (FetchError, WorkerError, Refused):  # the page is gone, or the reply may not be changed
            return None
        except PlatformError as error:
            return error.retry_at if isinstance(error, RetryLater) else soon
        self.replies.record_edit(sent.row, fresh.markdown)
        log.info("edited", account=self.platform.account, comment=sent.comment_id)
        return None
