"""What happened to posts since a time, for programs of the operator. No text of strangers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct
from sqlalchemy import or_, select

from bot.core.deletion_causes import DeletionCause
from bot.store.database import Database
from bot.store.dialects import insert
from bot.store.post_states import State
from bot.store.tables import meta, muted_communities, posts

_KINDS = {
    State.SENT: "reply",
    State.SKIPPED: "skip",
    State.DELETED: "deletion",
    State.DEAD: "failure",
}
BAN = "ban"
ALL_KINDS = (*_KINDS.values(), BAN)
_CURSOR = "events sent until"


class OutcomeEvent(Struct, frozen=True):
    """One thing that happened."""

    id: str
    """The same if the event is sent again."""
    event: str
    """`reply`, `skip`, `deletion`, `failure` or `ban`."""
    time: datetime
    account: str
    community: str
    post_url: str | None = None
    reply_url: str | None = None
    reason: str | None = None
    """The code of the skip reason or of the cause of a deletion."""
    requested: bool = False
    """Whether somebody asked for the reply."""


class OutcomeEvents:
    """Every method is one transaction; times are aware and in UTC."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sent_until(self) -> datetime | None:
        """The time of the newest event that was sent; None if none ever was."""
        with self._database.read_transaction() as connection:
            return connection.execute(select(meta.c.time).where(meta.c.name == _CURSOR)).scalar_one_or_none()

    def record_sent_until(self, time: datetime) -> None:
        statement = insert(meta).values(name=_CURSOR, time=time)
        with self._database.write_transaction() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"time": time}))

    def after(self, time: datetime, kinds: Collection[str], limit: int) -> tuple[OutcomeEvent, ...]:
        """The first `limit` events of these kinds after `time`, oldest first."""
        found = self._outcomes(time, kinds, limit) + (self._bans(time, limit) if BAN in kinds else [])
        return tuple(sorted(found, key=lambda event: (event.time, event.id))[:limit])

    def _outcomes(self, time: datetime, kinds: Collection[str], limit: int) -> list[OutcomeEvent]:
        states = [state for state, kind in _KINDS.items() if kind in kinds]
        # A reply that was withdrawn before it was sent was not deleted from anywhere.
        was_sent = or_(posts.c.state != State.DELETED, posts.c.sending_at.is_not(None))
        statement = (
            select(posts)
            .where(posts.c.done_at > time, posts.c.state.in_(states), was_sent)
            .order_by(posts.c.done_at, posts.c.id)
            .limit(limit)
        )
        with self._database.read_transaction() as connection:
            rows = connection.execute(statement).all()
        return [
            OutcomeEvent(
                id=f"{row.id}-{row.state}-{row.done_at:%Y%m%dT%H%M%S}",
                event=_KINDS[State(row.state)],
                time=row.done_at,
                account=row.account,
                community=row.community,
                post_url=row.permalink,
                reply_url=row.comment_url,
                reason=_reason_of(State(row.state), row.reason, row.error),
                requested=row.request is not None,
            )
            for row in rows
        ]

    def _bans(self, time: datetime, limit: int) -> list[OutcomeEvent]:
        statement = (
            select(muted_communities)
            .where(muted_communities.c.muted_at > time)
            .order_by(muted_communities.c.muted_at)
            .limit(limit)
        )
        with self._database.read_transaction() as connection:
            rows = connection.execute(statement).all()
        return [
            OutcomeEvent(
                id=f"{row.account}-{row.community}-{row.muted_at:%Y%m%dT%H%M%S}",
                event=BAN,
                time=row.muted_at,
                account=row.account,
                community=row.community,
            )
            for row in rows
        ]


def _reason_of(state: State, reason: str | None, error: str | None) -> str | None:
    return DeletionCause.of_text(error).value if state is State.DELETED else reason
