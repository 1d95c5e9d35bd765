"""What a person does to one post: try it again, or take its reply back; safe beside a running daemon."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, update

from bot.store.database import Database, State
from bot.store.tables import posts

RETRYABLE = (State.SKIPPED, State.DEAD, State.DISCOVERED)


def requeue_post(database: Database, row: int, now: datetime) -> bool:
    """Let a post that got no reply begin anew at once; whether it could.

    One that is answered, or about to be, cannot; nor one whose facts are forgotten; nor one that the
    daemon has in hand.
    """
    may = and_(
        posts.c.id == row,
        posts.c.state.in_(RETRYABLE),
        posts.c.facts.is_not(None),
        posts.c.lease_until.is_(None) | (posts.c.lease_until <= now),
    )
    anew = {"state": State.DISCOVERED, "due_at": now, "attempts": 0, "reason": None, "error": None}
    with database.write_transaction() as connection:
        changed = connection.execute(update(posts).where(may).values(**anew, done_at=None, lease_until=None))
        return bool(changed.rowcount)


def mark_reply_deleted(database: Database, row: int, now: datetime, why: str) -> None:
    """The reply is gone from its platform; nothing is ever sent from this row again."""
    database.finish_post(row, State.DELETED, now, error=why)
