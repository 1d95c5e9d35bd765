"""Make a restored database of a cluster safe to use: the dump has nodes and leaders of an earlier time."""

from __future__ import annotations

from sqlalchemy import delete, update

from bot.store.cluster_nodes import DATABASE_NOW
from bot.store.database import Database
from bot.store.tables import account_leaders, nodes

_FORGET_NODES = delete(nodes)
_END_LEADERSHIPS = update(account_leaders).values(epoch=account_leaders.c.epoch + 1, until=DATABASE_NOW)
"""The holder stays, because it did not hand over: the next leader revokes its token and waits."""


def reset_cluster(database: Database) -> None:
    """Forget all nodes and end all leaderships. A node that still runs can then write nothing, and ends."""
    with database.write_transaction() as connection:
        connection.execute(_FORGET_NODES)
        connection.execute(_END_LEADERSHIPS)
