"""Deletes replies whose posts were deleted or removed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from bot.core.errors import PlatformError, Refused
from bot.core.time_limit import TimeLimit
from bot.platforms.base import Platform
from bot.store import DeletionChecks, RepliedPost

log = structlog.get_logger(__name__)


CHECK_PERIOD = timedelta(days=3)
"""Posts that are deleted are deleted soon, nearly all of them."""
NEVER = datetime.min.replace(tzinfo=UTC)
MAX_CHECKS_PER_RUN = 20
"""Replies of one account in one pass, for each costs a call."""


class DeletionFollower:
    """Deletes an account's replies whose posts were deleted or removed.

    Each post costs the server a call. So only young replies are asked after, a few in a pass, and those
    that waited longest come first.
    """

    def __init__(self, platform: Platform, checks: DeletionChecks, clock: Callable[[], datetime]) -> None:
        self._platform = platform
        self._standing = checks
        self._clock = clock
        self._asked: dict[int, datetime] = {}

    def run(self, limit: TimeLimit) -> int:
        """The number of replies that were deleted."""
        replies = self._standing.sent_since(self._platform.account, self._clock() - CHECK_PERIOD)
        self._asked = {one.row: self._asked[one.row] for one in replies if one.row in self._asked}
        longest_ago = sorted(replies, key=lambda one: self._asked.get(one.row, NEVER))
        gone = 0
        for reply in longest_ago[:MAX_CHECKS_PER_RUN]:
            if limit.expired():
                break
            try:
                gone += self._follow(reply)
            except PlatformError as error:
                log.warning("cannot ask after a post", account=self._platform.account, error=str(error))
                break
        return gone

    def _follow(self, reply: RepliedPost) -> bool:
        self._asked[reply.row] = self._clock()
        if not self._platform.fetch_post(reply.post_id).gone:
            return False
        try:
            self._platform.delete(reply.comment_id)
        except Refused as error:
            log.warning("a reply has to stay", account=self._platform.account, error=str(error))
            return False
        self._standing.mark_deleted(reply.row, self._clock(), "The post was deleted or removed.")
        log.info("deleted a reply with its post", account=self._platform.account, post=reply.post_id)
        return True
