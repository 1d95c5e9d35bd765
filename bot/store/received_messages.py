"""What people said to the bot: each message is kept once, and its text only until it was handled.

new -> done(outcome)
 |      ^
 +-> asked: waits for the end of a post's row, then done, or new again
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.core.messages import Message, MessageKind
from bot.core.models import Post
from bot.core.skip_reasons import SkipReason
from bot.store.database import Database, State
from bot.store.outgoing_messages import NewOutgoingMessage, insert_message
from bot.store.post_queue import link_hash, new_post_values
from bot.store.tables import messages, posts


class MessageOutcome(StrEnum):
    """How a message ended."""

    ANSWERED = "answered"
    NOTED = "heard"
    """Taken in, with nothing to say to it."""
    BOT = "bot"
    GONE = "gone"
    OLD = "old"
    LIMIT = "limit"
    """Its author has had enough answers for a day."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ReceivedMessage:
    """A message that waits to be handled."""

    row: int
    message: Message
    attempts: int
    post_row: int | None


@dataclass(frozen=True, slots=True)
class EarlierSummary:
    """What became of a summary of one link under one post."""

    row: int
    state: State
    reason: SkipReason | None
    parent_id: str
    comment_url: str | None
    markdown: str | None
    language: str | None
    permalink: str


class ReceivedMessages:
    """Every method is one transaction; times are aware and in UTC."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, message: Message, now: datetime) -> bool:
        """Keep it; False when it has been here before."""
        values = {
            "account": message.account,
            "message_id": message.id,
            "via": message.via.value,
            "author": message.author,
            "facts": {**asdict(message), "sent": message.sent.isoformat(), "receipt": ""},
            "state": "new",
            "due_at": now,
            "received_at": now,
        }
        statement = insert(messages).values(values)
        with self._database.write_transaction() as connection:
            return bool(connection.execute(statement.on_conflict_do_nothing()).rowcount)

    def next_new(self, account: str, now: datetime) -> ReceivedMessage | None:
        """The oldest that is due."""
        return self._next(account, "new", now)

    def next_with_finished_post(
        self, account: str, now: datetime
    ) -> tuple[ReceivedMessage, EarlierSummary] | None:
        """One whose post's row has come to its end."""
        ended = posts.c.state.in_([State.SENT, State.DELETED, State.SKIPPED, State.DEAD])
        mine = (messages.c.account == account) & (messages.c.state == "asked")
        with self._database.read_transaction() as connection:
            row = connection.execute(
                select(messages)
                .join(posts, posts.c.id == messages.c.post_row)
                .where(mine, ended)
                .order_by(messages.c.id)
                .limit(1)
            ).first()
            if row is None:
                return None
            found = connection.execute(select(posts).where(posts.c.id == row.post_row)).one()
        return _received(row), _earlier(found)

    def earlier_summaries(self, post: Post) -> list[EarlierSummary]:
        """All that is known of summaries of the post's link under the post, oldest first."""
        wanted = (posts.c.account == post.account) & (posts.c.post_id == post.id)
        same_link = posts.c.url_hash == link_hash(post.url)
        with self._database.read_transaction() as connection:
            found = connection.execute(select(posts).where(wanted, same_link).order_by(posts.c.id)).all()
        return [_earlier(row) for row in found]

    def request_summary(
        self, row: int, post: Post, parent_id: str, request: str | None, now: datetime
    ) -> None:
        """Put the post among those to be answered, unless it is, and let the message wait for it."""
        values = new_post_values(post, now) | {"parent_id": parent_id, "request": request}
        place = (posts.c.account == post.account) & (posts.c.post_id == post.id)
        with self._database.write_transaction() as connection:
            connection.execute(insert(posts).values(values).on_conflict_do_nothing())
            number = connection.execute(
                select(posts.c.id).where(place, posts.c.parent_id == parent_id)
            ).scalar_one()
            _set(connection, row, state="asked", post_row=number, error=None)

    def wait_for_post(self, row: int, post_row: int) -> None:
        """Let the message wait for a row that is on its way."""
        with self._database.write_transaction() as connection:
            _set(connection, row, state="asked", post_row=post_row, error=None)

    def reopen(self, row: int, now: datetime) -> None:
        """What it waited for ended without a summary: it is new again."""
        with self._database.write_transaction() as connection:
            _set(connection, row, state="new", post_row=None, due_at=now)

    def retry(self, row: int, at: datetime, error: str, *, counted: bool = True) -> None:
        with self._database.write_transaction() as connection:
            attempts = messages.c.attempts + int(counted)
            _set(connection, row, due_at=at, error=error, attempts=attempts)

    def finish(
        self,
        row: int,
        outcome: MessageOutcome,
        now: datetime,
        answer: NewOutgoingMessage | None = None,
        error: str | None = None,
    ) -> None:
        """The message was handled, and its text goes; with it, the letter that answers it is kept."""
        with self._database.write_transaction() as connection:
            if answer is not None:
                insert_message(connection, answer, now)
            post_row = connection.execute(
                select(messages.c.post_row).where(messages.c.id == row)
            ).scalar_one()
            drop = (posts.c.id == post_row) & (posts.c.state == State.SKIPPED)
            connection.execute(update(posts).where(drop).values(markdown=None))
            ended = {"state": "done", "outcome": outcome.value, "handled_at": now, "facts": None}
            _set(connection, row, **ended, error=error)

    def count_answers(self, account: str, author: str, since: datetime) -> int:
        """How often somebody was answered."""
        answered = (messages.c.outcome == MessageOutcome.ANSWERED) & (messages.c.handled_at >= since)
        waiting = messages.c.state == "asked"
        mine = (messages.c.account == account) & (messages.c.author == author)
        with self._database.read_transaction() as connection:
            return connection.execute(select(func.count()).where(mine, answered | waiting)).scalar_one()

    def erase_authors(self, before: datetime) -> int:
        """Drop who wrote the messages that were handled before then."""
        old = (messages.c.handled_at < before) & messages.c.author.is_not(None)
        with self._database.write_transaction() as connection:
            return connection.execute(update(messages).where(old).values(author=None, error=None)).rowcount

    def _next(self, account: str, state: str, now: datetime) -> ReceivedMessage | None:
        due = (messages.c.account == account) & (messages.c.state == state) & (messages.c.due_at <= now)
        with self._database.read_transaction() as connection:
            row = connection.execute(select(messages).where(due).order_by(messages.c.id).limit(1)).first()
        return None if row is None else _received(row)


def _set(connection: Connection, row: int, **values: Any) -> None:
    connection.execute(update(messages).where(messages.c.id == row).values(**values))


def _received(row: Any) -> ReceivedMessage:
    facts = {
        **row.facts,
        "via": MessageKind(row.facts["via"]),
        "sent": datetime.fromisoformat(row.facts["sent"]),
    }
    return ReceivedMessage(row.id, Message(**facts), row.attempts, row.post_row)


def _earlier(row: Any) -> EarlierSummary:
    return EarlierSummary(
        row=row.id,
        state=State(row.state),
        reason=SkipReason(row.reason) if row.reason else None,
        parent_id=row.parent_id,
        comment_url=row.comment_url,
        markdown=row.markdown,
        language=row.language,
        permalink=row.permalink,
    )
