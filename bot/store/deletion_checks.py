"""Replies whose posts are checked for deletion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.store.database import Database, State
from bot.store.tables import posts


@dataclass(frozen=True, slots=True)
class RepliedPost:
    row: int
    post_id: str
    comment_id: str


class DeletionChecks:
    """Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sent_since(self, account: str, since: datetime) -> list[RepliedPost]:
        """The account's replies that were sent after `since`, newest first."""
        sent = (posts.c.account == account) & (posts.c.state == State.SENT) & (posts.c.done_at >= since)
        with self._database.read_transaction() as connection:
            rows = connection.execute(
                select(posts.c.id, posts.c.post_id, posts.c.comment_id)
                .where(sent, posts.c.comment_id.is_not(None))
                .order_by(posts.c.done_at.desc())
            ).all()
        return [RepliedPost(*row) for row in rows]

    def mark_deleted(self, row: int, now: datetime, why: str) -> None:
        """The reply was deleted. Nothing is sent from this row again."""
        self._database.finish_post(row, State.DELETED, now, error=why)
