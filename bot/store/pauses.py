"""Pause and resume a community or an account, for the pages and the command line.

A pause of a community is the same row as after a moderator's message, so a moderator can end it. A pause of
an account is only the operator's. Posts that are found meanwhile are skipped, and `precis retry` still works.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Insert, Update, bindparam, select, update

from bot.store.community_settings_log import CommunitySettingsLog
from bot.store.database import Database
from bot.store.dialects import insert
from bot.store.operator_actions import Operator, OperatorAction, record_action
from bot.store.operator_changes import record_operator_change
from bot.store.settings_changes import SettingsChangeKind
from bot.store.tables import accounts

_IS_PAUSED = select(accounts.c.account).where(
    accounts.c.account == bindparam("account"), accounts.c.paused_at.is_not(None)
)


def pause_community(database: Database, community: str, operator: Operator, now: datetime) -> bool:
    """Stop replies in a community (`name@host`, or a subreddit's name); False if it is paused or left."""
    return _set_community(database, community, SettingsChangeKind.PAUSE, operator, now)


def resume_community(database: Database, community: str, operator: Operator, now: datetime) -> bool:
    """End a pause, or a moderator's `leave`; False if neither is in effect."""
    return _set_community(database, community, SettingsChangeKind.RESUME, operator, now)


def pause_account(database: Database, account: str, operator: Operator, now: datetime) -> bool:
    """Stop the replies of an account in all communities; False if it is paused already."""
    return _set_account(database, account, OperatorAction.PAUSE_ACCOUNT, operator, now)


def resume_account(database: Database, account: str, operator: Operator, now: datetime) -> bool:
    """End the pause of an account; False if it is not paused."""
    return _set_account(database, account, OperatorAction.RESUME_ACCOUNT, operator, now)


def is_account_paused(database: Database, account: str) -> bool:
    return database.has_row(_IS_PAUSED, account=account)


def _set_community(
    database: Database, community: str, kind: SettingsChangeKind, operator: Operator, now: datetime
) -> bool:
    is_running = CommunitySettingsLog(database).status(community) is SettingsChangeKind.RESUME
    if is_running is (kind is SettingsChangeKind.RESUME):
        return False
    record_operator_change(database, community, kind, operator, now)
    return True


def _set_account(
    database: Database, account: str, action: OperatorAction, operator: Operator, now: datetime
) -> bool:
    if action is OperatorAction.PAUSE_ACCOUNT:
        new = insert(accounts).values(account=account, paused_at=now)
        change: Insert | Update = new.on_conflict_do_update(
            index_elements=["account"], set_={"paused_at": now}, where=accounts.c.paused_at.is_(None)
        )
    else:
        paused = (accounts.c.account == account) & accounts.c.paused_at.is_not(None)
        change = update(accounts).where(paused).values(paused_at=None)
    with database.write_transaction() as connection:
        changed = connection.execute(change).rowcount > 0
        if changed:
            record_action(connection, action, operator, now, account=account)
    return changed
