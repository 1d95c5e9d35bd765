"""The states of an item in the outbox, the same for replies and messages.

ready -> sending -> sent
  ^         |
  +- read back after the settle time: not there
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    Update,
    bindparam,
    case,
    func,
    or_,
    select,
    update,
)

from bot.core.models import Skipped
from bot.store.column_types import UtcDateTime
from bot.store.database import Database
from bot.store.post_states import State


def next_due_statement(table: Table, order: ColumnElement[Any]) -> Select[Any]:
    """The next row of `account` that is due at `now`: read-backs before sends, then by `order`.

    Every job of every account asks for it, so it is built once: building takes longer than executing.
    """
    columns = table.c
    # An item that is not finished has no done_at; this condition is for the index of these posts.
    waiting = columns.state.in_([State.SENDING, State.READY]) & columns.done_at.is_(None)
    due = (columns.account == bindparam("account")) & waiting & (columns.due_at <= bindparam("now"))
    read_backs_first = case((columns.state == State.SENDING, 0), else_=1)
    return select(table).where(due).order_by(read_backs_first, order).limit(1)


def next_due_at_statement(table: Table) -> Select[Any]:
    """When the next row of `account` is due, in each state: an index is in order only for one state."""
    columns = table.c
    of_account = (columns.account == bindparam("account")) & columns.done_at.is_(None)
    earliest = select(func.min(columns.due_at)).where(of_account)
    return select(
        *(earliest.where(columns.state == state).scalar_subquery() for state in (State.READY, State.SENDING))
    )


class OutboxStatements(Struct, frozen=True):
    """The statements for one table, which are built once: building takes longer than executing."""

    next_due_at: Select[Any]
    change: Update
    """Of a row that is not finished."""
    start_sending: Update
    count_refused: Update
    count_empty_read: Update
    cancel_send: Update
    settle_again: Update


@cache
def statements_for(table: Table) -> OutboxStatements:
    columns = table.c
    # What was sent stays sent, also if a process that was paused believes that its request failed.
    of_row = update(table).where(columns.id == bindparam("row_id"))
    change = of_row.where(or_(columns.state == State.READY, columns.state == State.SENDING))
    settle_at = bindparam("settle_at", type_=UtcDateTime)
    later = case((columns.due_at > settle_at, columns.due_at), else_=settle_at)
    return OutboxStatements(
        next_due_at=next_due_at_statement(table),
        change=change,
        start_sending=of_row.where(columns.state == State.READY).values(
            state=State.SENDING, sends=columns.sends + 1, empty_reads=0
        ),
        count_refused=change.values(refused_sends=columns.refused_sends + 1),
        count_empty_read=change.values(empty_reads=columns.empty_reads + 1),
        cancel_send=change.where(columns.state == State.SENDING).values(
            state=State.READY,
            sends=columns.sends - 1,
            sending_at=case((columns.sends > 1, columns.sending_at)),
        ),
        settle_again=update(table)
        .where(columns.account == bindparam("of_account"), columns.state == State.SENDING)
        .where(columns.done_at.is_(None))
        .values(empty_reads=0, due_at=later),
    )


class OutboxTable:
    """Every method is one transaction; times are aware and in UTC."""

    def __init__(self, database: Database, table: Table) -> None:
        self._database = database
        self._columns = table.c
        self._table = table
        self._statements = statements_for(table)

    def next_due_at(self, account: str) -> datetime | None:
        """When the account's next item is due, which may be in the past; None without one."""
        return self._database.earliest(self._statements.next_due_at, account=account)

    def mark_sending(self, row: int, now: datetime, settle_at: datetime) -> Skipped | bool:
        """Commit that the request is about to be sent. From then on, only a read-back decides.

        False if the row is no longer ready, for example because the reply was withdrawn in the meantime.
        """
        parameters = {"row_id": row, "sending_at": now, "due_at": settle_at}
        with self._database.write_transaction() as connection:
            return bool(connection.execute(self._statements.start_sending, parameters).rowcount)

    def restart_settling(self, settle_at: datetime) -> int:
        """At start-up: let rows in `sending` wait for the settle time again; return how many there are."""
        unfinished = self._columns.done_at.is_(None)
        statement = update(self._table).where(self._columns.state == State.SENDING, unfinished)
        with self._database.write_transaction() as connection:
            return connection.execute(statement.values(due_at=settle_at, empty_reads=0)).rowcount

    def settle_again(self, account: str, settle_at: datetime) -> int:
        """At a takeover: let the account's rows in `sending` wait at least until `settle_at`.

        Return how many there are. A longer wait for a leader before the last one is kept.
        """
        with self._database.write_transaction() as connection:
            changed = connection.execute(
                self._statements.settle_again, {"of_account": account, "settle_at": settle_at}
            )
            return changed.rowcount

    def postpone(
        self,
        row: int,
        until: datetime,
        error: str | None = None,
        *,
        empty_read: bool = False,
        planned: bool = False,
    ) -> None:
        """Keep the state; the row is due again at `until`. It is not overdue before if that is `planned`."""
        values: dict[str, Any] = {"due_at": until, **self._planned_wait(until, planned)}
        if error is not None:
            values["error"] = error
        self._update(row, self._statements.count_empty_read if empty_read else None, **values)

    def count_refused_send(self, row: int) -> None:
        """The platform answered the last request clearly, and stored nothing. The state stays."""
        self._update(row, self._statements.count_refused)

    def return_to_ready(self, row: int, not_before: datetime, error: str, *, planned: bool = False) -> None:
        """It is certain that the platform stored nothing."""
        planned_wait = self._planned_wait(not_before, planned)
        self._update(row, state=State.READY, due_at=not_before, error=error, **planned_wait)

    def cancel_send(self, row: int, not_before: datetime, error: str) -> None:
        """It is certain that the request was not sent, so it does not count as one."""
        self._update(row, self._statements.cancel_send, due_at=not_before, error=error)

    def _planned_wait(self, until: datetime, planned: bool) -> dict[str, datetime]:
        """What a row stores about a wait. Messages store nothing: nobody is told that they are overdue."""
        del until, planned
        return {}

    def _update(self, row: int, statement: Update | None = None, /, **values: Any) -> None:
        """Change a row that is not finished.

        A `statement` is `change` with expressions; `values` are plain values.
        """
        with self._database.write_statement() as connection:
            connection.execute(
                self._statements.change if statement is None else statement, {"row_id": row, **values}
            )
