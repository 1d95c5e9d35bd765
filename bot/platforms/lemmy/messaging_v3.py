"""Mentions, replies and private messages in API v3: the calls, and the parsers of their responses.

A mention inside a reply to the bot is listed only as a mention. Both lists keep deleted comments
with their text. Source: measurements on real 0.19.20 servers.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pydantic import Field

from bot.core.messages import Message
from bot.platforms.api_call import Call, MalformedResponse
from bot.platforms.api_models import ApiModel, parse
from bot.platforms.lemmy import messaging_base
from bot.platforms.lemmy.messaging_api import InboxListing, PrivateMessage
from bot.platforms.lemmy.messaging_base import (
    PAGE_SIZE,
    CommentNotification,
    LemmyMessagingBase,
    PersonResponse,
    PrivateMessageResponse,
    PrivateMessageView,
    comment_message,
    private_message,
    private_message_of,
)

_MARK_READ = {
    "mention": ("user/mention", "person_mention_id"),
    "reply": ("comment", "comment_reply_id"),
    "private_message": ("private_message", "private_message_id"),
}
"""Kind of receipt -> path of the call that marks it as read, and name of the id in its body."""


class UnreadCounts(ApiModel):
    replies: int = 0
    mentions: int = 0
    private_messages: int = 0


class NotificationId(ApiModel):
    id: int


class NotificationRow(CommentNotification):
    """A row of the list of mentions or of the list of replies."""

    person_mention: NotificationId | None = None
    comment_reply: NotificationId | None = None


class PrivateMessageList(ApiModel):
    private_messages: list[PrivateMessageView]


class InboxLists(ApiModel):
    """A response contains exactly one of the lists, newest first."""

    mentions: tuple[Any, ...] = ()
    replies: tuple[Any, ...] = ()
    private_messages: tuple[Any, ...] = ()


class Community(messaging_base.Community):
    sidebar: str = Field(default="", validation_alias="description")


class CommunityView(messaging_base.CommunityView):
    community: Community


class CommunityResponse(messaging_base.CommunityResponse):
    community_view: CommunityView


class LemmyMessagingV3(LemmyMessagingBase):
    """The `LemmyMessagingApi` of Lemmy 0.19."""

    prefix = "/api/v3"
    _person_response = PersonResponse
    _private_message_response = PrivateMessageResponse
    _community_info_response = CommunityResponse

    def unread_count_call(self) -> Call:
        return Call("GET", f"{self.prefix}/user/unread_count")

    def inbox_calls(self, response: Any) -> tuple[Call, ...]:
        counts = parse(UnreadCounts, response)
        lists: tuple[tuple[int, str, dict[str, str]], ...] = (
            (counts.mentions, "user/mention", {"sort": "New"}),
            (counts.replies, "user/replies", {"sort": "New"}),
            (counts.private_messages, "private_message/list", {}),
        )
        return tuple(self._unread_list_call(path, order) for count, path, order in lists if count)

    def parse_inbox(self, response: Any, account: str, me: str) -> InboxListing:
        lists = parse(InboxLists, response)
        messages: list[Message] = []
        parse_errors: list[str] = []
        for row in [*lists.mentions, *lists.replies, *lists.private_messages]:
            try:
                messages.append(_message(row, account, me))
            except MalformedResponse as error:
                parse_errors.append(f"a message: {error}")
        return InboxListing(tuple(messages), tuple(parse_errors))

    def next_inbox_call(self, call: Call, response: Any) -> Call | None:
        lists = parse(InboxLists, response)
        if len(lists.mentions) + len(lists.replies) + len(lists.private_messages) < PAGE_SIZE:
            return None
        return replace(call, query={**call.query, "page": int(call.query.get("page", 1)) + 1})

    def mark_read_call(self, receipt: str) -> Call:
        kind, _, number = receipt.partition(" ")
        path, id_name = _MARK_READ[kind]
        body = {id_name: int(number), "read": True}
        return Call("POST", f"{self.prefix}/{path}/mark_as_read", body=body)

    def person_call(self, handle: str) -> Call:
        return Call("GET", f"{self.prefix}/user", query={"username": handle, "limit": 1})

    def sent_messages_call(self, me: int) -> Call:
        query: dict[str, str | int] = {"unread_only": "false", "creator_id": me, "limit": PAGE_SIZE}
        return Call("GET", f"{self.prefix}/private_message/list", query=query)

    def parse_messages(self, response: Any) -> tuple[PrivateMessage, ...]:
        return tuple(
            private_message_of(view) for view in parse(PrivateMessageList, response).private_messages
        )

    def _unread_list_call(self, path: str, order: dict[str, str]) -> Call:
        query: dict[str, str | int] = {"unread_only": "true", "limit": PAGE_SIZE, **order}
        return Call("GET", f"{self.prefix}/{path}", query=query)


def _message(row: Any, account: str, me: str) -> Message:
    if isinstance(row, dict) and "private_message" in row:
        view = parse(PrivateMessageView, row)
        return private_message(view, account, f"private_message {view.private_message.id}")
    notification = parse(NotificationRow, row)
    if notification.person_mention is not None:
        receipt = f"mention {notification.person_mention.id}"
    elif notification.comment_reply is not None:
        receipt = f"reply {notification.comment_reply.id}"
    else:
        raise MalformedResponse("neither a mention nor a reply")
    return comment_message(notification, account, me, receipt)
