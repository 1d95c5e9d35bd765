"""Communities that banned the bot. It does not reply there until the operator unmutes them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from bot.store.database import Database
from bot.store.tables import muted_communities


@dataclass(frozen=True, slots=True)
class MutedCommunity:
    account: str
    community: str
    detail: str
    """The platform's message."""
    muted_at: datetime


class MutedCommunities:
    """Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, muted: MutedCommunity) -> None:
        """Mute a community; one that is already muted keeps its `muted_at`."""
        with self._database.write_transaction() as connection:
            connection.execute(insert(muted_communities).values(asdict(muted)).on_conflict_do_nothing())

    def find(self, account: str, community: str) -> MutedCommunity | None:
        wanted = (muted_communities.c.account == account) & (muted_communities.c.community == community)
        with self._database.read_transaction() as connection:
            row = connection.execute(select(muted_communities).where(wanted)).first()
        return None if row is None else MutedCommunity(*row)

    def unmute(self, community: str) -> int:
        """Unmute a community for all accounts; return how many were muted there."""
        with self._database.write_transaction() as connection:
            return connection.execute(
                delete(muted_communities).where(muted_communities.c.community == community)
            ).rowcount

    def list_all(self) -> tuple[MutedCommunity, ...]:
        with self._database.read_transaction() as connection:
            return tuple(
                MutedCommunity(*row)
                for row in connection.execute(
                    select(muted_communities).order_by(muted_communities.c.muted_at)
                )
            )
