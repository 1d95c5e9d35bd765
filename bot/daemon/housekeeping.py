"""What is done by the hour: copies of the database, forgetting, and replies whose posts are gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from bot.core.errors import PlatformError, StoreError
from bot.platforms.base import Platform
from bot.store import PostQueue, ReceivedMessages
from bot.store.backups import write_backup_when_due

log = structlog.get_logger(__name__)

RECHECK_INTERVAL = timedelta(hours=24)
"""Reddit's rules for apps give 48 hours until deleted content has to be gone."""
AUTHORS_KEPT = timedelta(days=2)
MAX_RECHECKS = 1000
"""Posts of one account in one pass."""


def back_up_database(database: Path, now: datetime) -> None:
    """Make the day's copy of the database, from which `precis restore` goes back."""
    try:
        made = write_backup_when_due(database, now)
    except StoreError as error:
        log.error("no copy of the database could be made", error=error.message, do=error.remedy)
        return
    if made is not None:
        log.info("copied the database", to=str(made))


def erase_old_posts(queue: PostQueue, clock: Callable[[], datetime], keep: timedelta) -> None:
    """Forget what old posts were about."""
    forgotten = queue.erase_content(clock() - keep)
    if forgotten:
        log.info("forgot old posts", count=forgotten)


def erase_old_authors(messages: ReceivedMessages, now: datetime) -> None:
    """Limits on answers count by the day; after that, who wrote is nobody's business."""
    messages.erase_authors(now - AUTHORS_KEPT)


def erase_deleted_posts(platform: Platform, queue: PostQueue, now: datetime) -> int:
    """Ask which finished posts are gone by now, each once a day, and forget what they were about."""
    rows = queue.due_for_recheck(platform.account, now - RECHECK_INTERVAL, MAX_RECHECKS)
    if not rows:
        return 0
    try:
        gone = platform.find_deleted_posts(tuple(rows))
    except PlatformError as error:
        log.warning("cannot ask for deleted posts", account=platform.account, error=str(error))
        return 0
    queue.record_recheck(rows.values(), [rows[post_id] for post_id in gone], now)
    if gone:
        log.info("forgot deleted posts", account=platform.account, count=len(gone))
    return len(gone)
