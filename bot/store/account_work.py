"""Whether the queues of an account have something to do: one query, so that jobs need not ask one by one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Exists, Select, bindparam, exists, literal_column, or_, select

from bot.store.database import Database
from bot.store.post_states import State
from bot.store.read_claims import DUE_REFETCH
from bot.store.received_messages import UNFINISHED
from bot.store.sent_replies import DUE_FOR_CHECK, DUE_FOR_DELETION, NOT_DISTINGUISHED
from bot.store.tables import posts


def _finds_any(statement: Select[Any]) -> Exists:
    return statement.with_only_columns(literal_column("1")).order_by(None).limit(None).exists()


_REPLY_DUE = exists().where(
    posts.c.account == bindparam("account"),
    posts.c.state.in_([State.SENDING, State.READY]),
    posts.c.done_at.is_(None),
    posts.c.due_at <= bindparam("now"),
)
_answers: dict[str, ColumnElement[Any]] = {
    "reply": _REPLY_DUE,
    "refetch": _finds_any(DUE_REFETCH),
    "message": _finds_any(UNFINISHED),
    "follow_up": or_(*map(_finds_any, (DUE_FOR_DELETION, NOT_DISTINGUISHED, DUE_FOR_CHECK))),
}
_DUE: Select[Any] = select(*(answer.label(name) for name, answer in _answers.items()))


class DueWork(Struct, frozen=True):
    """Which queues of an account have something to do."""

    reply: bool
    """Whether a reply has to be sent or read back."""
    refetch: bool
    """Whether a post has to be read again from its platform."""
    message: bool
    """Whether any message waits to be handled or, due or not, to be sent."""
    follow_up: bool
    """Whether a sent reply has to be deleted, distinguished or checked."""


def find_due_work(database: Database, account: str, now: datetime, distinguish_since: datetime) -> DueWork:
    """Replies that were sent before `distinguish_since` are not distinguished any more."""
    found = database.first(_DUE, account=account, of_account=account, now=now, since=distinguish_since)
    assert found is not None
    return DueWork(bool(found.reply), bool(found.refetch), bool(found.message), bool(found.follow_up))
