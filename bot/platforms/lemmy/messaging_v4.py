"""Notifications and private messages in API v4: calls, and parsers of their answers.

Each comment comes once, a mention inside a reply to the bot as a reply; an edit makes it come again.
Source: measurements on a real 1.0.0-beta.1 server.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from bot.core.messages import Message, MessageKind
from bot.platforms.api_call import Call, MalformedAnswer
from bot.platforms.lemmy import schemas_v3, schemas_v4
from bot.platforms.lemmy.messaging_api import CommunityInfo, InboxListing, PrivateMessage
from bot.platforms.lemmy.messaging_v3 import comment_message, private_message, private_message_of
from bot.platforms.lemmy.parsing import parse

_API = "/api/v4"
_PAGE = 50


class UnreadCounts(schemas_v3.LemmyModel):
    notification_count: int = 0


class Notification(schemas_v3.LemmyModel):
    id: int
    kind: str


class NotificationView(schemas_v3.LemmyModel):
    notification: Notification
    data: dict[str, Any]


class NotificationList(schemas_v3.LemmyModel):
    items: list[Any]


class Comment(schemas_v4.Comment):
    content: str = ""


class CommentNotification(schemas_v3.LemmyModel):
    comment: Comment
    creator: schemas_v4.Person
    community: schemas_v4.Community


class Post(schemas_v4.Post):
    body: str = ""


class PostNotification(schemas_v3.LemmyModel):
    post: Post
    creator: schemas_v4.Person
    community: schemas_v4.Community


class PrivateMessageRow(schemas_v3.LemmyModel):
    id: int
    creator_id: int
    content: str = ""
    published: schemas_v3.UtcTime = Field(validation_alias="published_at")
    deleted: bool = False
    removed: bool = False


class PrivateMessageView(schemas_v3.LemmyModel):
    private_message: PrivateMessageRow
    creator: schemas_v4.Person
    recipient: schemas_v4.Person


class PrivateMessageResponse(schemas_v3.LemmyModel):
    private_message_view: PrivateMessageView


class PersonView(schemas_v3.LemmyModel):
    person: schemas_v4.Person


class PersonResponse(schemas_v3.LemmyModel):
    person_view: PersonView


class Community(schemas_v4.Community):
    sidebar: str = ""


class CommunityView(schemas_v3.LemmyModel):
    community: Community


class ModeratorView(schemas_v3.LemmyModel):
    moderator: schemas_v4.Person


class CommunityResponse(schemas_v3.LemmyModel):
    community_view: CommunityView
    moderators: tuple[ModeratorView, ...] = ()


class LemmyMessagingV4:
    """The part of 1.0's dialect that has to do with people; see `MailDialect`."""

    def unread_count_call(self) -> Call:
        return Call("GET", f"{_API}/account/unread_counts")

    def inbox_calls(self, answer: Any) -> tuple[Call, ...]:
        if not parse(UnreadCounts, answer).notification_count:
            return ()
        return (_notifications(type_="all", unread_only="true"),)

    def parse_inbox(self, answer: Any, account: str, me: str) -> InboxListing:
        messages: list[Message] = []
        unreadable: list[str] = []
        chaff: list[str] = []
        for row in parse(NotificationList, answer).items:
            try:
                item = parse(NotificationView, row)
                message = _message(item, account, me)
            except MalformedAnswer as error:
                unreadable.append(f"a notification: {error}")
                continue
            if message is None:
                chaff.append(str(item.notification.id))
            else:
                messages.append(message)
        return InboxListing(tuple(messages), tuple(unreadable), tuple(chaff))

    def mark_read_call(self, receipt: str) -> Call:
        body = {"notification_id": int(receipt), "read": True}
        return Call("POST", f"{_API}/account/notification/mark_as_read", body=body)

    def comment_call(self, comment_id: str) -> Call:
        return Call("GET", f"{_API}/comment", query={"id": comment_id})

    def person_call(self, handle: str) -> Call:
        return Call("GET", f"{_API}/person", query={"username": handle})

    def parse_person_id(self, answer: Any) -> int:
        return parse(PersonResponse, answer).person_view.person.id

    def send_message_call(self, recipient: int, markdown: str) -> Call:
        body = {"recipient_id": recipient, "content": markdown}
        return Call("POST", f"{_API}/private_message", body=body)

    def parse_message(self, answer: Any) -> PrivateMessage:
        return private_message_of(parse(PrivateMessageResponse, answer).private_message_view)

    def sent_messages_call(self, me: int) -> Call:
        return _notifications(type_="private_message", creator_id=me)

    def parse_messages(self, answer: Any) -> tuple[PrivateMessage, ...]:
        items = [parse(NotificationView, row) for row in parse(NotificationList, answer).items]
        return tuple(private_message_of(parse(PrivateMessageView, item.data)) for item in items)

    def parse_community_info(self, answer: Any) -> CommunityInfo:
        place = parse(CommunityResponse, answer)
        moderators = frozenset(view.moderator.handle for view in place.moderators)
        return CommunityInfo(place.community_view.community.sidebar, moderators)


def _notifications(**query: str | int) -> Call:
    return Call("GET", f"{_API}/account/notification/list", query={**query, "limit": _PAGE})


def _message(item: NotificationView, account: str, me: str) -> Message | None:
    """None for what is no message: a moderator's act, a new post of a followed community."""
    receipt = str(item.notification.id)
    match item.notification.kind, item.data.get("type_"):
        case "private_message", _:
            return private_message(parse(PrivateMessageView, item.data), account, receipt)
        case "mention" | "reply", "comment":
            told = parse(CommentNotification, item.data)
            return comment_message(told.comment, told, account, me, receipt)
        case "mention", "post":
            return _in_post(parse(PostNotification, item.data), account, receipt)
        case _:
            return None


def _in_post(told: PostNotification, account: str, receipt: str) -> Message:
    return Message(
        account=account,
        id=f"post-{told.post.id}",
        via=MessageKind.MENTION,
        author=told.creator.handle,
        text=told.post.body,
        sent=told.post.published,
        author_bot=told.creator.bot_account,
        gone=told.post.deleted or told.post.removed,
        community=told.community.handle,
        post_id=str(told.post.id),
        receipt=receipt,
    )
