"""A community without replies, because it banned the bot or because the operator muted it."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from bot.core.models import Skipped
from bot.core.skip_reasons import SkipReason
from bot.store.text_queries import TextQuery


class MutedCommunity(Struct, frozen=True):
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


MUTES = TextQuery(
    "SELECT account, community, detail, muted_at, by_operator FROM muted_communities ORDER BY muted_at",
    MutedCommunity,
    times=("muted_at",),
    booleans=("by_operator",),
)
