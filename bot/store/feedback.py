"""What people say that is no order: good bot and bad bot, and messages for the operator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Integer, cast, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from bot.store.database import Database
from bot.store.tables import opinions, posts, unknown

MOST_KEPT = 2_000
"""Characters of a message that are kept for the operator."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """One "good bot" or "bad bot"."""

    account: str
    message_id: str
    community: str
    site: str
    good: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Liking:
    """How a community, or a site's articles, are liked."""

    subject: str
    good: int
    bad: int
    replies: int
    score: int
    """The sum of the votes on replies, as they were last looked at."""


@dataclass(frozen=True, slots=True)
class Note:
    """A message that no command understands."""

    account: str
    message_id: str
    author: str
    community: str | None
    text: str
    sent: datetime


class Voices:
    """Every method is one transaction; what came in already is not counted again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self, opinion: Opinion) -> None:
        with self._database.writing() as connection:
            connection.execute(insert(opinions).values(asdict(opinion)).on_conflict_do_nothing())

    def by_community(self) -> tuple[Liking, ...]:
        said = self._said("community")
        votes = select(posts.c.community, func.count(), func.coalesce(func.sum(posts.c.score), 0)).where(
            posts.c.comment_id.is_not(None)
        )
        with self._database.reading() as connection:
            found = connection.execute(votes.group_by(posts.c.community)).all()
        voted: Mapping[str, tuple[int, int]] = {name: (count, score) for name, count, score in found}
        return tuple(
            Liking(name, *said.get(name, (0, 0)), *voted.get(name, (0, 0)))
            for name in sorted(said.keys() | voted.keys())
        )

    def by_site(self) -> tuple[Liking, ...]:
        return tuple(Liking(name, good, bad, 0, 0) for name, (good, bad) in self._said("site").items())

    def _said(self, column: str) -> dict[str, tuple[int, int]]:
        subject = opinions.c[column]
        good = func.sum(cast(opinions.c.good, Integer))
        statement = select(subject, good, func.count() - good).group_by(subject).order_by(subject)
        with self._database.reading() as connection:
            found = connection.execute(statement.where(subject != "")).all()
        return {name: (liked, disliked) for name, liked, disliked in found}

    def keep(self, note: Note, most_a_day: int, since: datetime) -> bool:
        """Keep a message for the operator, once; False when its author has sent `most_a_day` others
        since `since`."""
        theirs = (unknown.c.account == note.account) & (unknown.c.author == note.author)
        values = asdict(note) | {"text": note.text[:MOST_KEPT]}
        with self._database.writing() as connection:
            others = theirs & (unknown.c.message_id != note.message_id) & (unknown.c.sent >= since)
            if connection.execute(select(func.count()).where(others)).scalar_one() >= most_a_day:
                return False
            connection.execute(insert(unknown).values(values).on_conflict_do_nothing())
            return True

    def kept_from(self, account: str, author: str, since: datetime, but: str) -> int:
        """How many other messages of a person than `but` are kept since then."""
        theirs = (unknown.c.account == account) & (unknown.c.author == author)
        others = (unknown.c.message_id != but) & (unknown.c.sent >= since)
        with self._database.reading() as connection:
            return connection.execute(select(func.count()).where(theirs, others)).scalar_one()

    def notes(self) -> tuple[Note, ...]:
        """All that is kept for the operator, the oldest first."""
        with self._database.reading() as connection:
            found = connection.execute(select(unknown).order_by(unknown.c.sent)).mappings()
            return tuple(Note(**row) for row in found)

    def forget(self, before: datetime) -> int:
        """Drop what people wrote before then."""
        with self._database.writing() as connection:
            return connection.execute(delete(unknown).where(unknown.c.sent < before)).rowcount
