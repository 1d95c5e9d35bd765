"""Follows up sent replies: deletes, distinguishes, checks and edits them when it is due.

Everything here is idempotent: deleting, distinguishing and editing end in the same state however often
they are repeated. So an unclear answer is just another attempt, and a crash loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from msgspec import Struct, field

from bot.core.deletion_causes import DeletionCause
from bot.core.errors import (
    FetchBusy,
    FetchError,
    FetchOffline,
    PlatformError,
    Refused,
    RetryLater,
    StoreError,
    WorkerError,
    WorkerStopped,
)
from bot.core.models import Post, Reply, Skipped
from bot.core.skip_reasons import SkipReason
from bot.operations.unexpected_errors import log_unexpected_errors
from bot.outbox.pipeline_calls import BeforeSend, Compose
from bot.outbox.retry_pauses import RetryPauses, growing_pause
from bot.platforms.base import Platform
from bot.rules import CommunityRules
from bot.store import SentReplies, SentReply, source_hash

log = structlog.get_logger(__name__)

CHECK_TIMES = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24), timedelta(hours=72))
"""How long after sending a reply's score and article are checked."""
EDIT_WINDOW = timedelta(hours=24, minutes=30)
"""Older replies are not edited."""
RETRY_PAUSE = timedelta(minutes=1)
"""Before a failed check is retried."""
BATCH_SIZE = 20
"""Replies that are checked in one run, because on some servers each one costs a call."""


class FollowUp(Struct, frozen=True):
    """Follows up the sent replies of one account, one action at a time."""

    platform: Platform
    replies: SentReplies
    rules_for: Callable[[str], CommunityRules]
    compose: Compose
    clock: Callable[[], datetime]
    check_times: tuple[timedelta, ...] = CHECK_TIMES
    before_send: BeforeSend = lambda post, rules, *, requested: None
    """Why a post that was changed now gets no reply, judged by the post alone."""
    distinguish_pauses: RetryPauses = field(default_factory=RetryPauses)
    """The replies that could not be distinguished yet."""

    def process_next(self) -> bool:
        """Do the next action that is due; return whether there may be more.

        Deleting is never given up, because somebody asked for it: a ban or an outage may end. The pauses
        between attempts grow, and `precis status` shows the error.
        """
        return self._delete_next() or self._distinguish_next() or self._check_due()

    def distinguishes_since(self, now: datetime) -> datetime:
        """Replies that were sent before are not distinguished any more."""
        return now - self.check_times[-1]

    def next_due_at(self) -> datetime | None:
        """When the next action is due, which may be in the past; None without one."""
        if self.distinguish_pauses.waiting(now := self.clock()):
            return now  # the end of a pause is not in the database
        return self.replies.next_due_at(self.platform.account)

    def _delete_next(self) -> bool:
        reply = self.replies.next_to_delete(self.platform.account, self.clock())
        if reply is None:
            return False
        assert reply.comment_id is not None  # it was sent
        try:
            with log_unexpected_errors(reply.account):
                self.platform.delete(reply.comment_id)
        except RetryLater as error:
            self.replies.postpone_deletion(reply.row, error.retry_at)
        except PlatformError as error:
            self._record_failed_deletion(reply, str(error))
        else:
            self.replies.mark_deleted(reply.row, self.clock())
            log.info("deleted", account=self.platform.account, comment=reply.comment_id)
        return True

    def _record_failed_deletion(self, reply: SentReply, error: str) -> None:
        """Retry after a pause that doubles. The same error of a reply is logged once."""
        pause = growing_pause(reply.delete_attempts)
        self.replies.record_failed_deletion(reply.row, self.clock() + pause, error)
        if error != reply.delete_error:
            log.warning("cannot delete a reply", account=reply.account, comment=reply.comment_id, error=error)

    def _distinguish_next(self) -> bool:
        """A reply that the server fails to distinguish waits, longer each time, and holds up no other."""
        now = self.clock()
        waiting = self.distinguish_pauses.waiting(now)
        since = self.distinguishes_since(now)
        reply = self.replies.next_to_distinguish(self.platform.account, since, waiting)
        if reply is None:
            return False
        rules = self.rules_for(reply.community)
        if rules.distinguished or rules.sticky:
            assert reply.comment_id is not None
            try:
                with log_unexpected_errors(reply.account):
                    self.platform.distinguish(reply.comment_id, sticky=rules.sticky)
            except Refused as error:
                log.warning("a reply cannot be distinguished", comment=reply.comment_id, error=str(error))
            except RetryLater as error:
                self.distinguish_pauses.postpone(reply.row, error.retry_at, now, str(error))
                return True
            except PlatformError as error:
                if self.distinguish_pauses.record_failure(reply.row, now, str(error)):
                    log.warning("cannot distinguish for now", comment=reply.comment_id, error=str(error))
                return True
        self.distinguish_pauses.end(reply.row)
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
            with log_unexpected_errors(self.platform.account):
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
        assert reply.sent_at is not None
        rules = self.rules_for(reply.community)
        if score is not None and score < rules.delete_below:
            why = f"{DeletionCause.SCORE.sentence} {score}, below {rules.delete_below}."
            self.replies.withdraw(reply.row, self.clock(), why)
            self.replies.record_check(reply.row, score, None)
            return
        retry_at = None
        if reply.post is not None and self.clock() <= reply.sent_at + EDIT_WINDOW:
            retry_at = self._follow_post(reply, rules)
        self.replies.record_check(reply.row, score, retry_at or self._next_check_at(reply))

    def _follow_post(self, reply: SentReply, rules: CommunityRules) -> datetime | None:
        """Follow a changed link or article; return when to retry if that failed for now."""
        post = None
        try:
            post = self._post_with_new_link(reply)
            if post is not None:
                self._follow_link(reply, post, rules)
            elif rules.edit_on_change:
                self._edit_if_changed(reply, rules)
        except (FetchBusy, FetchOffline):
            return self.clock() + 10 * RETRY_PAUSE
        except (FetchError, WorkerError):  # for the same article, the next check is soon enough
            return None if post is None else self.clock() + 10 * RETRY_PAUSE
        except Refused as error:
            log.warning("a reply cannot be changed", comment=reply.comment_id, error=str(error))
            return None
        except PlatformError as error:
            return error.retry_at if isinstance(error, RetryLater) else self.clock() + 10 * RETRY_PAUSE
        except StoreError:
            raise
        except Exception:
            log.exception(
                "a sent reply could not be checked", account=reply.account, comment=reply.comment_id
            )
        return None

    def _post_with_new_link(self, reply: SentReply) -> Post | None:
        """The post if its link, or the text of a self post, was changed or removed.

        A reply to a link in a request does not follow it.
        """
        if not reply.follows_post_link:
            return None
        post = self.platform.fetch_post(reply.post_id)
        if post.gone or source_hash(post) == reply.url_hash:
            return None
        return post

    def _follow_link(self, reply: SentReply, post: Post, rules: CommunityRules) -> None:
        """Edit the reply to a post that was changed, or delete it and process the post again.

        Without a link or a text there is nothing to write about, so the reply is deleted and the post is
        skipped. If the summary of an edited self post is the same as before, the reply stays.
        """
        assert reply.comment_id is not None
        is_text = post.is_self_post and reply.post is not None and not reply.post.url
        if is_text and self._has_same_summary(reply, post, rules):
            self.replies.record_new_text(reply.row, post)
            return
        if not rules.edit_on_change or not (post.url or is_text):
            self.platform.delete(reply.comment_id)
            self.replies.restart(reply.row, post, self.clock())
            log.info("deleted a reply whose post was changed", account=reply.account, post=reply.post_id)
            return
        requested = reply.requested
        new = self.before_send(post, rules, requested=requested) or self._compose_for_new_link(post, rules)
        if isinstance(new, Skipped):
            why = f"{DeletionCause.POST_CHANGED.sentence} {new.reason.sentence}"
            self.replies.withdraw(reply.row, self.clock(), why)
            return
        self.platform.edit(reply.comment_id, new.markdown)
        self.replies.record_new_link(reply.row, post, new)
        log.info("edited", account=self.platform.account, comment=reply.comment_id)

    def _has_same_summary(self, reply: SentReply, post: Post, rules: CommunityRules) -> bool:
        stopped = self.before_send(post, rules, requested=reply.requested)
        new = stopped or self._compose_for_new_link(post, rules)
        return isinstance(new, Reply) and reply.has_same_summary(new.markdown)

    def _compose_for_new_link(self, post: Post, rules: CommunityRules) -> Reply | Skipped:
        """Raises `FetchError` or `WorkerStopped` if the page may be read later."""
        try:
            return self.compose(post, rules)
        except FetchError as error:
            if not error.permanent:
                raise
            return Skipped(error.reason, error.detail)
        except WorkerStopped:
            raise
        except WorkerError as error:
            return Skipped(SkipReason.CRASHED, str(error))

    def _edit_if_changed(self, reply: SentReply, rules: CommunityRules) -> None:
        """Edit the reply, once, if its article changed."""
        assert reply.post is not None
        if reply.edited or not reply.post.url:
            return
        new = self.compose(reply.post, rules)
        if isinstance(new, Skipped) or reply.has_same_summary(new.markdown):
            return
        self.platform.edit(reply.comment_id or "", new.markdown)
        self.replies.record_edit(reply.row, new.markdown)
        log.info("edited", account=self.platform.account, comment=reply.comment_id)
