"""Messages to the bot. Each is stored once, and its text is erased when it is handled.

new -> done(outcome)
 |      ^
 +-> waiting: until a post's row is finished, then done, or new again
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Connection, String, bindparam, cast, func, literal, or_, select, update

from bot.core.messages import Message, MessageKind, Priority
from bot.core.models import Post
from bot.core.skip_reasons import SkipReason
from bot.store.advisory_locks import LockKind, lock_for_transaction
from bot.store.database import Database
from bot.store.database_errors import stored_value
from bot.store.dialects import insert
from bot.store.outgoing_messages import NewOutgoingMessage, insert_message
from bot.store.post_rows import link_hash, new_post_values
from bot.store.post_states import State
from bot.store.tables import outgoing_messages, posts, received_messages

_columns = received_messages.c
_of_account = _columns.account == bindparam("account")
_KNOWN = select(_columns.message_id).where(
    _of_account, _columns.message_id.in_(bindparam("message_ids", expanding=True))
)
# Every check of an inbox executes these, so they are built once: building takes longer than executing.
_NEXT_NEW = (
    select(received_messages)
    .where(_of_account, _columns.state == "new", _columns.due_at <= bindparam("now"))
    .where(_columns.priority <= bindparam("lowest"))
    .order_by(_columns.priority, _columns.id)
    .limit(1)
)
_NEXT_DUE_AT = select(func.min(_columns.due_at)).where(_of_account, _columns.state == "new")
_NEXT_WITH_FINISHED_POST = (
    select(received_messages)
    .join(posts, posts.c.id == _columns.post_row)
    .where(_of_account, _columns.state == "waiting")
    .where(posts.c.state.in_([State.SENT, State.DELETED, State.SKIPPED, State.DEAD]))
    .order_by(_columns.id)
    .limit(1)
)
_outgoing = outgoing_messages.c
_unsent = select(_outgoing.id).where(
    _outgoing.account == bindparam("account"),
    _outgoing.state.in_([State.SENDING, State.READY]),
    _outgoing.done_at.is_(None),
)
UNFINISHED = select(literal(1)).where(
    or_(
        select(_columns.id).where(_of_account, _columns.state.in_(["new", "waiting"])).exists(),
        _unsent.exists(),
    )
)


class MessageOutcome(StrEnum):
    """How a message was handled."""

    ANSWERED = "answered"
    NOTED = "noted"
    """Handled, and needs no answer."""
    BOT = "bot"
    GONE = "gone"
    OLD = "old"
    LIMIT = "limit"
    """Its author had sent the maximum number of messages for a day before it."""
    FAILED = "failed"


class ReceivedMessage(Struct, frozen=True):
    """A message that is not handled yet."""

    row: int
    message: Message
    attempts: int
    post_row: int | None
    priority: Priority = Priority.OTHER


class EarlierSummary(Struct, frozen=True):
    """The outcome of an earlier summary of the same link under the same post."""

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

    def add(self, message: Message, now: datetime, priority: Priority = Priority.OTHER) -> bool:
        """Store a message; False if it was stored before."""
        values = {
            "account": message.account,
            "message_id": message.id,
            "kind": message.via.value,
            "author": message.author,
            "content": {**asdict(message), "sent": message.sent.isoformat(), "receipt": ""},
            "state": "new",
            "due_at": now,
            "received_at": now,
            "priority": priority.value,
        }
        statement = insert(received_messages).values(values)
        with self._database.write_transaction() as connection:
            return bool(connection.execute(statement.on_conflict_do_nothing()).rowcount)

    def known_ids(self, account: str, message_ids: list[str]) -> frozenset[str]:
        """Those of the ids whose messages were stored before."""
        if not message_ids:
            return frozenset()
        found = self._database.all_rows(_KNOWN, account=account, message_ids=message_ids)
        return frozenset(row.message_id for row in found)

    def last_community(self, account: str, author: str, since: datetime) -> str | None:
        """The community that the newest answer since `since` to a person's messages was about."""
        answers = outgoing_messages.c
        statement = (
            select(answers.community)
            .join(
                received_messages,
                (answers.account == _columns.account)
                & (answers.idempotency_key == "message-" + cast(_columns.id, String)),
            )
            .where(_columns.account == account, _columns.author == author, _columns.received_at >= since)
            .where(answers.community != "")
            .order_by(_columns.id.desc())
            .limit(1)
        )
        with self._database.read_transaction() as connection:
            return connection.execute(statement).scalar()

    def has_unfinished(self, account: str) -> bool:
        """Whether any message waits to be handled or, due or not, to be sent.

        Nearly always none does. So this asks once for what the next methods would ask one by one.
        """
        return self._database.has_row(UNFINISHED, account=account)

    def next_new(
        self, account: str, now: datetime, lowest: Priority = Priority.OTHER
    ) -> ReceivedMessage | None:
        """The oldest new message that is due, of the highest priority; none below `lowest`."""
        row = self._database.first(_NEXT_NEW, account=account, now=now, lowest=lowest.value)
        return None if row is None else _message_of(row)

    def next_due_at(self, account: str) -> datetime | None:
        """When the next new message is due, which may be in the past; None without one."""
        return self._database.earliest(_NEXT_DUE_AT, account=account)

    def next_with_finished_post(
        self, account: str, now: datetime
    ) -> tuple[ReceivedMessage, EarlierSummary] | None:
        """The oldest message whose post is finished."""
        if not self._database.has_row(_NEXT_WITH_FINISHED_POST, account=account):
            return None
        with self._database.read_transaction() as connection:
            row = connection.execute(_NEXT_WITH_FINISHED_POST, {"account": account}).first()
            if row is None:
                return None
            found = connection.execute(select(posts).where(posts.c.id == row.post_row)).one()
            return _message_of(row), _summary_of(found)

    def earlier_summaries(self, post: Post) -> list[EarlierSummary]:
        """All summaries of the post's link under the post, oldest first."""
        same_post = (posts.c.account == post.account) & (posts.c.post_id == post.id)
        same_link = posts.c.url_hash == link_hash(post.url)
        with self._database.read_transaction() as connection:
            found = connection.execute(select(posts).where(same_post, same_link).order_by(posts.c.id)).all()
        return [_summary_of(row) for row in found]

    def request_summary(
        self,
        row: int,
        post: Post,
        parent_id: str,
        request: str | None,
        now: datetime,
        *,
        link_in_request: bool | None = None,
    ) -> None:
        """Queue the post unless it is queued, and let the message wait for it.

        `link_in_request` is whether the message names the link, instead of the post; None if unknown.
        """
        about = {"parent_id": parent_id, "request": request, "link_in_request": link_in_request}
        values = new_post_values(post, now) | about
        same_post = (posts.c.account == post.account) & (posts.c.post_id == post.id)
        with self._database.write_transaction() as connection:
            connection.execute(insert(posts).values(values).on_conflict_do_nothing())
            post_row = connection.execute(
                select(posts.c.id).where(same_post, posts.c.parent_id == parent_id)
            ).scalar_one()
            _set(connection, row, state="waiting", post_row=post_row, error=None)

    def wait_for_post(self, row: int, post_row: int) -> None:
        """Let the message wait for a post that is queued."""
        with self._database.write_transaction() as connection:
            _set(connection, row, state="waiting", post_row=post_row, error=None)

    def reopen(self, row: int, now: datetime) -> None:
        """The post was finished without a summary: the message is new again."""
        with self._database.write_transaction() as connection:
            _set(connection, row, state="new", post_row=None, due_at=now)

    def retry(self, row: int, at: datetime, error: str, *, counted: bool = True) -> None:
        with self._database.write_transaction() as connection:
            attempts = received_messages.c.attempts + int(counted)
            _set(connection, row, due_at=at, error=error, attempts=attempts)

    def finish(
        self,
        row: int,
        outcome: MessageOutcome,
        now: datetime,
        answer: NewOutgoingMessage | None = None,
        error: str | None = None,
    ) -> None:
        """Record that the message was handled, erase its text and queue its answer, in one transaction."""
        with self._database.write_transaction() as connection:
            _finish(connection, row, outcome, now, answer, error)

    def begin_work(self, received: ReceivedMessage, now: datetime, since: datetime, limit: int) -> bool:
        """Record, before the work, that a message causes some; False if its author has used up the limit.

        Counts the author's messages since `since` on all accounts, those with `Priority.OTHER` and all
        others apart. A message counts once, however often it is tried.
        """
        columns = received_messages.c
        is_other = columns.priority == Priority.OTHER.value
        same_kind = is_other if received.priority is Priority.OTHER else ~is_other
        counted = (columns.author == received.message.author) & (columns.work_began_at >= since) & same_kind
        with self._database.write_transaction() as connection:
            lock_for_transaction(connection, LockKind.PERSON, received.message.author)
            began = select(columns.work_began_at).where(columns.id == received.row)
            if connection.execute(began).scalar_one() is not None:
                return True
            if connection.execute(select(func.count()).where(counted)).scalar_one() >= limit:
                return False
            _set(connection, received.row, work_began_at=now)
            return True

    def finish_over_limit(
        self, received: ReceivedMessage, now: datetime, since: datetime, answer: NewOutgoingMessage
    ) -> None:
        """Record that the author's limit was used up. The first such message since `since` is answered.

        Messages to all accounts count, which other nodes may handle at the same moment.
        """
        columns, author = received_messages.c, received.message.author
        over = (columns.author == author) & (columns.outcome == MessageOutcome.LIMIT)
        told = select(columns.id).where(over, columns.handled_at >= since).limit(1)
        with self._database.write_transaction() as connection:
            lock_for_transaction(connection, LockKind.PERSON, author)
            first = connection.execute(told).first() is None
            _finish(connection, received.row, MessageOutcome.LIMIT, now, answer if first else None)

    def erase_authors(self, before: datetime) -> int:
        """Erase the authors of messages that were handled before `before`; return how many."""
        old = (received_messages.c.handled_at < before) & received_messages.c.author.is_not(None)
        statement = update(received_messages).where(old).values(author=None, error=None)
        with self._database.write_transaction() as connection:
            return connection.execute(statement).rowcount


def _finish(
    connection: Connection,
    row: int,
    outcome: MessageOutcome,
    now: datetime,
    answer: NewOutgoingMessage | None = None,
    error: str | None = None,
) -> None:
    if answer is not None:
        insert_message(connection, answer, now)
    post_row = connection.execute(
        select(received_messages.c.post_row).where(received_messages.c.id == row)
    ).scalar_one()
    unsent = (posts.c.id == post_row) & posts.c.state.in_([State.SKIPPED, State.DEAD])
    connection.execute(update(posts).where(unsent).values(markdown=None))
    handled = {"state": "done", "outcome": outcome.value, "handled_at": now, "content": None}
    _set(connection, row, **handled, error=error)


def _set(connection: Connection, row: int, **values: Any) -> None:
    connection.execute(update(received_messages).where(received_messages.c.id == row).values(**values))


def _message_of(row: Any) -> ReceivedMessage:
    with stored_value("a message"):
        content = {
            **row.content,
            "via": MessageKind(row.content["via"]),
            "sent": datetime.fromisoformat(row.content["sent"]),
        }
        return ReceivedMessage(row.id, Message(**content), row.attempts, row.post_row, Priority(row.priority))


def _summary_of(row: Any) -> EarlierSummary:
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
