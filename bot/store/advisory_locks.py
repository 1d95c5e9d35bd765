"""Locks that PostgreSQL releases at the end of a transaction, for what no row stands for.

SQLite has one write transaction at a time, so these functions do nothing there.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, bindparam, func, literal, select

from bot.store.dialects import POSTGRESQL


class LockKind(IntEnum):
    """What a lock is about: the first half of PostgreSQL's key. The numbers must stay the same."""

    MIGRATION = 7401
    COMMUNITY = 7402
    """The replies of one community: the limit per day, and one reply for each article."""
    PERSON = 7403
    """The messages of one person: the limits per day."""


def lock_function(kind: LockKind, name: ColumnElement[str]) -> ColumnElement[Any]:
    """SQL that does the same as `lock_for_transaction`, for a statement of PostgreSQL that reads the name."""
    return func.pg_advisory_xact_lock(literal(kind.value, Integer), func.hashtext(name))


_LOCK = select(func.pg_advisory_xact_lock(bindparam("kind", type_=Integer), func.hashtext(bindparam("name"))))


def lock_for_transaction(connection: Connection, kind: LockKind, name: str = "") -> None:
    """Wait until no other transaction has this lock, and take it until the transaction ends.

    Take it before the first read: later statements see what the earlier holder has committed.
    """
    if connection.dialect.name == POSTGRESQL:
        connection.execute(_LOCK, {"kind": kind.value, "name": name})
