"""What moderators asked for: settings, pauses, farewells. Rows are only added: they are the history too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, UnaryExpression, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.store.database import Database
from bot.store.tables import settings_changes, settings_pages


class SettingsChangeKind(StrEnum):
    SETTINGS = "settings"
    PAUSE = "pause"
    RESUME = "resume"
    LEAVE = "leave"


class SettingsSource(StrEnum):
    """Where it was written."""

    MESSAGE = "message"
    WIKI = "wiki"
    SIDEBAR = "sidebar"


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """One thing that was asked for, by whom, where and when."""

    community: str
    kind: SettingsChangeKind
    place: SettingsSource
    author: str | None
    at: datetime
    source: str
    """The message or the revision of a page that it came with: the same one counts once."""
    text: str = ""
    settings: Mapping[str, Any] | None = None
    """What the text set, as JSON knows values."""


class CommunitySettingsLog:
    """Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, change: SettingsChange) -> bool:
        """Keep an order; False when it was there already."""
        values = asdict(change) | {"settings": None if change.settings is None else dict(change.settings)}
        with self._database.write_transaction() as connection:
            statement = insert(settings_changes).values(values).on_conflict_do_nothing()
            return connection.execute(statement).rowcount > 0

    def latest_settings(self, community: str, place: SettingsSource | None = None) -> SettingsChange | None:
        """The newest settings that the moderators gave, by when they were written; `place` limits where."""
        return self._last(
            community, (SettingsChangeKind.SETTINGS,), settings_changes.c.at.desc(), place=place
        )

    def status(self, community: str) -> SettingsChangeKind:
        """Whether the bot is to pause or to stay away; RESUME when neither."""
        last = self._last(
            community, (SettingsChangeKind.PAUSE, SettingsChangeKind.RESUME, SettingsChangeKind.LEAVE)
        )
        return SettingsChangeKind.RESUME if last is None else last.kind

    def history(self, community: str) -> tuple[SettingsChange, ...]:
        """All that was asked for, the oldest first."""
        statement = (
            select(settings_changes)
            .where(settings_changes.c.community == community)
            .order_by(settings_changes.c.id)
        )
        with self._database.read_transaction() as connection:
            return tuple(_order(row) for row in connection.execute(statement).all())

    def communities(self) -> tuple[str, ...]:
        """Where anything was ever asked for."""
        statement = select(settings_changes.c.community).distinct().order_by(settings_changes.c.community)
        with self._database.read_transaction() as connection:
            return tuple(connection.execute(statement).scalars())

    def _last(
        self,
        community: str,
        kinds: tuple[SettingsChangeKind, ...],
        *first: UnaryExpression[Any],
        place: SettingsSource | None = None,
    ) -> SettingsChange | None:
        wanted = (settings_changes.c.community == community) & settings_changes.c.kind.in_(kinds)
        if place is not None:
            wanted &= settings_changes.c.place == place
        with self._database.read_transaction() as connection:
            newest = (
                select(settings_changes).where(wanted).order_by(*first, settings_changes.c.id.desc()).limit(1)
            )
            row = connection.execute(newest).first()
        return None if row is None else _order(row)


class SettingsPages:
    """How far the communities' own pages have been read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def revision(self, community: str) -> str | None:
        """The revision that was taken in last."""
        row = self._row(community)
        return None if row is None else row.revision

    def checked_at(self, community: str) -> datetime | None:
        """When the page was last looked at."""
        row = self._row(community)
        return None if row is None else row.read_at

    def record_check(self, community: str, now: datetime) -> None:
        self._set(community, read_at=now)

    def check_soon(self, community: str) -> None:
        """Look at it again as soon as may be."""
        with self._database.write_transaction() as connection:
            connection.execute(
                update(settings_pages)
                .where(settings_pages.c.community == community)
                .values(read_at=datetime.fromtimestamp(0, UTC))
            )

    def record_revision(self, community: str, revision: str, now: datetime) -> None:
        """The page was understood, or answered for what is wrong in it: not before it changes again."""
        self._set(community, read_at=now, revision=revision)

    def _row(self, community: str) -> Row[Any] | None:
        with self._database.read_transaction() as connection:
            return connection.execute(
                select(settings_pages).where(settings_pages.c.community == community)
            ).first()

    def _set(self, community: str, **values: Any) -> None:
        statement = insert(settings_pages).values(community=community, **values)
        with self._database.write_transaction() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["community"], set_=values))


def _order(row: Row[Any]) -> SettingsChange:
    return SettingsChange(
        community=row.community,
        kind=SettingsChangeKind(row.kind),
        place=SettingsSource(row.place),
        author=row.author,
        at=row.at,
        source=row.source,
        text=row.text,
        settings=row.settings,
    )
