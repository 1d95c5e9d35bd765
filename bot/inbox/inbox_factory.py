"""A mailbox from its parts."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.config.settings import Inbox
from bot.inbox.check_interval import Looks
from bot.inbox.inbox import Mailbox
from bot.inbox.message_handler import Desk
from bot.inbox.summary_requests import Requests
from bot.outbox.exactly_once import Timing
from bot.outbox.message_outbox import Letterbox
from bot.platforms.base import Correspondence, Platform
from bot.store import Accounts, Database, Letters, Messages


@dataclass(frozen=True, slots=True)
class Making:
    """What the mailboxes of all accounts have in common."""

    database: Database
    settings: Inbox
    accounts: Accounts
    clock: Callable[[], datetime]
    timing: Timing

    def mailbox(
        self,
        platform: Platform,
        speaker: Correspondence,
        desk: Desk,
        watched: Collection[str | None],
        every: timedelta | None,
    ) -> Mailbox:
        """`watched` are the account's communities, with None for all; `every` replaces the pauses."""
        messages = Messages(self.database)
        everywhere = self.settings.elsewhere or None in watched

        def writes_in(community: str) -> bool:
            return everywhere or community in watched

        return Mailbox(
            platform,
            speaker,
            messages=messages,
            letterbox=Letterbox(
                platform,
                speaker,
                letters=Letters(self.database),
                accounts=self.accounts,
                created_at=self.database.created_at(),
                clock=self.clock,
                timing=self.timing,
            ),
            requests=Requests(platform, speaker, messages, writes_in, self.clock),
            desk=desk,
            looks=Looks(self.settings.interval) if every is None else Looks(every, every),
            per_person=self.settings.per_person,
            clock=self.clock,
        )
