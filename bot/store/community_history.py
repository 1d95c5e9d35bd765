"""What moderators and operators changed in a community, in one list for `precis history` and the pages."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from bot.store.community_settings_log import CommunitySettingsLog
from bot.store.database import Database
from bot.store.operator_actions import ActionRecord, OperatorActions
from bot.store.settings_changes import SettingsSource


class HistoryEntry(Struct, frozen=True):
    at: datetime
    what: str
    """For example "settings", "pause" or "retry"."""
    who: str
    """For example a moderator's name, "the operator (192.0.2.1)", or "its moderators" for a page."""
    source: SettingsSource
    text: str
    """The settings, or the post or the account that the action was about."""


def community_history(database: Database, community: str) -> tuple[HistoryEntry, ...]:
    """All changes and actions, oldest first. `community` is `name@host`, or the name of a subreddit."""
    changes = [
        HistoryEntry(
            each.changed_at, each.kind.value, each.author or "its moderators", each.source, each.text
        )
        for each in CommunitySettingsLog(database).history(community)
        if not each.source.is_operator  # these are in the audit log, with the address
    ]
    actions = map(entry_of_action, OperatorActions(database).of_community(community))
    return tuple(sorted((*changes, *actions), key=lambda entry: entry.at))


def entry_of_action(action: ActionRecord) -> HistoryEntry:
    who = f"the operator ({action.address})" if action.address else "the operator"
    return HistoryEntry(
        action.done_at, action.action.value, who, action.source, action.detail or action.account
    )
