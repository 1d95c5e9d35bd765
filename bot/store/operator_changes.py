"""Changes of a community by the operator: the rows of a moderator's message, and an audit record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from bot.store.community_settings_log import CommunitySettingsLog, add_change
from bot.store.database import Database
from bot.store.operator_actions import Operator, OperatorAction, record_action
from bot.store.settings_changes import SettingsChange, SettingsChangeKind

_ACTIONS = {
    SettingsChangeKind.SETTINGS: OperatorAction.SETTINGS,
    SettingsChangeKind.PAUSE: OperatorAction.PAUSE,
    SettingsChangeKind.RESUME: OperatorAction.RESUME,
}


def record_operator_change(
    database: Database,
    community: str,
    kind: SettingsChangeKind,
    operator: Operator,
    now: datetime,
    *,
    text: str = "",
    settings: Mapping[str, Any] | None = None,
) -> None:
    """Record settings, a pause or a resume, which are in effect at once.

    The address of the operator is only in the audit record, because the bot shows the author of a change
    to anyone who asks for the settings.
    """
    settings_log = CommunitySettingsLog(database)
    if kind is SettingsChangeKind.SETTINGS:
        latest = settings_log.latest_settings(community)
    else:
        latest = settings_log.latest_status_change(community)
    # The newest row counts. A message can be dated a little later than now, by the clock of its server.
    changed_at = now if latest is None else max(now, latest.changed_at)
    source_id = f"{operator.source}:{uuid4()}"
    change = SettingsChange(community, kind, operator.source, None, changed_at, source_id, text, settings)
    with database.write_transaction() as connection:
        add_change(connection, change)
        record_action(connection, _ACTIONS[kind], operator, now, community=community, detail=text)
