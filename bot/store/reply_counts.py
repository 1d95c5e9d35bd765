"""Counts the replies in a community, for the maximum per day.

The counts are parts of the statements that write, in a transaction that has locked the community. So they
cannot change before the write. Accounts on several servers count together if they reply in one community.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    bindparam,
    func,
    literal_column,
    or_,
    select,
)

from bot.core.daily_cap import DailyCap
from bot.core.models import Skipped
from bot.store.column_types import RowId, String
from bot.store.post_states import State
from bot.store.tables import posts, replaced_replies
from bot.store.write_queries import WriteQueries

sent_at = func.coalesce(posts.c.sending_at, posts.c.done_at)
"""When the reply of a row in `posts` was sent, if it was."""


_others = posts.alias()


def _count_sent(community: ColumnElement[str], other_than: ColumnElement[int]) -> ColumnElement[int]:
    of_community = select(func.count()).where(_others.c.community == community, _others.c.id != other_than)
    replaced = select(func.count()).where(replaced_replies.c.community == community)
    # done_at is never before the send. It limits the search to an index; the time of the send decides.
    finished = of_community.where(
        _others.c.done_at >= bindparam("since"),
        func.coalesce(_others.c.sending_at, _others.c.done_at) >= bindparam("since"),
        or_(
            _others.c.state == State.SENT,
            (_others.c.state == State.DELETED) & _others.c.sending_at.is_not(None),
        ),
    )
    return (
        finished.scalar_subquery()
        + replaced.where(replaced_replies.c.sent_at >= bindparam("since")).scalar_subquery()
        + _count_pending(State.SENDING, community, other_than)
    )


def _count_pending(
    state: State, community: ColumnElement[str], other_than: ColumnElement[int]
) -> ColumnElement[int]:
    return (
        select(func.count())
        .where(_others.c.community == community, _others.c.id != other_than)
        .where(_others.c.state == state, _others.c.done_at.is_(None))
        .scalar_subquery()
    )


_community: BindParameter[str] = bindparam("community", type_=String)
_nothing = literal_column("0", Integer)
COUNT_REPLIES: Select[Any] = select(
    _count_sent(_community, _nothing) + _count_pending(State.READY, _community, _nothing)
)
"""The replies in `community` that were sent since `since`, and all that are ready or being sent."""

_row: BindParameter[int] = bindparam("row_id", type_=RowId)
_of_row = posts.alias()
COMMUNITY_OF_ROW = select(_of_row.c.community).where(_of_row.c.id == _row)
_community_of_row = COMMUNITY_OF_ROW.scalar_subquery()
OTHERS_SENT = _count_sent(_community_of_row, _row)
"""The replies in the community of `row_id` that were sent since `since`, and those that may have been.

A reply that was deleted since then counts too, also if its post was processed again. To be counted in a
transaction that has locked the community (`Database.write_queries`), in a statement after that, so that
it sees what the earlier holder of the lock has committed. The same for `OTHERS_SENT_OR_READY`.
"""
OTHERS_SENT_OR_READY = OTHERS_SENT + _count_pending(State.READY, _community_of_row, _row)
COUNT_OTHERS_SENT: Select[Any] = select(OTHERS_SENT)
COUNT_OTHERS_SENT_OR_READY: Select[Any] = select(OTHERS_SENT_OR_READY)


def below_cap(count: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether there may be another reply, by the parameter `cap_limit`."""
    return count < bindparam("cap_limit", type_=Integer)


def check_cap(queries: WriteQueries, count: Select[Any], row: int, cap: DailyCap) -> Skipped | None:
    """Why there may not be another reply: after `below_cap` changed nothing, which can have other reasons.

    `count` is `COUNT_OTHERS_SENT` or `COUNT_OTHERS_SENT_OR_READY`.
    """
    found = queries.first(count, row_id=row, since=cap.since)
    assert found is not None
    return cap.check(found[0])


def cap_values(cap: DailyCap) -> dict[str, Any]:
    """The parameters of a statement with `below_cap`."""
    return {"since": cap.since, "cap_limit": cap.limit}
