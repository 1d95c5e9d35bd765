"""What people and moderators say to the bot, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MessageKind(StrEnum):
    """How a message reached the bot."""

    MENTION = "mention"
    """A comment that names the bot, or a post's text that does."""
    REPLY = "reply"
    """An answer below a comment of the bot."""
    PRIVATE = "private"
    MODMAIL = "modmail"
    """From the moderators of a subreddit, as such."""
    INVITATION = "invitation"
    """To become a moderator of a subreddit."""


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody said to the bot; times are aware and in UTC."""

    account: str
    id: str
    """Unique in the account over all ways of arrival: a comment that comes as a mention and as a reply
    is one message."""
    via: MessageKind
    author: str
    """`name@host` on Lemmy and PieFed, the bare name on Reddit; lower case."""
    text: str
    sent: datetime
    subject: str = ""
    author_bot: bool = False
    gone: bool = False
    """Whether it was deleted or removed by now; then the text is not to be used."""
    community: str | None = None
    """Where a comment stands, or whose moderators write; None where the platform does not say."""
    post_id: str | None = None
    comment_id: str | None = None
    """The comment itself, when it is one: what an answer stands below."""
    parent_id: str | None = None
    """The comment that it answers."""
    thread: str = ""
    """What an answer in private goes on with; opaque to all but the adapter that made it."""
    receipt: str = ""
    """What marks it as read; opaque to all but the adapter that made it."""


@dataclass(frozen=True, slots=True)
class InboxPage:
    """What one look into the inbox gave."""

    messages: tuple[Message, ...]
    parse_errors: tuple[str, ...] = ()
    """One line for each message that could not be parsed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot says to a message: below a comment, in private to everything else."""

    markdown: str
    private: bool = False
    """In private to its author, although the message is a comment."""
    language: str | None = None
    """ISO 639-1 of the text, a wish only."""
    subject: str = ""
    """Of a private message, where the platform has such; empty for that of the message."""


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """What a community's own page (a wiki page, a sidebar) says to the bot, as it stands there."""

    community: str
    text: str
    revision: str
    """Changes when the page does."""
    editor: str | None
    """Who changed it last, where the platform says so."""
    moderators_only: bool
    """Whether nobody but moderators can change it."""
    changed_at: datetime | None = None
