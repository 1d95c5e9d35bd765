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
from bot.store.tables import letters


@dataclass(frozen=True, slots=True)
class NewLetter:
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
class Letter:
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


class Letters:
    """Every method is one transaction; times are aware and in UTC."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self, letter: NewLetter, now: datetime) -> bool:
        """Let a letter go out; False when there is one with this key already."""
        with self._database.writing() as connection:
            return insert_letter(connection, letter, now)

    def next_draft(self, account: str, now: datetime) -> Letter | None:
        """What is to be done next: read-backs before sends, older ones first."""
        waiting = letters.c.state.in_([State.SENDING, State.READY])
        due = (letters.c.account == account) & waiting & (letters.c.due_at <= now)
        order = case((letters.c.state == State.SENDING, 0), else_=1), letters.c.id
        with self._database.reading() as connection:
            row = connection.execute(select(letters).where(due).order_by(*order).limit(1)).first()
        return None if row is None else _letter(row)

    def mark_sending(self, row: int, now: datetime, settle_at: datetime) -> None:
        """Commit that the request is about to leave; from here on only a read-back decides."""
        sends = letters.c.sends + 1
        self._set(row, state=State.SENDING, sending_at=now, due_at=settle_at, sends=sends, empty_reads=0)

    def unsettled(self, settle_at: datetime) -> int:
        """At start-up: letters found in `sending` wait out the settle time; how many there are."""
        statement = update(letters).where(letters.c.state == State.SENDING)
        with self._database.writing() as connection:
            return connection.execute(statement.values(due_at=settle_at, empty_reads=0)).rowcount

    def wait(self, row: int, until: datetime, error: str | None = None, *, empty_read: bool = False) -> None:
        """Leave the state as it is, until then."""
        values: dict[str, Any] = {"due_at": until}
        if error is not None:
            values["error"] = error
        if empty_read:
            values["empty_reads"] = letters.c.empty_reads + 1
        self._set(row, **values)

    def send_again(self, row: int, not_before: datetime, error: str) -> None:
        """It is certain that nothing was stored: back to ready."""
        self._set(row, state=State.READY, due_at=not_before, error=error)

    def say_in_private(self, row: int, now: datetime, error: str) -> None:
        """It may not stand below the comment: back to ready, for the person alone."""
        self._set(row, state=State.READY, due_at=now, error=error, comment_id=None, post_id=None, sends=0)

    def mark_sent(self, row: int, comment: Comment, now: datetime) -> None:
        self._finish(row, State.SENT, now, letter_id=comment.id, error=None)

    def skip(self, row: int, skipped: Skipped, now: datetime) -> None:
        self._finish(row, State.SKIPPED, now, reason=skipped.reason.value, error=skipped.detail or None)

    def bury(self, row: int, error: str, now: datetime) -> None:
        self._finish(row, State.DEAD, now, error=error)

    def unclaimed(self, account: str, letter_ids: tuple[str, ...]) -> list[str]:
        """Which of these messages on the platform are no other letter's, in their order."""
        known = (letters.c.account == account) & letters.c.letter_id.in_(letter_ids)
        with self._database.reading() as connection:
            claimed = set(connection.execute(select(letters.c.letter_id).where(known)).scalars())
        return [each for each in letter_ids if each not in claimed]

    def _finish(self, row: int, state: State, now: datetime, **values: Any) -> None:
        """The text goes with the end, and so does whom it was for."""
        self._set(row, state=state, done_at=now, markdown=None, person="", subject="", thread="", **values)

    def _set(self, row: int, **values: Any) -> None:
        with self._database.writing() as connection:
            connection.execute(update(letters).where(letters.c.id == row).values(**values))


def insert_letter(connection: Connection, letter: NewLetter, now: datetime) -> bool:
    values = asdict(letter) | {"state": State.READY, "due_at": now, "written_at": now}
    return bool(connection.execute(insert(letters).values(values).on_conflict_do_nothing()).rowcount)


def _letter(row: Any) -> Letter:
    return Letter(
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
