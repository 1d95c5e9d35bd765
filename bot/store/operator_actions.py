"""The audit log of what operators do on the pages and on the command line. Rows are only added."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Connection, Row, select

from bot.store.database import Database
from bot.store.dialects import insert
from bot.store.settings_changes import SettingsSource
from bot.store.tables import operator_actions


class OperatorAction(StrEnum):
    """What was done."""

    RETRY = "retry"
    DELETE = "delete"
    PAUSE = "pause"
    RESUME = "resume"
    SETTINGS = "settings"
    MUTE = "mute"
    UNMUTE = "unmute"
    PAUSE_ACCOUNT = "pause account"
    RESUME_ACCOUNT = "resume account"


class Operator(Struct, frozen=True):
    """Who acts: through which interface, and for the pages from which IP address."""

    source: SettingsSource
    address: str = ""


COMMAND_LINE = Operator(SettingsSource.COMMAND_LINE)


class ActionRecord(Struct, frozen=True):
    action: OperatorAction
    account: str
    community: str
    detail: str
    """For example the address of the post, or the settings."""
    source: SettingsSource
    address: str
    """The IP address of the browser; "" for the command line."""
    done_at: datetime


class OperatorActions:
    """Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_community(self, community: str) -> tuple[ActionRecord, ...]:
        """All actions in a community, oldest first."""
        wanted = select(operator_actions).where(operator_actions.c.community == community)
        ordered = wanted.order_by(operator_actions.c.done_at, operator_actions.c.id)
        with self._database.read_transaction() as connection:
            return tuple(map(_record_of, connection.execute(ordered).all()))

    def latest(self, limit: int) -> tuple[ActionRecord, ...]:
        """The newest actions, newest first."""
        newest = select(operator_actions).order_by(operator_actions.c.id.desc()).limit(limit)
        with self._database.read_transaction() as connection:
            return tuple(map(_record_of, connection.execute(newest).all()))


def record_action(
    connection: Connection,
    action: OperatorAction,
    operator: Operator,
    now: datetime,
    *,
    account: str = "",
    community: str = "",
    detail: str = "",
) -> None:
    """Record an action in the transaction that does it."""
    record = ActionRecord(action, account, community, detail, operator.source, operator.address, now)
    connection.execute(insert(operator_actions).values(asdict(record)))


def _record_of(row: Row[Any]) -> ActionRecord:
    return ActionRecord(
        action=OperatorAction(row.action),
        account=row.account,
        community=row.community,
        detail=row.detail,
        source=SettingsSource(row.source),
        address=row.address,
        done_at=row.done_at,
    )
