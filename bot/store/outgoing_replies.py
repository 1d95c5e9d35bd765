"""Replies on their way out: what `bot.outbox.reply_outbox` commits before and after it speaks to a platform."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, case, select, update

from bot.core.models import Comment
from bot.store.database import Database, State
from bot.store.tables import posts


@dataclass(frozen=True, slots=True)
class OutgoingReply:
    """A reply on its way out."""

    row: int
    post_id: str
    parent_id: str | None
    """The comment that asked for it, below which it goes."""
    community: str
    url_hash: str | None
    """Of the link that the reply is about."""
    published: datetime
    state: State
    markdown: str
    language: str | None
    sends: int
    """How often the request has gone out."""
    empty_reads: int
    """How often a read-back since the last send found nothing."""


class OutgoingReplies:
    """Every method is one transaction; times are aware and in UTC."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def next_due(self, account: str, now: datetime) -> OutgoingReply | None:
        """What the account's outbox has to do next: read-backs before sends, older posts first."""
        waiting = posts.c.state.in_([State.SENDING, State.READY])
        with self._database.read_transaction() as connection:
            row = connection.execute(
                select(posts)
                .where(posts.c.account == account, waiting, posts.c.due_at <= now)
                .order_by(case((posts.c.state == State.SENDING, 0), else_=1), posts.c.published)
                .limit(1)
            ).first()
        return None if row is None else _draft(row)

    def mark_sending(self, row: int, now: datetime, settle_at: datetime) -> None:
        """Commit that the request is about to leave; from here on only a read-back decides."""
        self._database.update_post(
            row,
            state=State.SENDING,
            sending_at=now,
            due_at=settle_at,
            sends=posts.c.sends + 1,
            empty_reads=0,
        )

    def restart_settling(self, settle_at: datetime) -> int:
        """At start-up: rows found in `sending` wait out the settle time from now; how many there are."""
        with self._database.write_transaction() as connection:
            return connection.execute(
                update(posts).where(posts.c.state == State.SENDING).values(due_at=settle_at, empty_reads=0)
            ).rowcount

    def postpone(
        self, row: int, until: datetime, error: str | None = None, *, empty_read: bool = False
    ) -> None:
        """Leave the state as it is; the outbox comes back to the row at `until`."""
        values: dict[str, Any] = {"due_at": until}
        if error is not None:
            values["error"] = error
        if empty_read:
            values["empty_reads"] = posts.c.empty_reads + 1
        self._database.update_post(row, **values)

    def return_to_ready(self, row: int, not_before: datetime, error: str) -> None:
        """It is certain that nothing was stored: back to ready."""
        self._database.update_post(row, state=State.READY, due_at=not_before, error=error)

    def mark_sent(self, row: int, comment: Comment, now: datetime) -> None:
        self._database.finish_post(
            row,
            State.SENT,
            now,
            comment_id=comment.id,
            comment_url=comment.url,
            error=None,
            follow_at=now,
            marked=False,
        )


def _draft(row: Row[Any]) -> OutgoingReply:
    return OutgoingReply(
        row=row.id,
        post_id=row.post_id,
        parent_id=row.parent_id or None,
        community=row.community,
        url_hash=row.url_hash,
        published=row.published,
        state=State(row.state),
        markdown=row.markdown,
        language=row.language,
        sends=row.sends,
        empty_reads=row.empty_reads,
    )
