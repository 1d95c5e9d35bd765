"""Counts the replies in a community, for the maximum per day.

Each function runs in the caller's transaction, so that what it counts cannot change before the caller's
write. Accounts on several servers count together if they reply in the same community.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, or_, select

from bot.store.database import State, is_pending
from bot.store.tables import posts, replaced_replies

sent_at = func.coalesce(posts.c.sending_at, posts.c.done_at)
"""When the reply of a row in `posts` was sent, if it was."""


COMMUNITY_OF = select(posts.c.community).where(posts.c.id == bindparam("row_id"))

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


def count_sent_replies(connection: Connection, community: str, since: datetime, other_than: int = 0) -> int:
    """The replies that were sent since `since`, and those that may have been, without the row `other_than`.

    A reply that was deleted since then counts too, also if its post was processed again.
    """
    mine = {"community": community, "other_than": other_than}
    recent = {"community": community, "since": since}
    return (
        connection.execute(_FINISHED, mine | recent).scalar_one()
        + connection.execute(_REPLACED, recent).scalar_one()
        + connection.execute(_SENDING, mine).scalar_one()
    )


def count_replies(connection: Connection, community: str, since: datetime, other_than: int = 0) -> int:
    """The replies that were sent since `since`, and all that are ready or being sent."""
    ready = connection.execute(_READY, {"community": community, "other_than": other_than}).scalar_one()
    return count_sent_replies(connection, community, since, other_than) + ready
