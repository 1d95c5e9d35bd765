"""Communities that banned the bot, or that the operator muted: no replies there until they are unmuted."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from bot.core.models import Skipped
from bot.core.skip_reasons import SkipReason
from bot.store.database import Database
from bot.store.tables import muted_communities


@dataclass(frozen=True, slots=True)
class MutedCommunity:
    account: str
    community: str
    detail: str
    """The platform's message."""
    muted_at: datetime
    by_operator: bool = False
    """Whether the operator muted it; else the community banned the bot."""

    @property
    def skipped(self) -> Skipped:
        """Why posts there get no reply."""
        return Skipped(SkipReason.MUTED if self.by_operator else SkipReason.BANNED, self.detail)


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

    def list_all(self) -> tuple[MutedCommunity, ...]:
        with self._database.read_transaction() as connection:
            return tuple(
                MutedCommunity(*row)
                for row in connection.execute(
                    select(muted_communities).order_by(muted_communities.c.muted_at)
                )
            )
