"""The database: post queue, outbox, messages, feedback, settings log, tokens and statistics."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.store.account_state import Accounts
    from bot.store.clock_correction import ClockCorrection
    from bot.store.community_reports import CommunityReport, community_report
    from bot.store.community_settings_log import CommunitySettingsLog, SettingsPages
    from bot.store.database import Database
    from bot.store.deletion_checks import DeletionChecks, RepliedPost
    from bot.store.feedback import Feedback, UnhandledMessage, Vote, VoteCount
    from bot.store.muted_communities import MutedCommunities
    from bot.store.mutes import MutedCommunity
    from bot.store.operator_actions import (
        COMMAND_LINE,
        ActionRecord,
        Operator,
        OperatorAction,
        OperatorActions,
    )
    from bot.store.opt_outs import OptOuts
    from bot.store.outgoing_messages import NewOutgoingMessage, OutgoingMessage, OutgoingMessages
    from bot.store.outgoing_replies import OutgoingReplies, OutgoingReply
    from bot.store.post_queue import ClaimedPost, PostQueue
    from bot.store.post_rows import source_hash
    from bot.store.post_states import State
    from bot.store.process_marks import ProcessMarks
    from bot.store.received_messages import EarlierSummary, MessageOutcome, ReceivedMessage, ReceivedMessages
    from bot.store.report_subscriptions import ReportSubscription, ReportSubscriptions
    from bot.store.sent_replies import SentReplies, SentReply
    from bot.store.settings_changes import SettingsChange, SettingsChangeKind, SettingsSource

__all__ = [
    "COMMAND_LINE",
    "Accounts",
    "ActionRecord",
    "ClaimedPost",
    "ClockCorrection",
    "CommunityReport",
    "CommunitySettingsLog",
    "Database",
    "DeletionChecks",
    "EarlierSummary",
    "Feedback",
    "MessageOutcome",
    "MutedCommunities",
    "MutedCommunity",
    "NewOutgoingMessage",
    "Operator",
    "OperatorAction",
    "OperatorActions",
    "OptOuts",
    "OutgoingMessage",
    "OutgoingMessages",
    "OutgoingReplies",
    "OutgoingReply",
    "PostQueue",
    "ProcessMarks",
    "ReceivedMessage",
    "ReceivedMessages",
    "RepliedPost",
    "ReportSubscription",
    "ReportSubscriptions",
    "SentReplies",
    "SentReply",
    "SettingsChange",
    "SettingsChangeKind",
    "SettingsPages",
    "SettingsSource",
    "State",
    "UnhandledMessage",
    "Vote",
    "VoteCount",
    "community_report",
    "source_hash",
]
_NAMES = {
    "account_state": ("Accounts",),
    "clock_correction": ("ClockCorrection",),
    "community_reports": ("CommunityReport", "community_report"),
    "community_settings_log": ("CommunitySettingsLog", "SettingsPages"),
    "database": ("Database",),
    "deletion_checks": ("DeletionChecks", "RepliedPost"),
    "feedback": ("Feedback", "UnhandledMessage", "Vote", "VoteCount"),
    "muted_communities": ("MutedCommunities",),
    "mutes": ("MutedCommunity",),
    "operator_actions": ("ActionRecord", "COMMAND_LINE", "Operator", "OperatorAction", "OperatorActions"),
    "opt_outs": ("OptOuts",),
    "outgoing_messages": ("NewOutgoingMessage", "OutgoingMessage", "OutgoingMessages"),
    "outgoing_replies": ("OutgoingReplies", "OutgoingReply"),
    "post_queue": ("ClaimedPost", "PostQueue"),
    "post_rows": ("source_hash",),
    "post_states": ("State",),
    "process_marks": ("ProcessMarks",),
    "received_messages": ("EarlierSummary", "MessageOutcome", "ReceivedMessage", "ReceivedMessages"),
    "report_subscriptions": ("ReportSubscription", "ReportSubscriptions"),
    "sent_replies": ("SentReplies", "SentReply"),
    "settings_changes": ("SettingsChange", "SettingsChangeKind", "SettingsSource"),
}
"""The names of each module. No name may be that of a module, which would hide it."""
_module_of = {name: module for module, names in _NAMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Load a module when one of its names is used: `precis status` does without SQLAlchemy."""
    if name not in _module_of:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_module_of[name]}"), name)
    return value
