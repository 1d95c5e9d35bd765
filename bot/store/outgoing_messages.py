"""Messages in the outbox: private messages, and answers to comments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Connection, Row, bindparam, select, update

from bot.core.models import Comment, Skipped
from bot.store.database import Database
from bot.store.dialects import insert
from bot.store.outbox_table import OutboxTable, next_due_statement
from bot.store.post_states import State
from bot.store.tables import outgoing_messages


class NewOutgoingMessage(Struct, frozen=True):
    """A message to one person."""

    account: str
    idempotency_key: str
    """Of two messages with the same key, only the first is sent."""
    recipient: str
    """Spelled like the authors of messages; on Reddit also `r/NAME`, its moderators."""
    markdown: str
    read_back_from: datetime
    """The same message cannot have been sent before this time; a read-back starts here."""
    subject: str = ""
    thread: str = ""
    language: str | None = None
    community: str = ""
    post_id: str | None = None
    comment_id: str | None = None
    """With `post_id` and `comment_id`, the message answers that comment; otherwise it is private."""


class OutgoingMessage(Struct, frozen=True):
    row: int
    recipient: str
    subject: str
    thread: str
    community: str
    post_id: str | None
    comment_id: str | None
    markdown: str
    language: str | None
    read_back_from: datetime
    state: State
    sending_at: datetime | None
    """When the request was last sent."""
    sends: int
    refused_sends: int
    """How many of these the platform clearly refused."""
    empty_reads: int


_ERASED = {"markdown": None, "recipient": "", "subject": "", "thread": ""}
_NEXT_DUE = next_due_statement(outgoing_messages, outgoing_messages.c.id)
_RECORD_SENT = update(outgoing_messages).where(
    outgoing_messages.c.id == bindparam("row_id"), outgoing_messages.c.state != State.SENT
)


class OutgoingMessages(OutboxTable):
    """Every method is one transaction; times are aware and in UTC."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, outgoing_messages)

    def add(self, message: NewOutgoingMessage, now: datetime) -> bool:
        """Put a message into the outbox; False if there is one with the same key."""
        with self._database.write_transaction() as connection:
            return insert_message(connection, message, now)

    def next_due(self, account: str, now: datetime) -> OutgoingMessage | None:
        """The account's next message: read-backs before sends, older messages first."""
        row = self._database.first(_NEXT_DUE, account=account, now=now)
        return None if row is None else _message_of(row)

    def send_privately(self, row: int, now: datetime, error: str) -> None:
        """The platform refused it as a comment: back to ready, as a private message."""
        self._update(row, state=State.READY, due_at=now, error=error, comment_id=None, post_id=None, sends=0)

    def mark_sent(self, row: int, comment: Comment, now: datetime) -> None:
        """Record that the platform has the message. It counts in every state before: the message is there.

        So it is also recorded for an account that another node leads by now.
        """
        final = {"state": State.SENT, "done_at": now, **_ERASED, "message_id": comment.id, "error": None}
        with self._database.unguarded.write_transaction() as connection:
            connection.execute(_RECORD_SENT, {"row_id": row, **final})

    def skip(self, row: int, skipped: Skipped, now: datetime) -> None:
        self._finish(row, State.SKIPPED, now, reason=skipped.reason.value, error=skipped.detail or None)

    def mark_dead(self, row: int, error: str, now: datetime) -> None:
        self._finish(row, State.DEAD, now, error=error)

    def unrecorded(self, account: str, message_ids: tuple[str, ...]) -> list[str]:
        """The ids among `message_ids` that no row of the account has, in their order."""
        known = (outgoing_messages.c.account == account) & outgoing_messages.c.message_id.in_(message_ids)
        with self._database.read_transaction() as connection:
            recorded = set(connection.execute(select(outgoing_messages.c.message_id).where(known)).scalars())
        return [message_id for message_id in message_ids if message_id not in recorded]

    def _finish(self, row: int, state: State, now: datetime, **values: Any) -> None:
        """End in a final state, and erase the text and the recipient."""
        self._update(row, state=state, done_at=now, **_ERASED, **values)


def insert_message(connection: Connection, message: NewOutgoingMessage, now: datetime) -> bool:
    values = asdict(message) | {"state": State.READY, "due_at": now, "created_at": now}
    statement = insert(outgoing_messages).values(values).on_conflict_do_nothing()
    return bool(connection.execute(statement).rowcount)


def _message_of(row: Row[Any]) -> OutgoingMessage:
    return OutgoingMessage(
        row=row.id,
        recipient=row.recipient,
        subject=row.subject,
        thread=row.thread,
        community=row.community,
        post_id=row.post_id,
        comment_id=row.comment_id,
        markdown=row.markdown,
        language=row.language,
        read_back_from=row.read_back_from,
        state=State(row.state),
        sending_at=row.sending_at,
        sends=row.sends,
        refused_sends=row.refused_sends,
        empty_reads=row.empty_reads,
    )
