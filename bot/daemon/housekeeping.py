"""Housekeeping: backups of the database, and erasing old, deleted and personal data.

The daemon does it every hour, `precis run --once` once a day.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.core.errors import PlatformError, StoreError
from bot.platforms.base import Platform
from bot.store import Database, Feedback, PostQueue, ReceivedMessages
from bot.store.backups import write_backup_when_due
from bot.store.search_index import merge_index

log = structlog.get_logger(__name__)

HOUSEKEEPING_PERIOD = timedelta(hours=24)
"""Without a daemon."""
RECHECK_INTERVAL = timedelta(hours=24)
"""Reddit's rules for apps require that deleted content is erased within 48 hours."""
UNHANDLED_MESSAGES_KEPT = timedelta(days=30)
"""How long messages for the operator are stored."""
AUTHORS_KEPT = timedelta(days=2)
MAX_RECHECKS = 1000
"""Posts of one account in one run."""


def is_housekeeping_due(database: Database, now: datetime) -> bool:
    """Whether `precis run --once` has to do the housekeeping: a day after the last one."""
    last = database.housekeeping_at()
    return last is None or not timedelta(0) <= now - last < HOUSEKEEPING_PERIOD


def tell_who_backs_up(database: Database) -> None:
    """Say once, when the daemon starts, that nothing here backs up PostgreSQL."""
    if database.path is None:
        log.info(
            "Precis does not back up a PostgreSQL database",
            do=f"Run every day: pg_dump --format=custom --file=precis.dump '{database.location}'",
        )


def back_up_database(database: Database, now: datetime) -> None:
    """Make the daily backup of the database, for `precis restore`; PostgreSQL has its own programs."""
    if database.path is None:
        return
    try:
        backup = write_backup_when_due(database.path, now)
    except StoreError as error:
        log.error("the database could not be backed up", error=error.message, do=error.remedy)
        return
    if backup is not None:
        log.info("backed up the database", to=str(backup))


def erase_old_data(database: Database, clock: Callable[[], datetime], keep_posts: timedelta) -> None:
    """Erase the content of old posts, old messages for the operator, and the authors of old messages."""
    erase_old_posts(PostQueue(database), clock, keep_posts)
    merge_index(database)
    Feedback(database).delete_unhandled(clock() - UNHANDLED_MESSAGES_KEPT)
    erase_old_authors(ReceivedMessages(database), clock())


def erase_old_posts(queue: PostQueue, clock: Callable[[], datetime], keep: timedelta) -> None:
    """Erase the content of old posts."""
    erased = queue.erase_content(clock() - keep)
    if erased:
        log.info("erased old posts", count=erased)


def erase_old_authors(messages: ReceivedMessages, now: datetime) -> None:
    """Erase the authors of old messages: only the daily limit on answers needs them."""
    messages.erase_authors(now - AUTHORS_KEPT)


def erase_deleted_posts(platform: Platform, queue: PostQueue, now: datetime) -> int:
    """Check once a day which finished posts were deleted, and erase their content; return how many."""
    rows = queue.due_for_recheck(platform.account, now - RECHECK_INTERVAL, MAX_RECHECKS)
    if not rows:
        return 0
    try:
        deleted = platform.find_deleted_posts(tuple(rows))
    except PlatformError as error:
        log.warning("cannot check for deleted posts", account=platform.account, error=str(error))
        return 0
    queue.record_recheck(rows.values(), [rows[post_id] for post_id in deleted], now)
    if deleted:
        log.info("erased deleted posts", account=platform.account, count=len(deleted))
    return len(deleted)
