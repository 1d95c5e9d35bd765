"""What the operator can do to one post: queue it again, or delete its reply. Safe beside a running daemon."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, update

from bot.store.database import Database, State
from bot.store.tables import posts

RETRYABLE = (State.SKIPPED, State.DEAD, State.DISCOVERED)


def requeue_post(database: Database, row: int, now: datetime) -> bool:
    """Process a post without a reply again, at once; return whether that was possible.

    The post is read again first, because it may have changed since it was skipped.

    It is not possible for a post that has a reply or is about to get one, whose content was erased, or
    that the daemon is processing.
    """
    retryable = and_(
        posts.c.id == row,
        posts.c.state.in_(RETRYABLE),
        posts.c.content.is_not(None),
        posts.c.lease_until.is_(None) | (posts.c.lease_until <= now),
    )
    values = {"state": State.DISCOVERED, "due_at": now, "attempts": 0, "reason": None, "error": None}
    cleared = {"done_at": None, "lease_until": None}
    statement = update(posts).where(retryable).values(**values, **cleared, refetch=True, overdue_from=now)
    with database.write_transaction() as connection:
        return bool(connection.execute(statement).rowcount)


def mark_reply_deleted(database: Database, row: int, now: datetime, why: str) -> None:
    """The reply was deleted from its platform. Nothing is sent from this row again."""
    database.finish_post(row, State.DELETED, now, error=why)
