"""Replies that stand under posts, and what is still to be done with them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, or_, select, update

from bot.core.models import Post, Skipped
from bot.core.skip_reasons import SkipReason
from bot.store.database import Database, State
from bot.store.post_queue import post_of, summary_text_of, text_hash
from bot.store.tables import posts


@dataclass(frozen=True, slots=True)
class SentReply:
    """A reply as the database knows it."""

    row: int
    account: str
    community: str
    post_id: str
    state: State
    comment_id: str | None
    sent_at: datetime | None
    post: Post | None
    """None once it is forgotten."""
    markdown_hash: str | None
    deletion_requested: bool
    """Whether somebody wants it gone."""

    edited: bool

    def has_same_summary(self, markdown: str) -> bool:
        """Whether the reply stands there with these sentences; its footer does not matter."""
        return self.markdown_hash == text_hash(summary_text_of(markdown))


class SentReplies:
    """Every method is one transaction; times are aware and in UTC."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, account: str, *, comment: str | None = None, post: str | None = None) -> SentReply | None:
        """By the id of the bot's comment or of the post, or by the address of either."""
        wanted = []
        if comment:
            wanted.append(posts.c.comment_id == comment)
        if post:
            address = post.rstrip("/")
            wanted += [
                posts.c.post_id == post,
                posts.c.permalink.in_([address, f"{address}/"]),
                posts.c.comment_url.in_([address, f"{address}/"]),
            ]
        if not wanted:
            return None
        with self._database.read_transaction() as connection:
            statement = select(posts).where(posts.c.account == account, or_(*wanted)).limit(1)
            row = connection.execute(statement).first()
        return None if row is None else _sent(row)

    def withdraw(self, row: int, now: datetime, why: str) -> None:
        """The reply has to go, or, where there is none yet, is never to be. Again does nothing."""
        unsent = posts.c.state.in_([State.DISCOVERED, State.READY])
        refused = Skipped(SkipReason.WITHDRAWN, why)
        with self._database.write_transaction() as connection:
            connection.execute(
                update(posts)
                .where(posts.c.id == row, unsent)
                .values(
                    state=State.SKIPPED,
                    reason=refused.reason.value,
                    error=refused.detail,
                    done_at=now,
                    lease_until=None,
                    markdown=None,
                )
            )
            standing = posts.c.state.in_([State.SENDING, State.SENT]) & posts.c.delete_at.is_(None)
            connection.execute(
                update(posts).where(posts.c.id == row, standing).values(delete_at=now, error=why)
            )

    def next_to_delete(self, account: str, now: datetime) -> SentReply | None:
        """The next reply that has to go."""
        due = (posts.c.state == State.SENT) & (posts.c.delete_at <= now)
        return self._first(account, due)

    def postpone_deletion(self, row: int, at: datetime) -> None:
        self._database.update_post(row, delete_at=at)

    def mark_deleted(self, row: int, now: datetime) -> None:
        """It is gone, and stays so: nothing is ever sent from this row again."""
        self._database.finish_post(row, State.DELETED, now, delete_at=None, follow_at=None, marked=True)

    def cancel_deletion(self, row: int, why: str) -> None:
        """It cannot be deleted."""
        self._database.update_post(row, delete_at=None, error=why)

    def next_to_distinguish(self, account: str, since: datetime) -> SentReply | None:
        """The next reply sent since then of which it is not settled whether it is to be marked."""
        return self._first(account, (posts.c.marked.is_(False)) & (posts.c.done_at >= since))

    def finish_distinguish(self, row: int) -> None:
        self._database.update_post(row, marked=True)

    def due_for_check(self, account: str, now: datetime, limit: int) -> list[SentReply]:
        """Replies that it is time to look at again, the longest waiting first."""
        due = (posts.c.state == State.SENT) & (posts.c.follow_at <= now)
        statement = select(posts).where(posts.c.account == account, due).order_by(posts.c.follow_at)
        with self._database.read_transaction() as connection:
            return [_sent(row) for row in connection.execute(statement.limit(limit)).all()]

    def record_check(self, row: int, score: int | None, next_check_at: datetime | None) -> None:
        values: dict[str, Any] = {"follow_at": next_check_at}
        if score is not None:
            values["score"] = score
        self._database.update_post(row, **values)

    def record_edit(self, row: int, markdown: str) -> None:
        self._database.update_post(row, markdown_hash=text_hash(summary_text_of(markdown)), edited=True)

    def recent_communities(self, accounts: Collection[str], since: datetime) -> tuple[tuple[str, str], ...]:
        """(account, community) of posts seen since then."""
        seen = posts.c.account.in_(accounts) & (posts.c.discovered_at >= since)
        statement = select(posts.c.account, posts.c.community).where(seen).distinct()
        with self._database.read_transaction() as connection:
            return tuple((row.account, row.community) for row in connection.execute(statement).all())

    def _first(self, account: str, due: Any) -> SentReply | None:
        statement = select(posts).where(posts.c.account == account, posts.c.state == State.SENT, due)
        with self._database.read_transaction() as connection:
            row = connection.execute(statement.order_by(posts.c.id).limit(1)).first()
        return None if row is None else _sent(row)


def _sent(row: Row[Any]) -> SentReply:
    return SentReply(
        row=row.id,
        account=row.account,
        community=row.community,
        post_id=row.post_id,
        state=State(row.state),
        comment_id=row.comment_id,
        sent_at=row.done_at,
        post=None if row.facts is None else post_of(row.facts),
        markdown_hash=row.markdown_hash,
        deletion_requested=row.delete_at is not None,
        edited=bool(row.edited),
    )
