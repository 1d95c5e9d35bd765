"""Communities that banned the bot, or that the operator muted: no replies there until they are unmuted."""

from __future__ import annotations

from msgspec.structs import asdict
from sqlalchemy import bindparam, select

from bot.store.database import Database
from bot.store.dialects import insert
from bot.store.mutes import MUTES, MutedCommunity
from bot.store.tables import muted_communities

_FIND = select(muted_communities).where(
    muted_communities.c.account == bindparam("account"),
    muted_communities.c.community == bindparam("community"),
)
"""Executed for each post, so it is built once: building takes longer than executing."""


class MutedCommunities:
    """Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, muted: MutedCommunity) -> None:
        """Mute a community; one that is already muted keeps its `muted_at`."""
        with self._database.write_transaction() as connection:
            connection.execute(insert(muted_communities).values(asdict(muted)).on_conflict_do_nothing())

    def find(self, account: str, community: str) -> MutedCommunity | None:
        row = self._database.first(_FIND, account=account, community=community)
        if row is None:
            return None
        return MutedCommunity(row.account, row.community, row.detail, row.muted_at, row.by_operator)

    def list_all(self) -> tuple[MutedCommunity, ...]:
        with self._database.text_queries() as queries:
            return tuple(queries.all(MUTES))
