"""Counts the replies in a community, for the maximum per day.

Each function runs in the caller's transaction, so that what it counts cannot change before the caller's
write. It is one statement. Accounts on several servers count together if they reply in the same community.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, or_, select

from bot.store.advisory_locks import LockKind, lock_function
from bot.store.database import is_pending
from bot.store.dialects import POSTGRESQL
from bot.store.post_states import State
from bot.store.tables import posts, replaced_replies

sent_at = func.coalesce(posts.c.sending_at, posts.c.done_at)
"""When the reply of a row in `posts` was sent, if it was."""


COMMUNITY_OF = select(posts.c.community).where(posts.c.id == bindparam("row_id"))
_LOCK_COMMUNITY_OF = COMMUNITY_OF.add_columns(lock_function(LockKind.COMMUNITY, posts.c.community))

# done_at is never before the send. It limits the search to an index; the time of the send decides.
_FINISHED = select(func.count()).where(
    posts.c.community == bindparam("community"),
    posts.c.done_at >= bindparam("since"),
    sent_at >= bindparam("since"),
    or_(posts.c.state == State.SENT, (posts.c.state == State.DELETED) & posts.c.sending_at.is_not(None)),
    posts.c.id != bindparam("other_than"),
)
_REPLACED = select(func.count()).where(
    replaced_replies.c.community == bindparam("community"), replaced_replies.c.sent_at >= bindparam("since")
)
_OF_COMMUNITY = select(func.count()).where(
    posts.c.community == bindparam("community"), posts.c.id != bindparam("other_than")
)
_SENDING = _OF_COMMUNITY.where(is_pending(State.SENDING))
_READY = _OF_COMMUNITY.where(is_pending(State.READY))
_sent = _FINISHED.scalar_subquery() + _REPLACED.scalar_subquery() + _SENDING.scalar_subquery()
_COUNT_SENT: Select[Any] = select(_sent)
COUNT_REPLIES: Select[Any] = select(_sent + _READY.scalar_subquery())
"""The replies that were sent since `since`, and all that are ready or being sent, without `other_than`."""


def lock_community_of(connection: Connection, row: int) -> str:
    """Lock the community of a row until the transaction ends, so that nobody else counts and adds replies.

    Returns the community. Count in a later statement: it sees what the earlier holder has committed.
    """
    statement = _LOCK_COMMUNITY_OF if connection.dialect.name == POSTGRESQL else COMMUNITY_OF
    found = connection.execute(statement, {"row_id": row}).one()
    community: str = found.community
    return community


def count_sent_replies(connection: Connection, community: str, since: datetime, other_than: int = 0) -> int:
    """The replies that were sent since `since`, and those that may have been, without the row `other_than`.

    A reply that was deleted since then counts too, also if its post was processed again.
    """
    return _count(connection, _COUNT_SENT, community, since, other_than)


def count_replies(connection: Connection, community: str, since: datetime, other_than: int = 0) -> int:
    """The replies that were sent since `since`, and all that are ready or being sent."""
    return _count(connection, COUNT_REPLIES, community, since, other_than)


def _count(
    connection: Connection, statement: Select[Any], community: str, since: datetime, other_than: int
) -> int:
    about = {"community": community, "since": since, "other_than": other_than}
    count: int = connection.execute(statement, about).scalar_one()
    return count
