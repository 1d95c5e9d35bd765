"""Replies whose posts are checked for deletion."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Select, bindparam, select, update

from bot.store.database import Database
from bot.store.post_rows import follows_post_link
from bot.store.post_states import DELETABLE, State
from bot.store.tables import posts

_SENT_SINCE = (
    select(posts.c.id)
    .where(posts.c.account == bindparam("account"), posts.c.comment_id.is_not(None))
    .where(posts.c.done_at >= bindparam("since"))
    .order_by(posts.c.done_at.desc())
)
_columns = posts.c
_FIND: Select[Any] = select(
    *(_columns.id, _columns.post_id, _columns.comment_id, _columns.url_hash),
    *(_columns.parent_id, _columns.link_in_request),
).where(_columns.id == bindparam("row_id"), _columns.state == State.SENT, _columns.delete_at.is_(None))


class RepliedPost(Struct, frozen=True):
    row: int
    post_id: str
    comment_id: str
    url_hash: str | None
    """Of the post's link; None if the reply is about a link that a request names."""


class DeletionChecks:
    """Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sent_since(self, account: str, since: datetime) -> list[int]:
        """The rows of the account's replies that were sent after `since`, newest first.

        Some of them may be deleted by now. Only an index is read: in a run, few are checked.
        """
        with self._database.read_transaction() as connection:
            return list(connection.execute(_SENT_SINCE, {"account": account, "since": since}).scalars())

    def find(self, row: int) -> RepliedPost | None:
        """The reply in a row; None if it is deleted or to be deleted."""
        with self._database.read_transaction() as connection:
            found = connection.execute(_FIND, {"row_id": row}).first()
        if found is None:
            return None
        url_hash = found.url_hash if follows_post_link(found) else None
        return RepliedPost(found.id, found.post_id, found.comment_id, url_hash)

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
