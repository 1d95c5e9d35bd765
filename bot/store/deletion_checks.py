"""Replies whose posts are checked for deletion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from bot.store.database import DELETABLE, Database, State
from bot.store.post_rows import follows_post_link
from bot.store.tables import posts


@dataclass(frozen=True, slots=True)
class RepliedPost:
    row: int
    post_id: str
    comment_id: str
    url_hash: str | None
    """Of the post's link; None if the reply is about a link that a request names."""


class DeletionChecks:
    """Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sent_since(self, account: str, since: datetime) -> list[RepliedPost]:
        """The account's replies that were sent after `since`, newest first, without those to be deleted."""
        sent = (posts.c.account == account) & (posts.c.state == State.SENT) & (posts.c.done_at >= since)
        sent &= posts.c.delete_at.is_(None)
        with self._database.read_transaction() as connection:
            rows = connection.execute(
                select(posts).where(sent, posts.c.comment_id.is_not(None)).order_by(posts.c.done_at.desc())
            ).all()
        return [
            RepliedPost(row.id, row.post_id, row.comment_id, row.url_hash if follows_post_link(row) else None)
            for row in rows
        ]

    def schedule_check(self, row: int, now: datetime, sent_since: datetime) -> None:
        """Let the follow-up check the reply now if it was sent since `sent_since`."""
        recent = (posts.c.id == row) & (posts.c.state == State.SENT) & (posts.c.done_at >= sent_since)
        with self._database.write_transaction() as connection:
            connection.execute(update(posts).where(recent).values(reply_check_at=now))

    def request_deletion(self, row: int, now: datetime, why: str) -> None:
        """Let the follow-up delete the reply, with pauses between its attempts."""
        sent = (posts.c.id == row) & (posts.c.state == State.SENT) & posts.c.delete_at.is_(None)
        with self._database.write_transaction() as connection:
            connection.execute(update(posts).where(sent).values(delete_at=now, error=why))

    def mark_deleted(self, row: int, now: datetime, why: str) -> None:
        """The reply was deleted. Nothing is sent from this row again."""
        self._database.finish_post(row, State.DELETED, now, only=DELETABLE, error=why)
