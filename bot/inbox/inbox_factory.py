"""Creates the inbox of an account."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from msgspec import Struct

from bot.config.settings import InboxSettings
from bot.inbox.check_interval import CheckInterval
from bot.inbox.inbox import Inbox
from bot.inbox.message_handler import MessageHandler
from bot.inbox.summary_requests import SummaryRequests
from bot.outbox.exactly_once import SendTiming
from bot.outbox.message_outbox import MessageOutbox
from bot.platforms.base import Messaging, Platform
from bot.store import Accounts, Database, OutgoingMessages, ReceivedMessages


class InboxFactory(Struct, frozen=True):
    """What the inboxes of all accounts share."""

    database: Database
    settings: InboxSettings
    accounts: Accounts
    clock: Callable[[], datetime]
    timing: SendTiming
    before_request: Callable[[], None] | None = None
    """Called before each message; it raises if it must not be sent."""

    def create(
        self,
        platform: Platform,
        messaging: Messaging,
        handler: MessageHandler,
        watched: Collection[str | None],
        fixed_interval: timedelta | None,
    ) -> Inbox:
        """`watched` are the account's communities; None in it means all communities.

        `fixed_interval` replaces the interval of the settings.
        """
        messages = ReceivedMessages(self.database)
        everywhere = self.settings.elsewhere or None in watched

        def may_reply_in(community: str) -> bool:
            return everywhere or community in watched

        if fixed_interval is None:
            check_interval = CheckInterval(self.settings.interval)
        else:
            check_interval = CheckInterval(fixed_interval, fixed_interval)
        return Inbox(
            platform,
            messaging,
            messages=messages,
            outbox=MessageOutbox(
                platform,
                messaging,
                messages=OutgoingMessages(self.database),
                accounts=self.accounts,
                created_at=self.database.created_at(),
                clock=self.clock,
                timing=self.timing,
                before_request=self.before_request,
            ),
            summary_requests=SummaryRequests(platform, messaging, messages, may_reply_in, self.clock),
            handler=handler,
            check_interval=check_interval,
            max_per_person=self.settings.per_person,
            clock=self.clock,
        )
