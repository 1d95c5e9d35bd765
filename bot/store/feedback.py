"""What people say that is no order: good bot and bad bot, and messages for the operator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Integer, cast, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from bot.store.database import Database
from bot.store.tables import posts, unhandled_messages, votes

MAX_TEXT_LENGTH = 2_000
"""Characters of a message that are kept for the operator."""


@dataclass(frozen=True, slots=True)
class Vote:
    """One "good bot" or "bad bot"."""

    account: str
    message_id: str
    community: str
    site: str
    good: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class VoteCount:
    """How a community, or a site's articles, are liked."""

    subject: str
    good: int
    bad: int
    replies: int
    score: int
    """The sum of the votes on replies, as they were last looked at."""


@dataclass(frozen=True, slots=True)
class UnhandledMessage:
    """A message that no command understands."""

    account: str
    message_id: str
    author: str
    community: str | None
    text: str
    sent: datetime


class Feedback:
    """Every method is one transaction; what came in already is not counted again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_vote(self, vote: Vote) -> None:
        with self._database.write_transaction() as connection:
            connection.execute(insert(votes).values(asdict(vote)).on_conflict_do_nothing())

    def by_community(self) -> tuple[VoteCount, ...]:
        said = self._said("community")
        votes = select(posts.c.community, func.count(), func.coalesce(func.sum(posts.c.score), 0)).where(
            posts.c.comment_id.is_not(None)
        )
        with self._database.read_transaction() as connection:
            found = connection.execute(votes.group_by(posts.c.community)).all()
        voted: Mapping[str, tuple[int, int]] = {name: (count, score) for name, count, score in found}
        return tuple(
            VoteCount(name, *said.get(name, (0, 0)), *voted.get(name, (0, 0)))
            for name in sorted(said.keys() | voted.keys())
        )

    def by_site(self) -> tuple[VoteCount, ...]:
        return tuple(VoteCount(name, good, bad, 0, 0) for name, (good, bad) in self._said("site").items())

    def _said(self, column: str) -> dict[str, tuple[int, int]]:
        subject = votes.c[column]
        good = func.sum(cast(votes.c.good, Integer))
        statement = select(subject, good, func.count() - good).group_by(subject).order_by(subject)
        with self._database.read_transaction() as connection:
            found = connection.execute(statement.where(subject != "")).all()
        return {name: (liked, disliked) for name, liked, disliked in found}

    def add_unhandled(self, message: UnhandledMessage, max_per_day: int, since: datetime) -> bool:
        """Keep a message for the operator, once; False when its author has sent `most_a_day` others
        since `since`."""
        theirs = (unhandled_messages.c.account == message.account) & (
            unhandled_messages.c.author == message.author
        )
        values = asdict(message) | {"text": message.text[:MAX_TEXT_LENGTH]}
        with self._database.write_transaction() as connection:
            others = (
                theirs
                & (unhandled_messages.c.message_id != message.message_id)
                & (unhandled_messages.c.sent >= since)
            )
            if connection.execute(select(func.count()).where(others)).scalar_one() >= max_per_day:
                return False
            connection.execute(insert(unhandled_messages).values(values).on_conflict_do_nothing())
            return True

    def count_unhandled(self, account: str, author: str, since: datetime, except_id: str) -> int:
        """How many other messages of a person than `but` are kept since then."""
        theirs = (unhandled_messages.c.account == account) & (unhandled_messages.c.author == author)
        others = (unhandled_messages.c.message_id != except_id) & (unhandled_messages.c.sent >= since)
        with self._database.read_transaction() as connection:
            return connection.execute(select(func.count()).where(theirs, others)).scalar_one()

    def unhandled_messages(self) -> tuple[UnhandledMessage, ...]:
        """All that is kept for the operator, the oldest first."""
        with self._database.read_transaction() as connection:
            found = connection.execute(
                select(unhandled_messages).order_by(unhandled_messages.c.sent)
            ).mappings()
            return tuple(UnhandledMessage(**row) for row in found)

    def delete_unhandled(self, before: datetime) -> int:
        """Drop what people wrote before then."""
        with self._database.write_transaction() as connection:
            return connection.execute(
                delete(unhandled_messages).where(unhandled_messages.c.sent < before)
            ).rowcount
