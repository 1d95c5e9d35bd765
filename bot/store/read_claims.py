"""Posts that the nodes of a cluster read: a claim for each task, and posts that only their leader can fetch.

A post's row is the truth. A task only says which row to look at, so it does no harm twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import Connection, bindparam, false, func, or_, select, update

from bot.core.models import Post
from bot.store.database import Database, is_pending
from bot.store.post_queue import CLAIMED, ClaimedPost, claimed_post_of
from bot.store.post_rows import content_of, source_hash
from bot.store.post_states import State
from bot.store.read_queue import ReadQueue
from bot.store.tables import posts

_unleased = or_(posts.c.lease_until.is_(None), posts.c.lease_until <= bindparam("now"))
_is_due = is_pending(State.DISCOVERED) & (posts.c.due_at <= bindparam("now")) & _unleased
_may_be_read = _is_due & func.coalesce(posts.c.refetch, false()).is_(False)
_claimed = (*CLAIMED, posts.c.refetched_at)
_CLAIM = (
    update(posts)
    .where(posts.c.id == bindparam("row_id"), _may_be_read)
    .values(lease_until=bindparam("lease_end"))
    .returning(*_claimed)
)
_of_discovered = update(posts).where(posts.c.id == bindparam("row_id"), is_pending(State.DISCOVERED))
_REQUEST_REFETCH = _of_discovered.values(refetch=True, lease_until=None)
DUE_REFETCH = (
    select(posts.c.id)
    .where(_is_due, posts.c.account == bindparam("of_account"), posts.c.refetch)
    .order_by(posts.c.due_at)
    .limit(1)
)
_CLAIM_REFETCH = (
    update(posts)
    .where(posts.c.id.in_(DUE_REFETCH))
    .values(lease_until=bindparam("lease_end"))
    .returning(*_claimed)
)
_SAVE_REFETCHED = _of_discovered.values(refetch=None, lease_until=None)
_RELEASE_OWN = _of_discovered.where(posts.c.lease_until == bindparam("lease_end")).values(lease_until=None)
_RELEASE = update(posts).where(
    is_pending(State.DISCOVERED), posts.c.id.in_(bindparam("row_ids", expanding=True))
)


class ReadClaim(Struct, frozen=True):
    """A post that a node may process until its lease ends."""

    post: ClaimedPost
    refetched_at: datetime | None
    """When the account's leader last read the post again from its platform."""


class ReadClaims:
    """Every method is one transaction; times are aware and in UTC."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, row: int, now: datetime, lease: timedelta) -> ReadClaim | None:
        """Lease a row; None if it is not due, is leased, or waits for its leader."""
        found = self._database.write_one(_CLAIM, row_id=row, now=now, lease_end=now + lease)
        if found is None:
            return None
        return ReadClaim(claimed_post_of(found), found.refetched_at)

    def release(self, row: int, lease_end: datetime) -> None:
        """End a lease before its time, unless the post has another one by now."""
        with self._database.write_statement() as connection:
            connection.execute(_RELEASE_OWN, {"row_id": row, "lease_end": lease_end})

    def request_refetch(self, row: int) -> None:
        """Only the leader of the account can read the post again; then a node goes on with it."""
        with self._database.write_statement() as connection:
            connection.execute(_REQUEST_REFETCH, {"row_id": row})

    def claim_refetch(self, account: str, now: datetime, lease: timedelta) -> ClaimedPost | None:
        """Lease a post of the account that has to be read again; None if there is none."""
        about = {"of_account": account, "now": now}
        if self._database.first(DUE_REFETCH, **about) is None:
            return None  # without a write transaction
        with self._database.write_transaction() as connection:
            found = connection.execute(_CLAIM_REFETCH, {**about, "lease_end": now + lease}).first()
        return None if found is None else claimed_post_of(found)

    def save_refetched(self, row: int, post: Post, now: datetime, tasks: ReadQueue) -> None:
        """Save the current version of a post, and let a node process it."""
        values = {"url_hash": source_hash(post), "content": content_of(post), "refetched_at": now}
        with self._database.write_transaction() as connection:
            connection.execute(_SAVE_REFETCHED, {"row_id": row, **values})
            tasks.add(connection, [row])


def release_leases(connection: Connection, rows: Sequence[int]) -> None:
    """End the leases of a node that died, so that another one can claim these posts."""
    connection.execute(_RELEASE, {"row_ids": list(rows), "lease_until": None})
