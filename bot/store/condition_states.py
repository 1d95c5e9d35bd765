"""What needs attention: since when, and which targets were told about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct
from sqlalchemy import delete, select

from bot.store.database import Database
from bot.store.dialects import insert
from bot.store.tables import conditions


class ConditionState(Struct, frozen=True):
    """One condition: it lasts, or it was over not long ago."""

    key: str
    kind: str
    subject: str
    sentence: str
    began_at: datetime
    over_since: datetime | None = None
    """When it was first seen that it is over; None while it lasts."""
    recurrences: int = 0
    """How often it came back within a day after it was over."""
    told: frozenset[str] = frozenset()
    """The targets that were told that it began, and not yet that it is over."""


class ConditionStates:
    """Every method is one transaction; times are aware and in UTC."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self) -> dict[str, ConditionState]:
        """All stored conditions by key."""
        with self._database.read_transaction() as connection:
            found = connection.execute(select(conditions)).mappings()
            return {row["key"]: ConditionState(**{**row, "told": frozenset(row["told"])}) for row in found}

    def save(self, changed: Iterable[ConditionState], removed: Iterable[str]) -> None:
        """Store the changed conditions, and delete those with the keys in `removed`."""
        with self._database.write_transaction() as connection:
            for state in changed:
                values = _values_of(state)
                statement = insert(conditions).values(values)
                connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_=values))
            for key in removed:
                connection.execute(delete(conditions).where(conditions.c.key == key))


def _values_of(state: ConditionState) -> Mapping[str, object]:
    return {
        "key": state.key,
        "kind": state.kind,
        "subject": state.subject,
        "sentence": state.sentence,
        "began_at": state.began_at,
        "over_since": state.over_since,
        "recurrences": state.recurrences,
        "told": sorted(state.told),
    }
