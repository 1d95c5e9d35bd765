"""Communities that banned the bot: it keeps quiet there until a person lifts it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from bot.store.database import Database
from bot.store.tables import mutes


@dataclass(frozen=True, slots=True)
class Mute:
    account: str
    community: str
    detail: str
    """What the platform said."""
    since: datetime


class Mutes:
    """Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, mute: Mute) -> None:
        """Keep quiet from now on; a community that is muted already stays so since then."""
        values = {
            "account": mute.account,
            "community": mute.community,
            "detail": mute.detail,
            "since": mute.since,
        }
        with self._database.writing() as connection:
            connection.execute(insert(mutes).values(values).on_conflict_do_nothing())

    def find(self, account: str, community: str) -> Mute | None:
        wanted = (mutes.c.account == account) & (mutes.c.community == community)
        with self._database.reading() as connection:
            row = connection.execute(select(mutes).where(wanted)).first()
        return None if row is None else Mute(*row)

    def lift(self, community: str) -> int:
        """Speak again in a community, with every account; how many were muted there."""
        with self._database.writing() as connection:
            return connection.execute(delete(mutes).where(mutes.c.community == community)).rowcount

    def every(self) -> tuple[Mute, ...]:
        with self._database.reading() as connection:
            return tuple(Mute(*row) for row in connection.execute(select(mutes).order_by(mutes.c.since)))
