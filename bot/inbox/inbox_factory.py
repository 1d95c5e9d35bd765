"""A mailbox from its parts."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.config.settings import InboxSettings
from bot.inbox.check_interval import CheckInterval
from bot.inbox.inbox import Inbox
from bot.inbox.message_handler import MessageHandler
from bot.inbox.summary_requests import SummaryRequests
from bot.outbox.exactly_once import SendTiming
from bot.outbox.message_outbox import MessageOutbox
from bot.platforms.base import Messaging, Platform
from bot.store import Accounts, Database, OutgoingMessages, ReceivedMessages


@dataclass(frozen=True, slots=True)
class InboxFactory:
    """What the mailboxes of all accounts have in common."""

    database: Database
    settings: InboxSettings
    accounts: Accounts
    clock: Callable[[], datetime]
    timing: SendTiming

    def create(
        self,
        platform: Platform,
        messaging: Messaging,
        handler: MessageHandler,
        watched: Collection[str | None],
        fixed_interval: timedelta | None,
    ) -> Inbox:
        """`watched` are the account's communities, with None for all; `every` replaces the pauses."""
        messages = ReceivedMessages(self.database)
        everywhere = self.settings.elsewhere or None in watched

        def writes_in(community: str) -> bool:
            return everywhere or community in watched

        return Inbox(
            platform,
            messaging,
            messages=messages,
            letterbox=MessageOutbox(
                platform,
                messaging,
                messages=OutgoingMessages(self.database),
                accounts=self.accounts,
                created_at=self.database.created_at(),
                clock=self.clock,
                timing=self.timing,
            ),
            requests=SummaryRequests(platform, messaging, messages, writes_in, self.clock),
            desk=handler,
            looks=CheckInterval(self.settings.interval)
            if fixed_interval is None
            else CheckInterval(fixed_interval, fixed_interval),
            per_person=self.settings.per_person,
            clock=self.clock,
        )
