"""What is done by the hour: copies of the database, forgetting, and replies whose posts are gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from bot.errors import PlatformError, Refused, StoreError
from bot.jobs import Pass
from bot.platforms.base import Platform
from bot.store import Messages, Queue, Standing, StandingReply
from bot.store.copies import copy_when_due

log = structlog.get_logger(__name__)

RECHECK = timedelta(hours=24)
"""Reddit's rules for apps give 48 hours until deleted content has to be gone."""
AUTHORS_KEPT = timedelta(days=2)
MOST_RECHECKED = 1000
"""Posts of one account in one pass."""
FOLLOWED_FOR = timedelta(days=3)
"""Posts that are deleted are deleted soon, nearly all of them."""
NEVER = datetime.min.replace(tzinfo=UTC)
MOST_FOLLOWED = 20
"""Replies of one account in one pass, for each costs a call."""


def keep_a_copy(database: Path, now: datetime) -> None:
    """Make the day's copy of the database, from which `precis restore` goes back."""
    try:
        made = copy_when_due(database, now)
    except StoreError as error:
        log.error("no copy of the database could be made", error=error.message, do=error.remedy)
        return
    if made is not None:
        log.info("copied the database", to=str(made))


def keep_house(queue: Queue, clock: Callable[[], datetime], keep: timedelta) -> None:
    """Forget what old posts were about."""
    forgotten = queue.forget(clock() - keep)
    if forgotten:
        log.info("forgot old posts", count=forgotten)


def forget_authors(messages: Messages, now: datetime) -> None:
    """Limits on answers count by the day; after that, who wrote is nobody's business."""
    messages.forget(now - AUTHORS_KEPT)


def forget_vanished(platform: Platform, queue: Queue, now: datetime) -> int:
    """Ask which finished posts are gone by now, each once a day, and forget what they were about."""
    rows = queue.unchecked(platform.account, now - RECHECK, MOST_RECHECKED)
    if not rows:
        return 0
    try:
        gone = platform.vanished(tuple(rows))
    except PlatformError as error:
        log.warning("cannot ask for deleted posts", account=platform.account, error=str(error))
        return 0
    queue.checked(rows.values(), [rows[post_id] for post_id in gone], now)
    if gone:
        log.info("forgot deleted posts", account=platform.account, count=len(gone))
    return len(gone)


class Follower:
    """Deletes an account's replies whose posts were deleted or removed.

    Each post costs the server a call. So only young replies are asked after, a few in a pass, and those
    that waited longest come first.
    """

    def __init__(self, platform: Platform, standing: Standing, clock: Callable[[], datetime]) -> None:
        self._platform = platform
        self._standing = standing
        self._clock = clock
        self._asked: dict[int, datetime] = {}

    def run(self, limit: Pass) -> int:
        """The number of replies that were deleted."""
        replies = self._standing.since(self._platform.account, self._clock() - FOLLOWED_FOR)
        self._asked = {one.row: self._asked[one.row] for one in replies if one.row in self._asked}
        longest_ago = sorted(replies, key=lambda one: self._asked.get(one.row, NEVER))
        gone = 0
        for reply in longest_ago[:MOST_FOLLOWED]:
            if limit.over():
                break
            try:
                gone += self._follow(reply)
            except PlatformError as error:
                log.warning("cannot ask after a post", account=self._platform.account, error=str(error))
                break
        return gone

    def _follow(self, reply: StandingReply) -> bool:
        self._asked[reply.row] = self._clock()
        if not self._platform.reread(reply.post_id).gone:
            return False
        try:
            self._platform.delete(reply.comment_id)
        except Refused as error:
            log.warning("a reply has to stay", account=self._platform.account, error=str(error))
            return False
        self._standing.deleted(reply.row, self._clock(), "The post was deleted or removed.")
        log.info("deleted a reply with its post", account=self._platform.account, post=reply.post_id)
        return True
