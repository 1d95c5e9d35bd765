"""Changes of a community's settings and pauses. Rows are only added, so they are the history too."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from msgspec.structs import asdict
from sqlalchemy import Connection, Row, bindparam, select, update

from bot.store.database import Database
from bot.store.dialects import insert
from bot.store.settings_changes import SettingsChange, SettingsChangeKind, SettingsSource, make_change
from bot.store.tables import settings_changes, settings_pages

# Building a statement takes longer than executing it, and this one is executed for each post.
_NEWEST = (
    select(settings_changes)
    .where(settings_changes.c.community == bindparam("community"))
    .where(settings_changes.c.kind.in_(bindparam("kinds", expanding=True)))
    .where(settings_changes.c.source.in_(bindparam("sources", expanding=True)))
    # Not by id alone: after an outage, an older message can be handled after a newer one.
    .order_by(settings_changes.c.changed_at.desc(), settings_changes.c.id.desc())
    .limit(1)
)


class CommunitySettingsLog:
    """Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, change: SettingsChange) -> bool:
        """Record a change; False if it was recorded before."""
        with self._database.write_transaction() as connection:
            return add_change(connection, change)

    def latest_settings(self, community: str, source: SettingsSource | None = None) -> SettingsChange | None:
        """The moderators' newest settings, from one source if given, by the time they were written."""
        return self._latest(community, (SettingsChangeKind.SETTINGS,), source)

    def settings_before(self, change: SettingsChange) -> SettingsChange | None:
        """The moderators' newest settings that are older than a change, recorded or not.

        The change itself is left out, so that a message that is handled twice gets the same answer.
        """
        older = [
            each
            for each in self.history(change.community)
            if each.kind is SettingsChangeKind.SETTINGS and each.changed_at <= change.changed_at
        ]
        ids = [each.source_id for each in older]
        if change.source_id in ids:
            older = older[: ids.index(change.source_id)]
        return older[-1] if older else None

    def author_of(self, latest: SettingsChange, name: str) -> SettingsChange | None:
        """The change that gave a setting the value that it has in `latest`."""
        found = None
        for each in reversed(self.history(latest.community)):
            if each.kind is not SettingsChangeKind.SETTINGS or each.changed_at > latest.changed_at:
                continue
            settings = each.settings or {}
            if name not in settings or settings[name] != (latest.settings or {}).get(name):
                break
            found = each
        return found

    def latest_status_change(self, community: str) -> SettingsChange | None:
        """The newest pause, resume or leave, by the time it was written."""
        return self._latest(
            community, (SettingsChangeKind.PAUSE, SettingsChangeKind.RESUME, SettingsChangeKind.LEAVE)
        )

    def status(self, community: str) -> SettingsChangeKind:
        """PAUSE, LEAVE, or RESUME if neither is in effect."""
        latest = self.latest_status_change(community)
        return SettingsChangeKind.RESUME if latest is None else latest.kind

    def history(self, community: str) -> tuple[SettingsChange, ...]:
        """All changes, oldest first, by the time they were written."""
        statement = (
            select(settings_changes)
            .where(settings_changes.c.community == community)
            .order_by(settings_changes.c.changed_at, settings_changes.c.id)
        )
        with self._database.read_transaction() as connection:
            return tuple(_change_of(row) for row in connection.execute(statement).all())

    def communities(self) -> tuple[str, ...]:
        """The communities with at least one change."""
        statement = select(settings_changes.c.community).distinct().order_by(settings_changes.c.community)
        with self._database.read_transaction() as connection:
            return tuple(connection.execute(statement).scalars())

    def _latest(
        self,
        community: str,
        kinds: tuple[SettingsChangeKind, ...],
        source: SettingsSource | None = None,
    ) -> SettingsChange | None:
        sources = list(SettingsSource) if source is None else [source]
        row = self._database.first(_NEWEST, community=community, kinds=list(kinds), sources=sources)
        return None if row is None else _change_of(row)


class SettingsPages:
    """The last revision that was read of each community's settings page."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def revision(self, community: str) -> str | None:
        """The last revision that was applied or answered."""
        row = self._row(community)
        return None if row is None else row.revision

    def checked_at(self, community: str) -> datetime | None:
        """When the page was last checked."""
        row = self._row(community)
        return None if row is None else row.checked_at

    def record_check(self, community: str, now: datetime) -> None:
        self._set(community, checked_at=now)

    def check_soon(self, community: str) -> None:
        """Make the next check due now."""
        with self._database.write_transaction() as connection:
            connection.execute(
                update(settings_pages)
                .where(settings_pages.c.community == community)
                .values(checked_at=datetime.fromtimestamp(0, UTC))
            )

    def record_revision(self, community: str, revision: str, now: datetime) -> None:
        """The revision was applied, or its errors were reported; nothing to do until the page changes."""
        self._set(community, checked_at=now, revision=revision)

    def _row(self, community: str) -> Row[Any] | None:
        with self._database.read_transaction() as connection:
            return connection.execute(
                select(settings_pages).where(settings_pages.c.community == community)
            ).first()

    def _set(self, community: str, **values: Any) -> None:
        statement = insert(settings_pages).values(community=community, **values)
        with self._database.write_transaction() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["community"], set_=values))


def add_change(connection: Connection, change: SettingsChange) -> bool:
    """Record a change in the caller's transaction; False if it was recorded before."""
    values = asdict(change) | {"settings": None if change.settings is None else dict(change.settings)}
    return connection.execute(insert(settings_changes).values(values).on_conflict_do_nothing()).rowcount > 0


def _change_of(row: Row[Any]) -> SettingsChange:
    values = row._asdict()
    del values["id"]
    return make_change(**values)
