"""A command handler with a real database and a fake of the platform's messaging Protocol."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from bot.core.errors import PlatformError, Refused
from bot.core.messages import Message, MessageKind, SettingsPage
from bot.core.models import Comment, Dialect, PollResult, Post, Reply, Skipped, Source
from bot.core.skip_reasons import SkipReason
from bot.inbox.commands.context import BotIdentity, CommandContext
from bot.inbox.commands.handler import CommandHandler
from bot.inbox.settings_pages import SettingsPageReader
from bot.pipeline.rule_resolver import ModeratorBounds, RuleResolver, network_of
from bot.rules.moderator_limits import ModeratorLimits
from bot.rules.profiles import BUILT_IN_PROFILES
from bot.store import (
    CommunitySettingsLog,
    Database,
    Feedback,
    NewOutgoingMessage,
    OptOuts,
    OutgoingMessages,
    OutgoingReplies,
    PostQueue,
    ReportSubscriptions,
    SentReplies,
    SettingsPages,
    community_report,
)
from bot.store.reply_obstacles import ReplyObstacles
from tests.conftest import Clock, a_post
from tests.inbox.conftest import server

__all__ = ["server"]

NEWS = "news@lemmy.example"
MOD = "mona@lemmy.example"


class FakeMessaging:
    """Moderators, settings pages and invitations in memory."""

    account = "home"

    def __init__(self) -> None:
        self.dialect = Dialect.LEMMY
        self.mods: dict[str, set[str]] = {NEWS: {MOD}, "news": {"mona"}}
        self.pages: dict[str, SettingsPage | None] = {}
        self.failing: PlatformError | None = None
        self.invitations: set[str] = set()
        self.reads = 0

    def _raise_if_failing(self) -> None:
        if self.failing is not None:
            raise self.failing

    def moderators(self, community: str) -> frozenset[str]:
        self._raise_if_failing()
        return frozenset(self.mods.get(community, ()))

    def settings_page(self, community: str) -> SettingsPage | None:
        self.reads += 1
        self._raise_if_failing()
        return self.pages.get(community)

    def create_settings_page(self, community: str, text: str) -> None:
        if self.pages.get(community) is not None:
            raise Refused(SkipReason.REFUSED, "it exists")
        self.pages[community] = SettingsPage(community, text, "first", "precis", moderators_only=True)

    def accept_invitation(self, community: str) -> None:
        if community not in self.invitations:
            raise Refused(SkipReason.REFUSED, "it does not exist")
        self.invitations.remove(community)
        self.mods.setdefault(community, set()).add("precis@lemmy.example")


class CommandHarness:
    """A command handler, messages to it, and its effects."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.clock = clock
        self.queue, self.outgoing_replies = PostQueue(database), OutgoingReplies(database)
        self.settings_log, self.feedback, self.pages = (
            CommunitySettingsLog(database),
            Feedback(database),
            SettingsPages(database),
        )
        self.sent_replies, self.outgoing_messages = SentReplies(database), OutgoingMessages(database)
        self.messaging = FakeMessaging()
        self.limits = ModeratorLimits()
        self.moderators_allowed = True
        self.invited = {"news"}
        self.operator_rules: dict[str, Any] = {}
        self.previewed: list[tuple[str, str, str]] = []
        self.preview_result: Reply | Skipped = Reply("Boats.", "en", 900, 90, 90)
        self.queued_messages: list[NewOutgoingMessage] = []
        self._messages = 0
        self.host: str | None = "lemmy.example"
        self.forward_to: str | None = None
        self.hides_nsfw = True
        self.watched = {NEWS, "news"}
        self.conversation: str | None = None
        self.profiles = BUILT_IN_PROFILES
        self._opt_outs = OptOuts(database)
        self.database, self.subscriptions = database, ReportSubscriptions(database)

    @property
    def rule_resolver(self) -> RuleResolver:
        bounds = ModeratorBounds(self.limits, lambda community: self.moderators_allowed, self.profiles)
        return RuleResolver(
            lambda community: self.operator_rules,
            bounds,
            self.settings_log,
            self._opt_outs,
            is_account_paused=lambda account: False,
            revision=count().__next__,  # nothing is cached, because tests change the operator's rules
        )

    def opted_out_or_paused(self, post: Post) -> Skipped | None:
        """As the outbox asks before it sends the reply to a post."""
        network = network_of(self.messaging.dialect)
        known = ReplyObstacles(self.database).before_send(post, network)
        return self.rule_resolver.opted_out_or_paused(post, known.has_opted_out)

    @property
    def context(self) -> CommandContext:
        names = frozenset({"precis@lemmy.example"})
        identity = BotIdentity(self.messaging, names, self.host, self.forward_to)  # type: ignore[arg-type]
        return CommandContext(
            rule_resolver=self.rule_resolver,
            sent_replies=self.sent_replies,
            feedback=self.feedback,
            settings_pages=self.pages,
            report_subscriptions=self.subscriptions,
            community_report=lambda community, since: community_report(self.database, community, since),
            identity_of=lambda account: identity,
            preview=self._preview,
            may_accept_invitation=self.invited.__contains__,
            queue_message=self.queued_messages.append,
            is_watched=lambda account, community: community in self.watched,
            watched_communities=lambda account: tuple(
                name for name in sorted(self.watched) if ("@" in name) is (self.host is not None)
            ),
            last_community=lambda message: self.conversation,
            hides_nsfw=lambda account: self.hides_nsfw,
            clock=self.clock,
        )

    def _preview(self, account: str, community: str, link: str) -> Reply | Skipped:
        self.previewed.append((account, community, link))
        return self.preview_result

    def message(self, text: str, author: str = MOD, **details: Any) -> Message:
        self._messages += 1
        values = {
            "account": "home",
            "id": f"m{self._messages}",
            "via": MessageKind.PRIVATE,
            "sent": self.clock(),
        }
        return Message(**{**values, "author": author, "text": text, **details})

    def send(self, text: str, author: str = MOD, **details: Any) -> str | None:
        """Handle a message twice, as after a crash: the result must be the same. Returns the answer."""
        message = self.message(text, author, **details)
        answer = CommandHandler(self.context).handle(message)
        again = CommandHandler(self.context).handle(message)
        assert (answer is None) == (again is None)
        return None if answer is None else answer.markdown

    def read_settings_page(self, community: str = NEWS) -> list[str]:
        """Read a page an hour later. Returns the messages to the moderators."""
        self.clock.advance(3600)
        before = len(self.queued_messages)
        SettingsPageReader(self.context, timedelta(hours=1)).read_if_due("home", community)
        return [message.markdown for message in self.queued_messages[before:]]

    def add_sent_reply(self, number: int = 1, **details: Any) -> Post:
        """Add a post with a reply of the bot; the id of the reply is "c" and the number."""
        post = a_post(number, **details)
        self.queue.discover(Source("home", None), PollResult((post,), "-"), self.clock())
        (claimed,) = self.queue.claim(self.clock(), 1, timedelta(minutes=5))
        self.queue.make_ready(claimed.row, Reply("Boats.", "en", 900, 90, 90), self.clock(), self.clock())
        self.outgoing_replies.mark_sending(claimed.row, self.clock(), self.clock())
        comment = Comment(f"c{number}", post.id, f"https://lemmy.example/comment/c{number}", self.clock())
        self.outgoing_replies.mark_sent(claimed.row, comment, self.clock())
        return post


@pytest.fixture
def harness(database: Database, clock: Clock) -> CommandHarness:
    return CommandHarness(database, clock)


@pytest.fixture
def current_value(harness: CommandHarness) -> Callable[[str], Any]:
    """The current value of a setting in the community."""
    return lambda name: getattr(harness.rule_resolver.rules_for(NEWS), name)
