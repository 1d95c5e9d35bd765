"""Counts the replies in a community, for the maximum per day.

Each function runs in the caller's transaction, so that what it counts cannot change before the caller's
write. Accounts on several servers count together if they reply in the same community.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, or_, select

from bot.store.database import State, is_pending
from bot.store.tables import posts, replaced_replies

sent_at = func.coalesce(posts.c.sending_at, posts.c.done_at)
"""When the reply of a row in `posts` was sent, if it was."""


def count_sent_replies(connection: Connection, community: str, since: datetime, other_than: int = 0) -> int:
    """The replies that were sent since `since`, and those that may have been, without the row `other_than`.

    A reply that was deleted since then counts too, also if its post was processed again.
    """
    # done_at is never before the send. It limits the search to an index; the time of the send decides.
    sent = posts.c.state == State.SENT
    deleted = (posts.c.state == State.DELETED) & posts.c.sending_at.is_not(None)
    finished = select(func.count()).where(
        posts.c.community == community,
        posts.c.done_at >= since,
        sent_at >= since,
        or_(sent, deleted),
        posts.c.id != other_than,
    )
    replaced = select(func.count()).where(
        replaced_replies.c.community == community, replaced_replies.c.sent_at >= since
    )
    return (
        connection.execute(finished).scalar_one()
        + connection.execute(replaced).scalar_one()
        + _count_pending(connection, community, (State.SENDING,), other_than)
    )


def count_replies(connection: Connection, community: str, since: datetime, other_than: int = 0) -> int:
    """The replies that were sent since `since`, and all that are ready or being sent."""
    return count_sent_replies(connection, community, since, other_than) + _count_pending(
        connection, community, (State.READY,), other_than
    )


def _count_pending(connection: Connection, community: str, states: tuple[State, ...], other_than: int) -> int:
    statement = select(func.count()).where(
        posts.c.community == community, is_pending(*states), posts.c.id != other_than
    )
    return connection.execute(statement).scalar_one()
