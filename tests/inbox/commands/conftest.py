"""A desk over a real database; the platform behind it is a hand-written fake at its Protocol."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.core.errors import PlatformError, Refused
from bot.core.messages import Message, MessageKind, SettingsPage
from bot.core.models import Comment, Dialect, PollResult, Post, Reply, Skipped, Source
from bot.core.skip_reasons import SkipReason
from bot.inbox.commands.context import BotIdentity, CommandContext
from bot.inbox.commands.handler import CommandHandler
from bot.inbox.settings_pages import SettingsPageReader
from bot.pipeline.rule_resolver import ModeratorBounds, RuleResolver
from bot.rules.moderator_limits import ModeratorLimits
from bot.store import (
    CommunitySettingsLog,
    Database,
    Feedback,
    NewOutgoingMessage,
    OptOuts,
    OutgoingMessages,
    OutgoingReplies,
    PostQueue,
    SentReplies,
    SettingsPages,
)
from tests.conftest import Clock, a_post
from tests.inbox.conftest import town

__all__ = ["town"]

NEWS = "news@lemmy.example"
MOD = "mona@lemmy.example"


class FakeCorrespondence:
    """Who moderates what, and what stands on the pages."""

    account = "home"

    def __init__(self) -> None:
        self.dialect = Dialect.LEMMY
        self.mods: dict[str, set[str]] = {NEWS: {MOD}, "news": {"mona"}}
        self.pages: dict[str, SettingsPage | None] = {}
        self.failing: PlatformError | None = None
        self.invitations: set[str] = set()
        self.reads = 0

    def _answer(self) -> None:
        if self.failing is not None:
            raise self.failing

    def moderators(self, community: str) -> frozenset[str]:
        self._answer()
        return frozenset(self.mods.get(community, ()))

    def settings_page(self, community: str) -> SettingsPage | None:
        self.reads += 1
        self._answer()
        return self.pages.get(community)

    def create_settings_page(self, community: str, text: str) -> None:
        if self.pages.get(community) is not None:
            raise Refused(SkipReason.REFUSED, "there is one")
        self.pages[community] = SettingsPage(community, text, "begun", "precis", moderators_only=True)

    def accept_invitation(self, community: str) -> None:
        if community not in self.invitations:
            raise Refused(SkipReason.REFUSED, "there is none")
        self.invitations.remove(community)
        self.mods.setdefault(community, set()).add("precis@lemmy.example")


class Scene:
    """One desk, and what people say to it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.clock = clock
        self.queue, self.drafts = PostQueue(database), OutgoingReplies(database)
        self.orders, self.voices, self.pages = (
            CommunitySettingsLog(database),
            Feedback(database),
            SettingsPages(database),
        )
        self.replies, self.letters = SentReplies(database), OutgoingMessages(database)
        self.there = FakeCorrespondence()
        self.limits = ModeratorLimits()
        self.open = True
        self.invited = {"news"}
        self.written: dict[str, Any] = {}
        self.tried: list[tuple[str, str, str]] = []
        self.preview: Reply | Skipped = Reply("Boats.", "en", 900, 90, 90)
        self.told: list[NewOutgoingMessage] = []
        self._messages = 0
        self.host: str | None = "lemmy.example"
        self.forward_to: str | None = None
        self._optouts = OptOuts(database)

    @property
    def book(self) -> RuleResolver:
        bounds = ModeratorBounds(self.limits, lambda community: self.open)
        return RuleResolver(lambda community: self.written, bounds, self.orders, self._optouts)

    @property
    def office(self) -> CommandContext:
        names = frozenset({"precis@lemmy.example"})
        persona = BotIdentity(self.there, names, self.host, self.forward_to)  # type: ignore[arg-type]
        return CommandContext(
            rule_resolver=self.book,
            sent_replies=self.replies,
            feedback=self.voices,
            settings_pages=self.pages,
            identity_of=lambda account: persona,
            preview=self._preview,
            may_accept_invitation=self.invited.__contains__,
            queue_message=self.told.append,
            clock=self.clock,
        )

    def _preview(self, account: str, community: str, link: str) -> Reply | Skipped:
        self.tried.append((account, community, link))
        return self.preview

    def message(self, text: str, author: str = MOD, **facts: Any) -> Message:
        self._messages += 1
        values = {
            "account": "home",
            "id": f"m{self._messages}",
            "via": MessageKind.PRIVATE,
            "sent": self.clock(),
        }
        return Message(**{**values, "author": author, "text": text, **facts})

    def say(self, text: str, author: str = MOD, **facts: Any) -> str | None:
        """Send it twice, as a crash would: the second time has to find the same end."""
        message = self.message(text, author, **facts)
        answer = CommandHandler(self.office).handle(message)
        again = CommandHandler(self.office).handle(message)
        assert (answer is None) == (again is None)
        return None if answer is None else answer.markdown

    def read_page(self, community: str = NEWS) -> list[str]:
        """Look at a page as after a restart; what the moderators are told."""
        self.clock.advance(3600)
        before = len(self.told)
        SettingsPageReader(self.office, timedelta(hours=1)).read_if_due("home", community)
        return [letter.markdown for letter in self.told[before:]]

    def reply(self, number: int = 1, **facts: Any) -> Post:
        """A post with the bot's reply below it; the reply's id is c and the number."""
        post = a_post(number, **facts)
        self.queue.discover(Source("home", None), PollResult((post,), "-"), self.clock())
        (task,) = self.queue.claim(self.clock(), 1, timedelta(minutes=5))
        self.queue.make_ready(task.row, Reply("Boats.", "en", 900, 90, 90), self.clock(), self.clock())
        self.drafts.mark_sending(task.row, self.clock(), self.clock())
        comment = Comment(f"c{number}", post.id, f"https://lemmy.example/comment/c{number}", self.clock())
        self.drafts.mark_sent(task.row, comment, self.clock())
        return post


@pytest.fixture
def scene(database: Database, clock: Clock) -> Scene:
    return Scene(database, clock)


@pytest.fixture
def holds(scene: Scene) -> Callable[[str], Any]:
    """What holds of a setting in the community now."""
    return lambda name: getattr(scene.book.rules_for(NEWS), name)
