"""The database: post queue, outbox, messages, feedback, settings log, tokens and statistics."""

from bot.store.account_state import Accounts
from bot.store.clock_correction import ClockCorrection
from bot.store.community_reports import CommunityReport, community_report
from bot.store.community_settings_log import (
    CommunitySettingsLog,
    SettingsChange,
    SettingsChangeKind,
    SettingsPages,
    SettingsSource,
)
from bot.store.daemon_lock import daemon_lock
from bot.store.database import Database, State
from bot.store.deletion_checks import DeletionChecks, RepliedPost
from bot.store.feedback import Feedback, UnhandledMessage, Vote, VoteCount
from bot.store.muted_communities import MutedCommunities, MutedCommunity
from bot.store.operator_actions import COMMAND_LINE, ActionRecord, Operator, OperatorAction, OperatorActions
from bot.store.opt_outs import OptOuts
from bot.store.outgoing_messages import NewOutgoingMessage, OutgoingMessage, OutgoingMessages
from bot.store.outgoing_replies import OutgoingReplies, OutgoingReply
from bot.store.post_queue import ClaimedPost, PostQueue
from bot.store.post_rows import source_hash
from bot.store.process_marks import ProcessMarks
from bot.store.received_messages import EarlierSummary, MessageOutcome, ReceivedMessage, ReceivedMessages
from bot.store.report_subscriptions import ReportSubscription, ReportSubscriptions
from bot.store.sent_replies import SentReplies, SentReply

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
    "daemon_lock",
    "source_hash",
]
