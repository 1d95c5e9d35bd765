"""A mailbox from its parts."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.config.settings import Inbox
from bot.mailbox.desk import Desk
from bot.mailbox.letterbox import Letterbox
from bot.mailbox.looks import Looks
from bot.mailbox.mailbox import Mailbox
from bot.mailbox.requests import Requests
from bot.platforms.base import Correspondence, Platform
from bot.sending import Timing
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
                clock=self.clock,
                timing=self.timing,
            ),
            requests=Requests(platform, speaker, messages, writes_in, self.clock),
            desk=desk,
            looks=Looks(self.settings.interval) if every is None else Looks(every, every),
            per_person=self.settings.per_person,
            clock=self.clock,
        )
