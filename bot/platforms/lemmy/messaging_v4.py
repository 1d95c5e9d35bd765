"""Notifications and private messages in API v4: the calls, and the parsers of their responses.

Each comment is listed once; a mention inside a reply to the bot is listed as a reply. An edit lists
it again. Source: measurements on a real 1.0.0-beta.1 server.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace
from pydantic import Field

from bot.core.messages import Message, MessageKind
from bot.platforms.api_call import Call, MalformedResponse
from bot.platforms.api_models import ActorId, ApiModel, UtcTime, parse
from bot.platforms.lemmy import messaging_base, schemas_v4
from bot.platforms.lemmy.messaging_api import InboxListing, PrivateMessage
from bot.platforms.lemmy.messaging_base import (
    PAGE_SIZE,
    LemmyMessagingBase,
    comment_message,
    private_message,
    private_message_of,
)


class UnreadCounts(ApiModel):
    notification_count: int = 0


class Notification(ApiModel):
    id: int
    kind: str


class NotificationView(ApiModel):
    notification: Notification
    data: dict[str, Any]


class NotificationList(ApiModel):
    items: list[Any]
    next_page: str | None = None


class Comment(messaging_base.Comment):
    published: UtcTime = Field(validation_alias="published_at")


class CommentNotification(messaging_base.CommentNotification):
    comment: Comment
    creator: schemas_v4.Person
    community: schemas_v4.Community


class Post(schemas_v4.Post):
    body: str = ""


class PostNotification(ApiModel):
    """A post that mentions the bot."""

    post: Post
    creator: schemas_v4.Person
    community: schemas_v4.Community


class PrivateMessageRow(messaging_base.PrivateMessageRow):
    published: UtcTime = Field(validation_alias="published_at")


class PrivateMessageView(messaging_base.PrivateMessageView):
    private_message: PrivateMessageRow
    creator: schemas_v4.Person
    recipient: schemas_v4.Person


class PrivateMessageResponse(messaging_base.PrivateMessageResponse):
    private_message_view: PrivateMessageView


class PersonView(messaging_base.PersonView):
    person: schemas_v4.Person


class PersonResponse(messaging_base.PersonResponse):
    person_view: PersonView


class Community(messaging_base.Community):
    actor_id: ActorId = Field(validation_alias="ap_id")


class CommunityView(messaging_base.CommunityView):
    community: Community


class ModeratorView(messaging_base.ModeratorView):
    moderator: schemas_v4.Person


class CommunityResponse(messaging_base.CommunityResponse):
    community_view: CommunityView
    moderators: tuple[ModeratorView, ...] = ()


class LemmyMessagingV4(LemmyMessagingBase):
    """The `LemmyMessagingApi` of Lemmy 1.0."""

    prefix = "/api/v4"
    _person_response = PersonResponse
    _private_message_response = PrivateMessageResponse
    _community_info_response = CommunityResponse

    def unread_count_call(self) -> Call:
        return Call("GET", f"{self.prefix}/account/unread_counts")

    def inbox_calls(self, response: Any) -> tuple[Call, ...]:
        if not parse(UnreadCounts, response).notification_count:
            return ()
        return (self._notifications_call(type_="all", unread_only="true"),)

    def parse_inbox(self, response: Any, account: str, me: str) -> InboxListing:
        messages: list[Message] = []
        parse_errors: list[str] = []
        ignorable: list[str] = []
        for row in parse(NotificationList, response).items:
            try:
                view = parse(NotificationView, row)
                message = _message(view, account, me)
            except MalformedResponse as error:
                parse_errors.append(f"a notification: {error}")
                continue
            if message is None:
                ignorable.append(str(view.notification.id))
            else:
                messages.append(message)
        return InboxListing(tuple(messages), tuple(parse_errors), tuple(ignorable))

    def next_inbox_call(self, call: Call, response: Any) -> Call | None:
        cursor = parse(NotificationList, response).next_page
        return None if cursor is None else replace(call, query={**call.query, "page_cursor": cursor})

    def mark_read_call(self, receipt: str) -> Call:
        body = {"notification_id": int(receipt), "read": True}
        return Call("POST", f"{self.prefix}/account/notification/mark_as_read", body=body)

    def person_call(self, handle: str) -> Call:
        return Call("GET", f"{self.prefix}/person", query={"username": handle})

    def sent_messages_call(self, me: int) -> Call:
        return self._notifications_call(type_="private_message", creator_id=me)

    def parse_messages(self, response: Any) -> tuple[PrivateMessage, ...]:
        views = [parse(NotificationView, row) for row in parse(NotificationList, response).items]
        return tuple(private_message_of(parse(PrivateMessageView, view.data)) for view in views)

    def _notifications_call(self, **query: str | int) -> Call:
        path = f"{self.prefix}/account/notification/list"
        return Call("GET", path, query={**query, "limit": PAGE_SIZE})


def _message(view: NotificationView, account: str, me: str) -> Message | None:
    """None for a notification that is not a message: a moderator action, or a new post in a followed
    community."""
    receipt = str(view.notification.id)
    match view.notification.kind, view.data.get("type_"):
        case "private_message", _:
            return private_message(parse(PrivateMessageView, view.data), account, receipt)
        case "mention" | "reply", "comment":
            return comment_message(parse(CommentNotification, view.data), account, me, receipt)
        case "mention", "post":
            return _post_message(parse(PostNotification, view.data), account, receipt)
        case _:
            return None


def _post_message(notification: PostNotification, account: str, receipt: str) -> Message:
    post, creator = notification.post, notification.creator
    return Message(
        account=account,
        id=f"post-{post.id}",
        via=MessageKind.MENTION,
        author=creator.handle,
        text=post.body,
        sent=post.published,
        author_bot=creator.bot_account,
        gone=post.deleted or post.removed,
        community=notification.community.handle,
        post_id=str(post.id),
        receipt=receipt,
    )
