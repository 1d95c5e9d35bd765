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

    def unread_count_call(self) -> Call:
        """How much there is to read, at the price of one call."""
        ...

    def inbox_calls(self, answer: Any) -> tuple[Call, ...]:
        """From the answer to `unread`: the lists that hold something."""
        ...

    def parse_inbox(self, answer: Any, account: str, me: str) -> InboxListing: ...
    def mark_read_call(self, receipt: str) -> Call: ...
    def comment_call(self, comment_id: str) -> Call: ...
    def person_call(self, handle: str) -> Call: ...
    def parse_person_id(self, answer: Any) -> int: ...
    def send_message_call(self, recipient: int, markdown: str) -> Call: ...
    def parse_message(self, answer: Any) -> PrivateMessage: ...
    def sent_messages_call(self, me: int) -> Call:
        """The account's own, newest first, one page."""
        ...

    def parse_messages(self, answer: Any) -> tuple[PrivateMessage, ...]: ...
    def parse_community_info(self, answer: Any) -> CommunityInfo: ...
