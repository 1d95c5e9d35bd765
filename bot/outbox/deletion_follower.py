"""Deletes replies whose posts were deleted or removed, and finds posts whose links changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import islice

import structlog

from bot.core.deletion_causes import DeletionCause
from bot.core.errors import AccountError, PlatformError, Refused, RetryLater
from bot.core.time_limit import TimeLimit
from bot.outbox.follow_up import EDIT_WINDOW
from bot.platforms.base import Platform
from bot.store import DeletionChecks, RepliedPost, source_hash

log = structlog.get_logger(__name__)

CHECK_PERIOD = timedelta(days=3)
"""Nearly all deleted posts are deleted within this time."""
MAX_ERRORS = 3
"""In a row, until a run ends: one post may be unreadable, but then the server is probably down."""
NEVER = datetime.min.replace(tzinfo=UTC)
MAX_CHECKS_PER_RUN = 20
"""For each account, because each check costs a call."""


class DeletionFollower:
    """Deletes an account's replies whose posts were deleted or removed.

    Each check costs the server a call. So only recent replies are checked, a few in each run, and those
    whose last check is longest ago come first.
    """

    def __init__(self, platform: Platform, checks: DeletionChecks, clock: Callable[[], datetime]) -> None:
        self._platform = platform
        self._checks = checks
        self._clock = clock
        self._checked_at: dict[int, datetime] = {}

    def run(self, limit: TimeLimit, max_checks: int | None = MAX_CHECKS_PER_RUN) -> int:
        """Check the replies that are due, all if `max_checks` is None; return how many were deleted."""
        rows = self._checks.sent_since(self._platform.account, self._clock() - CHECK_PERIOD)
        recent = set(rows)
        self._checked_at = {row: time for row, time in self._checked_at.items() if row in recent}
        oldest_first = sorted(rows, key=lambda row: self._checked_at.get(row, NEVER))
        replies = filter(None, map(self._checks.find, oldest_first))
        deleted = errors = 0
        for reply in islice(replies, max_checks):
            if limit.expired() or errors >= MAX_ERRORS:
                break
            try:
                deleted += self._check(reply)
                errors = 0
            except PlatformError as error:
                log.warning("cannot check a post", account=self._platform.account, error=str(error))
                errors = MAX_ERRORS if isinstance(error, (AccountError, RetryLater)) else errors + 1
        return deleted

    def _check(self, reply: RepliedPost) -> bool:
        """Whether the post was deleted, and its reply could be."""
        self._checked_at[reply.row] = self._clock()
        post = self._platform.fetch_post(reply.post_id)
        if not post.gone:
            if reply.url_hash is not None and source_hash(post) != reply.url_hash:
                self._checks.schedule_check(reply.row, self._clock(), self._clock() - EDIT_WINDOW)
            return False
        try:
            self._platform.delete(reply.comment_id)
        except Refused:
            self._checks.request_deletion(reply.row, self._clock(), DeletionCause.POST_GONE.sentence)
            return False
        self._checks.mark_deleted(reply.row, self._clock(), DeletionCause.POST_GONE.sentence)
        log.info("deleted a reply with its post", account=self._platform.account, post=reply.post_id)
        return True
