"""What every command receives (`CommandContext`, `CommandRequest`), and helpers for the answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from bot.core.messages import Answer, Message, MessageKind
from bot.core.models import Dialect, Reply, Skipped
from bot.i18n.translations import Translator, translator
from bot.inbox.commands.parser import Command, Verb, parse_command
from bot.inbox.commands.vocabulary import vocabulary
from bot.pipeline.rule_resolver import RuleResolver
from bot.platforms.base import Messaging
from bot.rules.layers import Origin
from bot.store import (
    CommunityReport,
    Feedback,
    NewOutgoingMessage,
    ReportSubscriptions,
    SentReplies,
    SentReply,
    SettingsPages,
)


class BotIdentity(Struct, frozen=True):
    """The bot on one account."""

    messaging: Messaging
    names: frozenset[str]
    """Its names there, in lower case; empty if they are not known."""
    host: str | None
    """Added to a community name without a host; None on Reddit."""
    forward_to: str | None = None
    """The person who gets the messages that are not a command."""

    @property
    def dialect(self) -> Dialect:
        return self.messaging.dialect


class CommandContext(Struct, frozen=True):
    """The stores and functions that commands use."""

    rule_resolver: RuleResolver
    sent_replies: SentReplies
    feedback: Feedback
    settings_pages: SettingsPages
    report_subscriptions: ReportSubscriptions
    community_report: Callable[[str, datetime], CommunityReport]
    """(community, since) to what happened there."""
    identity_of: Callable[[str], BotIdentity]
    """By the account's name."""
    preview: Callable[[str, str, str], Reply | Skipped]
    """(account, community, link) to the reply there would be. Raises `PlatformError` to retry later."""
    may_accept_invitation: Callable[[str], bool]
    """Whether the operator allows the invitation of a subreddit."""
    queue_message: Callable[[NewOutgoingMessage], object]
    """Stores a message until it is sent. A second one with the same key is ignored."""
    is_watched: Callable[[str, str], bool]
    """(account, community): whether the bot replies there without a request."""
    hides_nsfw: Callable[[str], bool]
    """Whether the server hides NSFW posts from an account. Raises `PlatformError`."""
    clock: Callable[[], datetime]
    watched_communities: Callable[[str], tuple[str, ...]] = lambda account: ()
    """(account) to the communities that it watches, if it does not watch all."""
    last_community: Callable[[Message], str | None] = lambda message: None
    """(message) to the community that the last answer to its author was about."""
    resolve_address: Callable[[str, str], str | None] = lambda account, address: None
    """(account, address) as `Platform.resolve_address`. Raises `PlatformError` to retry later."""
    adopt_reply: Callable[[str, str], SentReply | None] = lambda account, post_id: None
    """(account, post id) to the bot's reply on the platform, which the database may not know. Raises
    `PlatformError` to retry later."""
    adopt_comment: Callable[[str, str], SentReply | None] = lambda account, comment_id: None
    """(account, comment id) to the bot's reply with this id, otherwise as `adopt_reply`."""
    adopt_at: Callable[[str, str], SentReply | None] = lambda account, address: None
    """(account, address) to the bot's reply there, otherwise as `adopt_reply`."""


class CommandRequest(Struct, frozen=True):
    """A message and the command in it."""

    message: Message
    command: Command
    identity: BotIdentity

    @property
    def community(self) -> str | None:
        """The community that the command names, or the one that the message is in."""
        name = self.command.community or self.message.community
        if name is None or "@" in name or self.identity.host is None:
            return name
        return f"{name}@{self.identity.host}"

    @property
    def source_id(self) -> str:
        """Identifies the message, so that a change is recorded once."""
        return f"{self.message.account}/{self.message.id}"

    @property
    def example_community(self) -> str:
        """A community in the form of the platform, for examples in answers."""
        return f"!news@{self.identity.host}" if self.identity.host else "r/news"

    @property
    def example_post(self) -> str:
        """The address of a post in the form of the platform, for examples in answers."""
        if self.identity.host:
            return f"https://{self.identity.host}/post/123"
        return "https://www.reddit.com/r/news/comments/1abcd2/"


PRIVATE_KINDS = frozenset({MessageKind.PRIVATE, MessageKind.MODMAIL})
"""Kinds of messages that only the bot and the moderators read."""


def parse_request(message: Message, context: CommandContext) -> CommandRequest | None:
    """The command in a message; None if there is none. Only the text is considered."""
    identity = context.identity_of(message.account)
    is_private = message.via in PRIVATE_KINDS
    command = parse_command(message.text, message.subject, private=is_private)
    return None if command is None else CommandRequest(message, command, identity)


def community_link(community: str) -> str:
    """A community in the form that its platform turns into a link."""
    return f"!{community}" if "@" in community else f"r/{community}"


def translator_for(
    community: str | None, context: CommandContext, languages: tuple[str, ...] = ()
) -> Translator:
    """The texts in the language of the message, else in that of the community, else in English.

    Of several `languages` that the message may be in, the community's is preferred.
    """
    own = _language_of(community, context) if community is not None else None
    if languages and own not in languages:
        return translator(languages[0])
    return translator(own)


def _language_of(community: str, context: CommandContext) -> str | None:
    """The language that the settings of a community name; None if they name none."""
    effective = context.rule_resolver.effective_rules(community)
    if effective.origins["language"] is not Origin.DEFAULT and effective.rules.language != "auto":
        return effective.rules.language
    return effective.rules.languages[0] if len(effective.rules.languages) == 1 else None


def request_translator(request: CommandRequest, context: CommandContext) -> Translator:
    """The texts in the language of the message, else in the community's."""
    return translator_for(request.community, context, request.command.languages)


def command_word(verb: Verb, translate: Translator) -> str:
    """A command as it is written in the language of an answer."""
    return vocabulary().words[verb][translate.language]


def private_answer(translate: Translator, *paragraphs: str) -> Answer:
    """An answer to send as a private message, in the translator's language."""
    return Answer("\n\n".join(paragraphs), private=True, language=translate.language)


def ask_for_community(
    word: str, request: CommandRequest, translate: Translator, arguments: str = ""
) -> Answer:
    """The answer to a command that needs a community and has none."""
    example = f"{word} {request.example_community} {arguments}".strip()
    return private_answer(translate, translate("which-community", example=example))
