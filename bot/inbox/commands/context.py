"""What the desk needs of the rest of Precis, and what all its answers share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.core.messages import Answer, Message
from bot.core.models import Dialect, Reply, Skipped
from bot.i18n.translations import Translator, translator
from bot.inbox.commands.parser import Command, parse_command
from bot.pipeline.rule_resolver import RuleResolver
from bot.platforms.base import Messaging
from bot.rules.layers import Origin
from bot.store import Feedback, NewOutgoingMessage, SentReplies, SettingsPages


@dataclass(frozen=True, slots=True)
class BotIdentity:
    """Who the bot is to those who write to an account of it."""

    messaging: Messaging
    names: frozenset[str]
    """What it is called there, in lower case; empty where nobody has said."""
    host: str | None
    """Completes the bare names of communities; None on Reddit."""
    forward_to: str | None = None
    """Who gets the messages that no command understands, if anybody."""

    @property
    def dialect(self) -> Dialect:
        return self.messaging.dialect


@dataclass(frozen=True, slots=True)
class CommandContext:
    """Everything that answers are made of."""

    rule_resolver: RuleResolver
    sent_replies: SentReplies
    feedback: Feedback
    settings_pages: SettingsPages
    identity_of: Callable[[str], BotIdentity]
    """By the account's name."""
    preview: Callable[[str, str, str], Reply | Skipped]
    """Account, community and link to the reply that would be; raises `PlatformError` for "later"."""
    may_accept_invitation: Callable[[str], bool]
    """Whether the invitation of a subreddit may be accepted."""
    queue_message: Callable[[NewOutgoingMessage], object]
    """Keeps a letter until it is sent; one for the same reason counts once."""
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class CommandRequest:
    """A message, and what it asks for."""

    message: Message
    command: Command
    identity: BotIdentity

    @property
    def community(self) -> str | None:
        """The one that is named, or the one where the message stands."""
        named = self.command.community or self.message.community
        if named is None or "@" in named or self.identity.host is None:
            return named
        return f"{named}@{self.identity.host}"

    @property
    def source_id(self) -> str:
        """What an order is known by again."""
        return f"{self.message.account}/{self.message.id}"


def parse_request(message: Message, office: CommandContext) -> CommandRequest | None:
    """What a message asks for, judged by its words alone; None when nothing that the desk knows."""
    persona = office.identity_of(message.account)
    command = parse_command(message.text, message.subject)
    return None if command is None else CommandRequest(message, command, persona)


def community_link(community: str) -> str:
    """A community as people there write it, so that it is a link to it."""
    return f"!{community}" if "@" in community else f"r/{community}"


def translator_for(community: str | None, office: CommandContext, otherwise: str | None) -> Translator:
    """The texts in the language of a community, where its settings name one."""
    if community is not None:
        held = office.rule_resolver.effective_rules(community)
        if held.origins["language"] is not Origin.DEFAULT and held.rules.language != "auto":
            return translator(held.rules.language)
        if len(held.rules.languages) == 1:
            return translator(held.rules.languages[0])
    return translator(otherwise)


def request_translator(request: CommandRequest, office: CommandContext) -> Translator:
    return translator_for(request.community, office, request.command.language)


def make_answer(say: Translator, *paragraphs: str, private: bool = False) -> Answer:
    return Answer("\n\n".join(paragraphs), private=private, language=say.language)


def is_moderator(request: CommandRequest, community: str) -> bool:
    """Whether the author moderates a community at this moment; raises `PlatformError`."""
    return request.message.author.lower() in request.identity.messaging.moderators(community)
