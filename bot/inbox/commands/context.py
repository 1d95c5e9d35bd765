"""What the desk needs of the rest of Precis, and what all its answers share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.core.messages import Answer, Message
from bot.core.models import Dialect, Reply, Skipped
from bot.i18n.translations import Wording, wording
from bot.inbox.commands.parser import Command, command_in
from bot.pipeline.effective_rules import RuleBook
from bot.platforms.base import Correspondence
from bot.rules.layers import Origin
from bot.store import NewLetter, Pages, Replies, Voices


@dataclass(frozen=True, slots=True)
class Persona:
    """Who the bot is to those who write to an account of it."""

    correspondence: Correspondence
    names: frozenset[str]
    """What it is called there, in lower case; empty where nobody has said."""
    host: str | None
    """Completes the bare names of communities; None on Reddit."""
    forward_to: str | None = None
    """Who gets the messages that no command understands, if anybody."""

    @property
    def dialect(self) -> Dialect:
        return self.correspondence.dialect


@dataclass(frozen=True, slots=True)
class Office:
    """Everything that answers are made of."""

    book: RuleBook
    replies: Replies
    voices: Voices
    pages: Pages
    persona: Callable[[str], Persona]
    """By the account's name."""
    preview: Callable[[str, str, str], Reply | Skipped]
    """Account, community and link to the reply that would be; raises `PlatformError` for "later"."""
    invited: Callable[[str], bool]
    """Whether the invitation of a subreddit may be accepted."""
    tell: Callable[[NewLetter], object]
    """Keeps a letter until it is sent; one for the same reason counts once."""
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Request:
    """A message, and what it asks for."""

    message: Message
    command: Command
    persona: Persona

    @property
    def community(self) -> str | None:
        """The one that is named, or the one where the message stands."""
        named = self.command.community or self.message.community
        if named is None or "@" in named or self.persona.host is None:
            return named
        return f"{named}@{self.persona.host}"

    @property
    def source(self) -> str:
        """What an order is known by again."""
        return f"{self.message.account}/{self.message.id}"


def understood(message: Message, office: Office) -> Request | None:
    """What a message asks for, judged by its words alone; None when nothing that the desk knows."""
    persona = office.persona(message.account)
    command = command_in(message.text, message.subject)
    return None if command is None else Request(message, command, persona)


def named(community: str) -> str:
    """A community as people there write it, so that it is a link to it."""
    return f"!{community}" if "@" in community else f"r/{community}"


def words_for(community: str | None, office: Office, otherwise: str | None) -> Wording:
    """The texts in the language of a community, where its settings name one."""
    if community is not None:
        held = office.book.held(community)
        if held.origins["language"] is not Origin.DEFAULT and held.rules.language != "auto":
            return wording(held.rules.language)
        if len(held.rules.languages) == 1:
            return wording(held.rules.languages[0])
    return wording(otherwise)


def words_of(request: Request, office: Office) -> Wording:
    return words_for(request.community, office, request.command.language)


def answer(say: Wording, *paragraphs: str, private: bool = False) -> Answer:
    return Answer("\n\n".join(paragraphs), private=private, language=say.language)


def moderates(request: Request, community: str) -> bool:
    """Whether the author moderates a community at this moment; raises `PlatformError`."""
    return request.message.author.lower() in request.persona.correspondence.moderators(community)
