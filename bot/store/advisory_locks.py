"""Locks that PostgreSQL releases at the end of a transaction, for what no row stands for.

SQLite has one write transaction at a time, so it needs none of these locks.
"""

from __future__ import annotations

from enum import IntEnum

from sqlalchemy import Connection, Integer, bindparam, func, select

from bot.store.dialects import POSTGRESQL


class LockKind(IntEnum):
    """What a lock is about: the first half of PostgreSQL's key. The numbers must stay the same."""

    MIGRATION = 7401
    COMMUNITY = 7402
    """The replies of one community: the limit per day, and one reply for each article."""
    PERSON = 7403
    """The messages of one person: the limits per day."""


_LOCK = select(func.pg_advisory_xact_lock(bindparam("kind", type_=Integer), func.hashtext(bindparam("name"))))


def lock_for_transaction(connection: Connection, kind: LockKind, name: str = "") -> None:
    """Wait until no other transaction has this lock, and take it until the transaction ends.

    Take it before the first read: later statements see what the earlier holder has committed.
    """
    if connection.dialect.name == POSTGRESQL:
        connection.execute(_LOCK, {"kind": kind.value, "name": name})


def community_lock(name: str) -> str:
    """SQL of PostgreSQL, without parameters, that locks a community; to be sent together with BEGIN."""
    from psycopg.sql import SQL, Literal

    lock = SQL("SELECT pg_advisory_xact_lock({}, hashtext({}))")
    return lock.format(Literal(LockKind.COMMUNITY.value), Literal(name)).as_string()
