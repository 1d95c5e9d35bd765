"""Messages from people and moderators to the bot, and its answers."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum, StrEnum

from msgspec import Struct


class MessageKind(StrEnum):
    """How a message reached the bot."""

    MENTION = "mention"
    """A comment or a post that mentions the bot."""
    REPLY = "reply"
    """A reply to a comment of the bot."""
    PRIVATE = "private"
    MODMAIL = "modmail"
    """From the moderators of a subreddit."""
    INVITATION = "invitation"
    """An invitation to moderate a subreddit."""


class Priority(IntEnum):
    """In which order messages are handled, the lowest number first."""

    MODERATOR = 0
    """A command that controls the bot, by a moderator of the community."""
    CONTROL = 1
    """Another command that controls the bot, such as `delete` and `opt out`."""
    OTHER = 2


class Message(Struct, frozen=True):
    """A message to the bot; times are aware and in UTC."""

    account: str
    id: str
    """Unique in the account across all kinds: a comment that arrives as a mention and as a reply is one
    message."""
    via: MessageKind
    author: str
    """`name@host` on Lemmy and PieFed, the name alone on Reddit; lower case."""
    text: str
    sent: datetime
    subject: str = ""
    author_bot: bool = False
    gone: bool = False
    """Whether it has been deleted or removed; if so, its text must not be used."""
    community: str | None = None
    """The community of the comment or of the moderators; None if the platform does not report it."""
    post_id: str | None = None
    comment_id: str | None = None
    """The comment itself, if the message is one. The answer is a reply to it."""
    parent_id: str | None = None
    """The comment that it replies to."""
    url: str = ""
    """The address of the comment or post, if the message is one."""
    thread: str = ""
    """Where a private answer continues the conversation; only the adapter that created it reads it."""
    receipt: str = ""
    """Used to mark it as read; only the adapter that created it reads it."""


class InboxPage(Struct, frozen=True):
    """The result of one check of the inbox."""

    messages: tuple[Message, ...]
    parse_errors: tuple[str, ...] = ()
    """One line for each message that could not be parsed."""


class Answer(Struct, frozen=True):
    """The bot's answer to a message: a reply to a comment, a private message otherwise."""

    markdown: str
    private: bool = False
    """Whether to answer in private although the message is a comment."""
    language: str | None = None
    """ISO 639-1 of the text; the platform may ignore it."""
    subject: str = ""
    """The subject of a private message, if the platform has subjects; empty to keep the message's subject."""
    community: str = ""
    """The community that the answer is about; a setting in the next message is for this one."""


class SettingsPage(Struct, frozen=True):
    """The unparsed text of a community's settings page (a wiki page or a sidebar)."""

    community: str
    text: str
    revision: str
    """Changes whenever the page changes."""
    editor: str | None
    """Who changed it last, if the platform reports it."""
    moderators_only: bool
    """Whether only moderators can change it."""
    changed_at: datetime | None = None
