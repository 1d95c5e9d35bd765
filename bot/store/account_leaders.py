"""Which node leads each account, and so may write for it.

A leadership is a row with the node, an epoch that grows with each new leader, and the time until which it
is valid. All times are the database's. These statements run on PostgreSQL only.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    BindParameter,
    Connection,
    Interval,
    Select,
    bindparam,
    column,
    select,
    tuple_,
    type_coerce,
    update,
)

from bot.store.cluster_nodes import DATABASE_NOW, ClusterNode, list_nodes, record_heartbeat
from bot.store.database import Database
from bot.store.dialects import insert
from bot.store.stored_values import storable_text
from bot.store.tables import account_leaders
from bot.store.write_guard import WriteGuard

CLUSTER_DUTIES = "*"
"""Is led like an account, by one node: what happens once in a cluster. No account can have this name."""

_columns = account_leaders.c
_accounts: BindParameter[Any] = bindparam("of_accounts", expanding=True)
_ADD = (
    insert(account_leaders)
    .values(account=bindparam("new_account"), holder="", epoch=0, until=DATABASE_NOW)
    .on_conflict_do_nothing(index_elements=["account"])
)
_held: BindParameter[Any] = bindparam("held", expanding=True)
_RENEW = (
    update(account_leaders)
    .where(_columns.holder == bindparam("of_node"), tuple_(_columns.account, _columns.epoch).in_(_held))
    .values(until=DATABASE_NOW + bindparam("lease", type_=Interval))
    .returning(_columns.account)
)
_LIST = select(
    account_leaders, type_coerce(DATABASE_NOW - _columns.until, Interval).label("free_for")
).order_by(_columns.account)
_free = (
    select(_columns.account, _columns.holder)
    .where(_columns.account.in_(_accounts), _columns.until <= DATABASE_NOW)
    .with_for_update(skip_locked=True)
    .cte("free")
)
_TAKE = (
    update(account_leaders)
    .where(_columns.account == _free.c.account)
    .values(
        holder=bindparam("of_node"),
        epoch=_columns.epoch + 1,
        until=DATABASE_NOW + bindparam("lease", type_=Interval),
    )
    .returning(_columns.account, _columns.epoch, _free.c.holder.label("before"))
)
"""A row that a paused transaction of its last leader has locked is left out until that transaction ends."""
_is_held = (
    (_columns.account == bindparam("of_account"))
    & (_columns.holder == bindparam("of_node"))
    & (_columns.epoch == bindparam("of_epoch"))
)
_RELEASE = update(account_leaders).where(_is_held).values(holder="", until=DATABASE_NOW)
_CHECK: Select[Any] = select(column("1", is_literal=True)).select_from(account_leaders).where(_is_held)
_CHECK_AND_LOCK = (
    "SELECT 1 FROM account_leaders"
    " WHERE account = {account} AND holder = {node} AND epoch = {epoch} FOR KEY SHARE"
)
"""FOR KEY SHARE: a renewal and this do not wait for each other. A takeover locks the row FOR UPDATE."""


class AccountLeader(Struct, frozen=True):
    """Who leads an account."""

    account: str
    holder: str
    """The node; "" after its last leader handed it over."""
    epoch: int
    until: datetime
    free_for: timedelta
    """Since when it can be taken over; negative while it is led."""

    @property
    def is_free(self) -> bool:
        return self.free_for >= timedelta(0)


class WonAccount(Struct, frozen=True):
    """A leadership that a node has just won."""

    account: str
    epoch: int
    handed_over: bool
    """Whether the last leader stopped all work for the account before. Otherwise it may still be sending."""


class Renewal(Struct, frozen=True):
    """The answer of the database to a node that reports."""

    is_registered: bool
    """False if another process is the node of this name now."""
    renewed: frozenset[str]
    """The accounts that the node still leads."""
    nodes: tuple[ClusterNode, ...]
    leaders: tuple[AccountLeader, ...]


class AccountLeaders:
    """Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, accounts: Collection[str]) -> None:
        """Add accounts that have no row yet. Nobody leads them."""
        with self._database.write_transaction() as connection:
            connection.execute(_ADD, [{"new_account": account} for account in sorted(accounts)])

    def renew(
        self, node: str, instance: str, held: Mapping[str, int], lease: timedelta, *, reads: int
    ) -> Renewal:
        """Report that the node is alive, and renew the leaderships (account -> epoch) that it holds."""
        with self._database.write_transaction() as connection:
            is_registered = record_heartbeat(connection, node, instance, reads)
            renewed: frozenset[str] = frozenset()
            if held and is_registered:
                values = {"of_node": node, "held": list(held.items()), "lease": lease}
                renewed = frozenset(connection.execute(_RENEW, values).scalars())
            return Renewal(is_registered, renewed, list_nodes(connection), list_leaders(connection))

    def take(self, node: str, accounts: Collection[str], lease: timedelta) -> tuple[WonAccount, ...]:
        """Take over those of the accounts that nobody leads."""
        with self._database.write_transaction() as connection:
            values = {"of_node": node, "of_accounts": sorted(accounts), "lease": lease}
            found = connection.execute(_TAKE, values).all()
        return tuple(WonAccount(row.account, row.epoch, not row.before) for row in found)

    def release(self, node: str, account: str, epoch: int) -> None:
        """Hand an account over. The node must have stopped all work for it."""
        with self._database.write_transaction() as connection:
            connection.execute(_RELEASE, {"of_account": account, "of_node": node, "of_epoch": epoch})

    def is_held(self, node: str, account: str, epoch: int) -> bool:
        """Whether the node still leads the account in this epoch."""
        about = {"of_account": account, "of_node": node, "of_epoch": epoch}
        return self._database.first(_CHECK, **about) is not None

    def list_all(self) -> tuple[AccountLeader, ...]:
        """All accounts by name."""
        with self._database.read_transaction() as connection:
            return list_leaders(connection)


def list_leaders(connection: Connection) -> tuple[AccountLeader, ...]:
    """All accounts by name."""
    return tuple(AccountLeader(*row) for row in connection.execute(_LIST))


def leadership_guard(node: str, account: str, epoch: int, check: Callable[[], None]) -> WriteGuard:
    """A guard of write transactions (`Database.guarded`) that only the leader in this epoch passes.

    It locks the row until the transaction ends, so nobody can take the account over before. `check` is called
    first.
    """
    from psycopg.sql import SQL, Literal

    names = {"account": Literal(storable_text(account)), "node": Literal(storable_text(node))}
    sql = SQL(_CHECK_AND_LOCK).format(**names, epoch=Literal(epoch))
    return WriteGuard(account, sql.as_string(), check)
