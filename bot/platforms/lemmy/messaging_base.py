"""Messaging calls, schemas and parsers that API v3 and v4 share."""

from __future__ import annotations

from typing import Any

from bot.core.messages import Message, MessageKind
from bot.platforms.api_call import Call
from bot.platforms.api_models import ApiModel, UtcTime, parent_of, parse
from bot.platforms.lemmy import schemas_v3
from bot.platforms.lemmy.messaging_api import CommunityInfo, PrivateMessage
from bot.platforms.text_matching import mentions_handle

PAGE_SIZE = 50


class Comment(schemas_v3.Comment):
    content: str = ""


class CommentNotification(ApiModel):
    """A comment that mentions the bot or replies to it."""

    comment: Comment
    creator: schemas_v3.Person
    community: schemas_v3.Community


class PrivateMessageRow(ApiModel):
    id: int
    creator_id: int
    content: str = ""
    published: UtcTime
    deleted: bool = False
    removed: bool = False


class PrivateMessageView(ApiModel):
    private_message: PrivateMessageRow
    creator: schemas_v3.Person
    recipient: schemas_v3.Person


class PrivateMessageResponse(ApiModel):
    private_message_view: PrivateMessageView


class PersonView(ApiModel):
    person: schemas_v3.Person


class PersonResponse(ApiModel):
    person_view: PersonView


class ModeratorView(ApiModel):
    moderator: schemas_v3.Person


class Community(schemas_v3.Community):
    sidebar: str = ""


class CommunityView(ApiModel):
    community: Community


class CommunityResponse(ApiModel):
    community_view: CommunityView
    moderators: tuple[ModeratorView, ...] = ()


class LemmyMessagingBase:
    """The part of `LemmyMessagingApi` that is the same in both versions; each sets its own schemas."""

    prefix: str
    """What every path starts with."""
    _person_response: type[PersonResponse]
    _private_message_response: type[PrivateMessageResponse]
    _community_info_response: type[CommunityResponse]

    def comment_call(self, comment_id: str) -> Call:
        return Call("GET", f"{self.prefix}/comment", query={"id": comment_id})

    def parse_person_id(self, response: Any) -> int:
        return parse(self._person_response, response).person_view.person.id

    def send_message_call(self, recipient: int, markdown: str) -> Call:
        body = {"recipient_id": recipient, "content": markdown}
        return Call("POST", f"{self.prefix}/private_message", body=body)

    def parse_message(self, response: Any) -> PrivateMessage:
        return private_message_of(parse(self._private_message_response, response).private_message_view)

    def parse_community_info(self, response: Any) -> CommunityInfo:
        response = parse(self._community_info_response, response)
        moderators = frozenset(view.moderator.handle for view in response.moderators)
        return CommunityInfo(response.community_view.community.sidebar, moderators)


def comment_message(notification: CommentNotification, account: str, me: str, receipt: str) -> Message:
    """From a comment that mentions the bot or replies to it; `me` is the bot's handle."""
    comment = notification.comment
    return Message(
        account=account,
        id=f"comment-{comment.id}",
        via=MessageKind.MENTION if mentions_handle(comment.content, me) else MessageKind.REPLY,
        author=notification.creator.handle,
        text=comment.content,
        sent=comment.published,
        author_bot=notification.creator.bot_account,
        gone=comment.deleted or comment.removed,
        community=notification.community.handle,
        post_id=str(comment.post_id),
        comment_id=str(comment.id),
        parent_id=parent_of(comment.path),
        receipt=receipt,
    )


def private_message(view: PrivateMessageView, account: str, receipt: str) -> Message:
    row = view.private_message
    return Message(
        account=account,
        id=f"private-{row.id}",
        via=MessageKind.PRIVATE,
        author=view.creator.handle,
        text=row.content,
        sent=row.published,
        author_bot=view.creator.bot_account,
        gone=row.deleted or row.removed,
        receipt=receipt,
    )


def private_message_of(view: PrivateMessageView) -> PrivateMessage:
    row = view.private_message
    return PrivateMessage(str(row.id), view.creator.handle, view.recipient.handle, row.content, row.published)
