"""Feedback from readers: "good bot" and "bad bot" votes, and messages for the operator."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import ColumnElement, Integer, and_, cast, delete, func, select

from bot.store.advisory_locks import LockKind, lock_for_transaction
from bot.store.database import Database
from bot.store.dialects import insert
from bot.store.tables import posts, unhandled_messages, votes

MAX_TEXT_LENGTH = 2_000
"""Characters of a message that are stored for the operator."""


class Vote(Struct, frozen=True):
    """One "good bot" or "bad bot"."""

    account: str
    message_id: str
    community: str
    site: str
    good: bool
    voted_at: datetime


class VoteCount(Struct, frozen=True):
    """The votes in a community, or about a site's articles."""

    subject: str
    good: int
    bad: int
    replies: int
    score: int
    """The sum of the platform's scores of the replies, at their last check."""


class UnhandledMessage(Struct, frozen=True):
    """A message that no command understands."""

    account: str
    message_id: str
    author: str
    community: str | None
    text: str
    sent_at: datetime


class Feedback:
    """Every method is one transaction. A message that was recorded before is not counted again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_vote(self, vote: Vote) -> None:
        with self._database.write_transaction() as connection:
            connection.execute(insert(votes).values(asdict(vote)).on_conflict_do_nothing())

    def by_community(self) -> tuple[VoteCount, ...]:
        counts = self._count_votes("community")
        total = func.coalesce(func.sum(posts.c.reply_score), 0)
        statement = (
            select(posts.c.community, func.count(), total)
            .where(posts.c.comment_id.is_not(None))
            .group_by(posts.c.community)
        )
        with self._database.read_transaction() as connection:
            found = connection.execute(statement).all()
        scores: Mapping[str, tuple[int, int]] = {name: (count, score) for name, count, score in found}
        return tuple(
            VoteCount(name, *counts.get(name, (0, 0)), *scores.get(name, (0, 0)))
            for name in sorted(counts.keys() | scores.keys())
        )

    def by_site(self) -> tuple[VoteCount, ...]:
        return tuple(
            VoteCount(name, good, bad, 0, 0) for name, (good, bad) in self._count_votes("site").items()
        )

    def _count_votes(self, column: str) -> dict[str, tuple[int, int]]:
        """(good, bad) by the values of a column."""
        subject = votes.c[column]
        good = func.sum(cast(votes.c.good, Integer))
        statement = select(subject, good, func.count() - good).group_by(subject).order_by(subject)
        with self._database.read_transaction() as connection:
            found = connection.execute(statement.where(subject != "")).all()
        return {name: (good, bad) for name, good, bad in found}

    def add_unhandled(self, message: UnhandledMessage, max_per_day: int, since: datetime) -> bool:
        """Store a message for the operator, once.

        False if its author has sent `max_per_day` others since `since`.
        """
        others = _others(message.account, message.author, since, message.message_id)
        values = asdict(message) | {"text": message.text[:MAX_TEXT_LENGTH]}
        with self._database.write_transaction() as connection:
            lock_for_transaction(connection, LockKind.PERSON, message.author)
            if connection.execute(select(func.count()).where(others)).scalar_one() >= max_per_day:
                return False
            connection.execute(insert(unhandled_messages).values(values).on_conflict_do_nothing())
            return True

    def count_unhandled(self, account: str, author: str, since: datetime, except_id: str) -> int:
        """The number of an author's stored messages since `since`, except `except_id`."""
        others = _others(account, author, since, except_id)
        with self._database.read_transaction() as connection:
            return connection.execute(select(func.count()).where(others)).scalar_one()

    def unhandled_messages(self) -> tuple[UnhandledMessage, ...]:
        """All stored messages, oldest first."""
        with self._database.read_transaction() as connection:
            found = connection.execute(
                select(unhandled_messages).order_by(unhandled_messages.c.sent_at)
            ).mappings()
            return tuple(UnhandledMessage(**row) for row in found)

    def delete_unhandled(self, before: datetime) -> int:
        """Delete messages that were sent before `before`; return how many."""
        with self._database.write_transaction() as connection:
            return connection.execute(
                delete(unhandled_messages).where(unhandled_messages.c.sent_at < before)
            ).rowcount


def _others(account: str, author: str, since: datetime, except_id: str) -> ColumnElement[bool]:
    return and_(
        unhandled_messages.c.account == account,
        unhandled_messages.c.author == author,
        unhandled_messages.c.message_id != except_id,
        unhandled_messages.c.sent_at >= since,
    )
