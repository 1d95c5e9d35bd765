"""Schemas of PieFed's notifications and private messages, and their conversion to `Message`.

A mention in an answer to the bot arrives as an answer. A mention in a post arrives only as a
notification. Source: responses of a real 1.6.27 server.
"""

from __future__ import annotations

from typing import Any

from bot.core.messages import Message, MessageKind
from bot.platforms.api_models import ApiModel, UtcTime, parent_of, parse
from bot.platforms.piefed import schemas
from bot.platforms.piefed.schemas import Viewer
from bot.platforms.text_matching import mentions_handle


class UnreadCounts(ApiModel):
    mentions: int = 0
    replies: int = 0
    private_messages: int = 0


class Comment(schemas.CommentRow):
    body: str = ""


class CommentView(ApiModel):
    comment: Comment
    creator: schemas.Person
    community: schemas.Community


class CommentResponse(ApiModel):
    comment_view: CommentView


class Post(schemas.PostRow):
    body: str | None = None


class PostView(ApiModel):
    post: Post
    creator: schemas.Person
    community: schemas.Community


class Notification(ApiModel):
    """Mentions have no `comment_view`; notifications about posts have no `comment`."""

    notif_id: int
    notif_subtype: str = ""
    author: schemas.Person
    comment: Comment | None = None
    comment_view: CommentView | None = None
    post: PostView | None = None


class NotificationList(schemas.NumberedList):
    items: list[Any]


class PrivateMessage(ApiModel):
    id: int
    creator_id: int
    content: str = ""
    published: UtcTime
    deleted: bool = False


class PrivateMessageView(ApiModel):
    private_message: PrivateMessage
    creator: schemas.Person


class PrivateMessageResponse(ApiModel):
    private_message_view: PrivateMessageView


class PrivateMessageList(schemas.NumberedList):
    private_messages: list[Any]


class PersonView(ApiModel):
    person: schemas.Person


class PersonResponse(ApiModel):
    person_view: PersonView


class Community(schemas.Community):
    description: str | None = None


class CommunityView(ApiModel):
    community: Community


class ModeratorView(ApiModel):
    moderator: schemas.Person


class CommunityResponse(ApiModel):
    community_view: CommunityView
    moderators: tuple[ModeratorView, ...] = ()


def message_of(row: Any, viewer: Viewer) -> Message | str:
    """A message, or the receipt if the notification is not a message. Raises MalformedResponse."""
    notification = parse(Notification, row)
    receipt = f"notification {notification.notif_id}"
    if notification.comment is not None:
        return _comment_message(notification, notification.comment, viewer, receipt)
    if notification.notif_subtype == "post_mention" and notification.post is not None:
        return _post_message(notification.post, viewer, receipt)
    return receipt


def _comment_message(notification: Notification, comment: Comment, viewer: Viewer, receipt: str) -> Message:
    return Message(
        account=viewer.account,
        id=f"comment-{comment.id}",
        via=MessageKind.MENTION if mentions_handle(comment.body, viewer.me.handle) else MessageKind.REPLY,
        author=notification.author.handle,
        text=comment.body,
        sent=comment.published,
        author_bot=notification.author.bot,
        gone=comment.deleted or comment.removed,
        community=notification.comment_view.community.handle if notification.comment_view else None,
        post_id=str(comment.post_id),
        comment_id=str(comment.id),
        parent_id=parent_of(comment.path),
        url=f"{viewer.base_url}/post/{comment.post_id}/comment/{comment.id}",
        receipt=receipt,
    )


def _post_message(view: PostView, viewer: Viewer, receipt: str) -> Message:
    return Message(
        account=viewer.account,
        id=f"post-{view.post.id}",
        via=MessageKind.MENTION,
        author=view.creator.handle,
        text=view.post.body or "",
        sent=view.post.published,
        author_bot=view.creator.bot,
        gone=view.post.deleted or view.post.removed,
        community=view.community.handle,
        post_id=str(view.post.id),
        url=f"{viewer.base_url}/post/{view.post.id}",
        receipt=receipt,
    )


def private_message_of(row: Any, viewer: Viewer) -> Message:
    view = parse(PrivateMessageView, row)
    message = view.private_message
    return Message(
        account=viewer.account,
        id=f"private-{message.id}",
        via=MessageKind.PRIVATE,
        author=view.creator.handle,
        text=message.content,
        sent=message.published,
        author_bot=view.creator.bot,
        gone=message.deleted,
        receipt=f"private {message.id}",
    )


def community_of(response: Any) -> str:
    """The community in a response for one comment. Raises MalformedResponse."""
    return parse(CommentResponse, response).comment_view.community.handle
