"""What the operator can do to a post or a community. Safe beside a running daemon; the audit log records it.

The commands of `precis` and the pages use the same functions.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, select, update

from bot.core.deletion_causes import DeletionCause
from bot.store.database import Database
from bot.store.dialects import insert
from bot.store.operator_actions import COMMAND_LINE, Operator, OperatorAction, record_action
from bot.store.post_reports import PostReport
from bot.store.post_states import PENDING, State
from bot.store.tables import muted_communities, posts

RETRYABLE = (State.SKIPPED, State.DEAD, State.DISCOVERED)
DELETABLE = (State.SENDING, State.SENT)


def requeue_post(database: Database, row: int, now: datetime, operator: Operator = COMMAND_LINE) -> bool:
    """Process a post without a reply again, at once; return whether that was possible.

    The post is read again first, because it may have changed since it was skipped.

    It is not possible for a post that has a reply or is about to get one, whose content was erased, or
    that the daemon is processing.
    """
    retryable = and_(
        posts.c.id == row,
        posts.c.state.in_(RETRYABLE),
        posts.c.content.is_not(None),
        posts.c.lease_until.is_(None) | (posts.c.lease_until <= now),
    )
    values = {"state": State.DISCOVERED, "due_at": now, "attempts": 0, "reason": None, "error": None}
    cleared = {"done_at": None, "lease_until": None}
    statement = update(posts).where(retryable).values(**values, **cleared, refetch=True, overdue_from=now)
    with database.write_transaction() as connection:
        changed = connection.execute(statement.returning(*_SUBJECT)).first()
        if changed is not None:
            _record(connection, OperatorAction.RETRY, changed, operator, now)
    return changed is not None


def why_not_retryable(post: PostReport) -> str:
    """Why `requeue_post` has refused a post, in one sentence."""
    match post.state:
        case State.SENT | State.DELETED:
            return "It already has a reply, and no post gets a second one."
        case State.READY | State.SENDING:
            return "Its reply is ready or being sent."
        case _ if not post.title and post.url is None:
            return "Its link is no longer stored."
        case _:
            return "The daemon is processing it."


def request_deletion(database: Database, row: int, now: datetime, operator: Operator) -> bool:
    """Have the daemon delete a reply; False if there is none, or if its deletion is due already."""
    published = (posts.c.id == row) & posts.c.state.in_(DELETABLE) & posts.c.delete_at.is_(None)
    values = {"delete_at": now, "error": DeletionCause.OPERATOR.sentence}
    with database.write_transaction() as connection:
        changed = connection.execute(
            update(posts).where(published).values(values).returning(*_SUBJECT)
        ).first()
        if changed is not None:
            _record(connection, OperatorAction.DELETE, changed, operator, now)
    return changed is not None


def mark_reply_deleted(
    database: Database, row: int, now: datetime, operator: Operator = COMMAND_LINE
) -> None:
    """The operator deleted the reply from its platform. Nothing is sent from this row again."""
    sentence = DeletionCause.OPERATOR.sentence
    database.finish_post(row, State.DELETED, now, only=(*PENDING, State.SENT), error=sentence)
    with database.write_transaction() as connection:
        found = connection.execute(select(*_SUBJECT).where(posts.c.id == row)).one()
        _record(connection, OperatorAction.DELETE, found, operator, now)


def mute(database: Database, account: str, community: str, now: datetime, operator: Operator) -> bool:
    """Stop an account's replies in a community until the operator unmutes it; False if it is muted."""
    values = {
        "account": account,
        "community": community,
        "detail": f"The operator muted it ({operator.source}).",
        "muted_at": now,
        "by_operator": True,
    }
    with database.write_transaction() as connection:
        statement = insert(muted_communities).values(values).on_conflict_do_nothing()
        changed = connection.execute(statement).rowcount > 0
        if changed:
            record_action(
                connection, OperatorAction.MUTE, operator, now, account=account, community=community
            )
    return changed


def unmute(database: Database, community: str, now: datetime, operator: Operator = COMMAND_LINE) -> int:
    """Turn replies on again in a community, for all accounts; return for how many they were off."""
    with database.write_transaction() as connection:
        lifted = connection.execute(
            delete(muted_communities).where(muted_communities.c.community == community)
        ).rowcount
        if lifted:
            record_action(connection, OperatorAction.UNMUTE, operator, now, community=community)
    return lifted


_SUBJECT = (posts.c.account, posts.c.community, posts.c.permalink)


def _record(
    connection: Connection,
    action: OperatorAction,
    post: Row[Any, Any, Any],
    operator: Operator,
    now: datetime,
) -> None:
    record_action(
        connection,
        action,
        operator,
        now,
        account=post.account,
        community=post.community,
        detail=post.permalink,
    )
