"""What the bot has to say to people, on its way out: in private, or below their comments.

ready -> sending -> sent
  ^         |
  +- read back: not there, after the settle time
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.core.models import Comment, Skipped
from bot.store.database import Database, State
from bot.store.tables import outgoing_messages


@dataclass(frozen=True, slots=True)
class NewOutgoingMessage:
    """Something to say to one person."""

    account: str
    key: str
    """What it is for: of two letters with one key, only the first is kept."""
    person: str
    """As authors of messages are named; on Reddit also `r/NAME`, its moderators."""
    markdown: str
    since: datetime
    """No letter that says the same can have been sent before: where a read-back begins."""
    subject: str = ""
    thread: str = ""
    language: str | None = None
    community: str = ""
    post_id: str | None = None
    comment_id: str | None = None
    """Both set: below that comment; in private otherwise."""


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A letter on its way out."""

    row: int
    person: str
    subject: str
    thread: str
    community: str
    post_id: str | None
    comment_id: str | None
    markdown: str
    language: str | None
    since: datetime
    state: State
    sends: int
    empty_reads: int


class OutgoingMessages:
    """Every method is one transaction; times are aware and in UTC."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, message: NewOutgoingMessage, now: datetime) -> bool:
        """Let a letter go out; False when there is one with this key already."""
        with self._database.write_transaction() as connection:
            return insert_message(connection, message, now)

    def next_due(self, account: str, now: datetime) -> OutgoingMessage | None:
        """What is to be done next: read-backs before sends, older ones first."""
        waiting = outgoing_messages.c.state.in_([State.SENDING, State.READY])
        due = (outgoing_messages.c.account == account) & waiting & (outgoing_messages.c.due_at <= now)
        order = case((outgoing_messages.c.state == State.SENDING, 0), else_=1), outgoing_messages.c.id
        with self._database.read_transaction() as connection:
            row = connection.execute(select(outgoing_messages).where(due).order_by(*order).limit(1)).first()
        return None if row is None else _letter(row)

    def mark_sending(self, row: int, now: datetime, settle_at: datetime) -> None:
        """Commit that the request is about to leave; from here on only a read-back decides."""
        sends = outgoing_messages.c.sends + 1
        self._set(row, state=State.SENDING, sending_at=now, due_at=settle_at, sends=sends, empty_reads=0)

    def restart_settling(self, settle_at: datetime) -> int:
        """At start-up: letters found in `sending` wait out the settle time; how many there are."""
        statement = update(outgoing_messages).where(outgoing_messages.c.state == State.SENDING)
        with self._database.write_transaction() as connection:
            return connection.execute(statement.values(due_at=settle_at, empty_reads=0)).rowcount

    def postpone(
        self, row: int, until: datetime, error: str | None = None, *, empty_read: bool = False
    ) -> None:
        """Leave the state as it is, until then."""
        values: dict[str, Any] = {"due_at": until}
        if error is not None:
            values["error"] = error
        if empty_read:
            values["empty_reads"] = outgoing_messages.c.empty_reads + 1
        self._set(row, **values)

    def return_to_ready(self, row: int, not_before: datetime, error: str) -> None:
        """It is certain that nothing was stored: back to ready."""
        self._set(row, state=State.READY, due_at=not_before, error=error)

    def send_privately(self, row: int, now: datetime, error: str) -> None:
        """It may not stand below the comment: back to ready, for the person alone."""
        self._set(row, state=State.READY, due_at=now, error=error, comment_id=None, post_id=None, sends=0)

    def mark_sent(self, row: int, comment: Comment, now: datetime) -> None:
        self._finish(row, State.SENT, now, letter_id=comment.id, error=None)

    def skip(self, row: int, skipped: Skipped, now: datetime) -> None:
        self._finish(row, State.SKIPPED, now, reason=skipped.reason.value, error=skipped.detail or None)

    def mark_dead(self, row: int, error: str, now: datetime) -> None:
        self._finish(row, State.DEAD, now, error=error)

    def unrecorded(self, account: str, message_ids: tuple[str, ...]) -> list[str]:
        """Which of these messages on the platform are no other letter's, in their order."""
        known = (outgoing_messages.c.account == account) & outgoing_messages.c.letter_id.in_(message_ids)
        with self._database.read_transaction() as connection:
            claimed = set(connection.execute(select(outgoing_messages.c.letter_id).where(known)).scalars())
        return [each for each in message_ids if each not in claimed]

    def _finish(self, row: int, state: State, now: datetime, **values: Any) -> None:
        """The text goes with the end, and so does whom it was for."""
        self._set(row, state=state, done_at=now, markdown=None, person="", subject="", thread="", **values)

    def _set(self, row: int, **values: Any) -> None:
        with self._database.write_transaction() as connection:
            connection.execute(
                update(outgoing_messages).where(outgoing_messages.c.id == row).values(**values)
            )


def insert_message(connection: Connection, message: NewOutgoingMessage, now: datetime) -> bool:
    values = asdict(message) | {"state": State.READY, "due_at": now, "written_at": now}
    return bool(
        connection.execute(insert(outgoing_messages).values(values).on_conflict_do_nothing()).rowcount
    )


def _letter(row: Any) -> OutgoingMessage:
    return OutgoingMessage(
        row=row.id,
        person=row.person,
        subject=row.subject,
        thread=row.thread,
        community=row.community,
        post_id=row.post_id,
        comment_id=row.comment_id,
        markdown=row.markdown,
        language=row.language,
        since=row.since,
        state=State(row.state),
        sends=row.sends,
        empty_reads=row.empty_reads,
    )
