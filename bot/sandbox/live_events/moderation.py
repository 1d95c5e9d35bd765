"""What moderators do: a ban that they lift, and settings in the sidebar that they change back."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core.clock import utc_now
from bot.sandbox.lemmy.records import Post
from bot.sandbox.live_events.base import Event, EventContext, EventOutcome, Reports, counted, state_of
from bot.sandbox.server_software import ServerSoftware
from bot.store import State

BANNING_COMMUNITY, EDITED_COMMUNITY = "harbour", "garden"
BAN = timedelta(seconds=1)
_WORDS = (90, 80, 90)
"""The setting in the sidebar, one after the other."""


class LiftedBan(Event):
    """The moderators ban the bot from a community, and lift the ban."""

    def __init__(self, context: EventContext, published: datetime) -> None:
        super().__init__(context)
        self._community = context.community(BANNING_COMMUNITY)
        self._before = context.post(
            "A post before the bot is banned", community=BANNING_COMMUNITY, published=published
        )
        self._after: Post | None = None
        self._banned_at: datetime | None = None

    def step(self, reports: Reports) -> None:
        bot, now = self.context.environment.bot, utc_now()
        if self._banned_at is None:
            if state_of(self._before, reports) is State.SENT and self._is_subscribed():
                self._ban()
                self._banned_at = now
        elif self._after is None and now >= self._banned_at + BAN:
            self._community.banned.discard(bot.id)
            self.add_later_posts()

    def add_later_posts(self) -> None:
        self._after = self.context.post("A post after the ban was lifted", community=BANNING_COMMUNITY)

    def _ban(self) -> None:
        """PieFed keeps the subscription, but hides the community's posts from it."""
        bot = self.context.environment.bot
        if self.context.environment.software is ServerSoftware.PIEFED:
            self._community.banned.add(bot.id)
        else:
            self.context.state.ban_from_community(bot, self._community)

    def _is_subscribed(self) -> bool:
        return self._community.subscription_of(self.context.environment.bot) == "Subscribed"

    def is_finished(self, reports: Reports) -> bool:
        return state_of(self._after, reports) is State.SENT and self._is_subscribed()

    def outcomes(self, reports: Reports) -> list[EventOutcome]:
        replies, is_subscribed = self.context.replies_to(self._after), self._is_subscribed()
        return [
            EventOutcome(
                "Moderators banned the bot from a community, and lifted the ban.",
                ("subscribed again, " if is_subscribed else "not subscribed, ")
                + counted("{0} under the next post", replies),
                replies == (1, 0) and is_subscribed,
            )
        ]


class SidebarChangedBack(Event):
    """The moderators change the settings in the sidebar, and go back to the earlier text."""

    def __init__(self, context: EventContext) -> None:
        super().__init__(context)
        self._community = context.community(EDITED_COMMUNITY)
        self._moderator = context.state.add_person("nora")
        self._community.moderators.append(self._moderator)
        self._edits = 0

    def step(self, reports: Reports) -> None:
        answers = len(self.context.messages_to(self._moderator))
        if answers == self._edits < len(_WORDS):
            self._community.description = f"Be kind.\n\n```precis\nwords: {_WORDS[self._edits]}\n```"
            self._edits += 1

    def is_finished(self, reports: Reports) -> bool:
        return len(self.context.messages_to(self._moderator)) == len(_WORDS)

    def outcomes(self, reports: Reports) -> list[EventOutcome]:
        answers = self.context.messages_to(self._moderator)
        last = next((words for words in _WORDS if f"→ `{words}`" in "".join(answers[-1:])), None)
        return [
            EventOutcome(
                "Moderators changed the settings in the sidebar, and changed them back.",
                f"{len(answers)} answers to {self._edits} changes, at last words: {last}",
                len(answers) == len(_WORDS) and last == _WORDS[-1],
            )
        ]
