"""What the correspondence needs of a version of Lemmy's API; a part of `dialect.Dialect`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.core.messages import Message
from bot.platforms.api_call import Call


@dataclass(frozen=True, slots=True)
class InboxListing:
    """One list of the inbox, as far as one answer shows it."""

    messages: tuple[Message, ...]
    """Newest first."""
    unreadable: tuple[str, ...] = ()
    ignorable: tuple[str, ...] = ()
    """Receipts of notices that are no messages."""


@dataclass(frozen=True, slots=True)
class PrivateMessage:
    """A private message."""

    id: str
    sender: str
    recipient: str
    text: str
    sent: datetime


@dataclass(frozen=True, slots=True)
class CommunityInfo:
    """What a community says of itself."""

    sidebar: str
    moderators: frozenset[str]


class LemmyMessagingApi(Protocol):
    """Parsers raise `Malformed`. `me` is the bot's own handle, `name@host`."""

    def unread(self) -> Call:
        """How much there is to read, at the price of one call."""
        ...

    def boxes(self, answer: Any) -> tuple[Call, ...]:
        """From the answer to `unread`: the lists that hold something."""
        ...

    def read_box(self, answer: Any, account: str, me: str) -> InboxListing: ...
    def mark_read(self, receipt: str) -> Call: ...
    def comment(self, comment_id: str) -> Call: ...
    def person(self, handle: str) -> Call: ...
    def read_person(self, answer: Any) -> int: ...
    def write_letter(self, recipient: int, markdown: str) -> Call: ...
    def read_letter(self, answer: Any) -> PrivateMessage: ...
    def sent_letters(self, me: int) -> Call:
        """The account's own, newest first, one page."""
        ...

    def read_letters(self, answer: Any) -> tuple[PrivateMessage, ...]: ...
    def read_place(self, answer: Any) -> CommunityInfo: ...
