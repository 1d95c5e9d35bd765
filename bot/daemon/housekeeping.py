"""What is done by the hour: copies of the database, forgetting, and replies whose posts are gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from bot.core.errors import PlatformError, StoreError
from bot.platforms.base import Platform
from bot.store import Messages, Queue
from bot.store.backups import copy_when_due

log = structlog.get_logger(__name__)

RECHECK = timedelta(hours=24)
"""Reddit's rules for apps give 48 hours until deleted content has to be gone."""
AUTHORS_KEPT = timedelta(days=2)
MOST_RECHECKED = 1000
"""Posts of one account in one pass."""


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
