"""The messaging part of `bot.platforms.lemmy.api.LemmyApi`."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

from bot.core.messages import Message
from bot.platforms.api_call import Call


class InboxListing(Struct, frozen=True):
    """One page of one list of the inbox."""

    messages: tuple[Message, ...]
    """Newest first."""
    parse_errors: tuple[str, ...] = ()
    ignorable: tuple[str, ...] = ()
    """Receipts of notifications that are not messages."""


class PrivateMessage(Struct, frozen=True):
    """A private message."""

    id: str
    sender: str
    recipient: str
    text: str
    sent: datetime


class CommunityInfo(Struct, frozen=True):
    """The sidebar and the moderators of a community."""

    sidebar: str
    moderators: frozenset[str]


class LemmyMessagingApi(Protocol):
    """Parsers raise `MalformedResponse`. `me` is the bot's own handle, `name@host`."""

    def unread_count_call(self) -> Call:
        """The number of unread messages."""
        ...

    def inbox_calls(self, response: Any) -> tuple[Call, ...]:
        """From the response to `unread_count_call`: the calls for the lists that are not empty."""
        ...

    def parse_inbox(self, response: Any, account: str, me: str) -> InboxListing: ...
    def next_inbox_call(self, call: Call, response: Any) -> Call | None:
        """The call for the next page of a list; None after the last one."""
        ...

    def mark_read_call(self, receipt: str) -> Call: ...
    def comment_call(self, comment_id: str) -> Call: ...
    def person_call(self, handle: str) -> Call: ...
    def parse_person_id(self, response: Any) -> int: ...
    def send_message_call(self, recipient: int, markdown: str) -> Call: ...
    def parse_message(self, response: Any) -> PrivateMessage: ...
    def sent_messages_call(self, me: int) -> Call:
        """One page of the account's sent messages, newest first."""
        ...

    def parse_messages(self, response: Any) -> tuple[PrivateMessage, ...]: ...
    def parse_community_info(self, response: Any) -> CommunityInfo: ...
