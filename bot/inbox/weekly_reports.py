"""Weekly reports to the moderators who subscribed to them.

A report and the time of the next one are stored in one transaction, and the outbox sends each message
exactly once. So a crash or a restart neither doubles a report nor loses it. After an outage of several
weeks there is one report, about the last seven days.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

import structlog

from bot.core.errors import (
    CommunityLookupFailed,
    CommunityNotFound,
    PlatformError,
    Refused,
    UnknownOutcome,
)
from bot.i18n.translations import translator
from bot.inbox.commands.context import CommandContext, community_link
from bot.inbox.commands.report import stop_command
from bot.inbox.commands.report_text import PERIOD, report_paragraphs
from bot.store import NewOutgoingMessage, ReportSubscription

log = structlog.get_logger(__name__)


class WeeklyReports:
    """Puts the reports that are due into the outbox."""

    def __init__(self, context: CommandContext, accounts: Collection[str]) -> None:
        """`accounts` are those that can send messages."""
        self._context = context
        self._accounts = accounts

    def queue_due(self, over: Callable[[], bool]) -> None:
        """Queue all reports that are due, until `over` is true.

        While a server is down, the reports of its account stay due. If it does not say who moderates one
        community, only the reports about that community do.
        """
        context, now = self._context, self._context.clock()
        failing: set[str] = set()
        for subscription in context.report_subscriptions.due(self._accounts, now - PERIOD):
            if over():
                return
            if subscription.account in failing:
                continue
            try:
                self._queue(subscription, now)
            except (CommunityLookupFailed, Refused, UnknownOutcome) as error:  # of this community alone
                log.warning("a weekly report waits", community=subscription.community, error=str(error))
            except PlatformError as error:
                failing.add(subscription.account)
                log.warning("a weekly report waits", community=subscription.community, error=str(error))

    def _queue(self, subscription: ReportSubscription, now: datetime) -> None:
        """Queue one report, or the last message to a person who may not have reports any more."""
        context, community = self._context, subscription.community
        translate = translator(subscription.language)
        if not self._may_have_reports(subscription):
            text = translate("report-ended", community=community_link(community))
            context.report_subscriptions.end(subscription, _message(subscription, text, "end", now), now)
            return
        report = context.community_report(community, now - PERIOD)
        stop = translate("report-stop", stop=stop_command(community, translate))
        text = "\n\n".join((*report_paragraphs(report, translate), stop))
        weeks = (now - subscription.reported_at) // PERIOD  # at least 1; the day of the week stays
        reported_at = subscription.reported_at + weeks * PERIOD
        message = _message(subscription, text, reported_at.isoformat(), now)
        context.report_subscriptions.record_report(subscription, reported_at, message, now)

    def _may_have_reports(self, subscription: ReportSubscription) -> bool:
        """Whether the person moderates the community, and the bot watches it. Raises `PlatformError`."""
        account, community = subscription.account, subscription.community
        if not self._context.is_watched(account, community):
            return False
        try:
            moderators = self._context.identity_of(account).messaging.moderators(community)
        except CommunityNotFound:
            return False
        return subscription.person.lower() in moderators


def _message(subscription: ReportSubscription, text: str, time: str, now: datetime) -> NewOutgoingMessage:
    """The message to the person. Its key has the time of the report, so that each report has its own."""
    community, person = subscription.community, subscription.person
    since = subscription.reported_at.isoformat()
    return NewOutgoingMessage(
        subscription.account,
        f"report/{community}/{person}/{since}/{time}",
        person,
        text,
        read_back_from=now,
        subject=f"Precis: {community_link(community)}",
        language=subscription.language,
        community=community,
    )
