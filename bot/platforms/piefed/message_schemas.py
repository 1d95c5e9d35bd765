"""The shapes of PieFed's notifications and private messages, and what becomes of them.

A mention inside an answer to the bot comes as an answer; a mention in a post comes as a notification
and nowhere else. Source: answers of a real 1.6.27 server.
"""

from __future__ import annotations

from typing import Any

from bot.core.messages import Message, MessageKind
from bot.platforms.lemmy.schemas_v3 import UtcTime
from bot.platforms.piefed import schemas
from bot.platforms.piefed.schemas import PieFedModel, Viewer, parse
from bot.platforms.text_matching import mentions_handle


class UnreadCounts(PieFedModel):
    mentions: int = 0
    replies: int = 0
    private_messages: int = 0


class Comment(schemas.CommentRow):
    body: str = ""


class CommentView(PieFedModel):
    comment: Comment
    creator: schemas.Person
    community: schemas.Community


class CommentResponse(PieFedModel):
    comment_view: CommentView


class Post(schemas.PostRow):
    body: str | None = None


class PostView(PieFedModel):
    post: Post
    creator: schemas.Person
    community: schemas.Community


class Notification(PieFedModel):
    """`comment_view` is left out of mentions, `comment` of all that is told of posts."""

    notif_id: int
    notif_subtype: str = ""
    author: schemas.Person
    comment: Comment | None = None
    comment_view: CommentView | None = None
    post: PostView | None = None


class NotificationList(PieFedModel):
    items: list[Any]
    next_page: str | None = None


class PrivateMessage(PieFedModel):
    id: int
    creator_id: int
    content: str = ""
    published: UtcTime
    deleted: bool = False


class PrivateMessageView(PieFedModel):
    private_message: PrivateMessage
    creator: schemas.Person


class PrivateMessageResponse(PieFedModel):
    private_message_view: PrivateMessageView


class PrivateMessageList(PieFedModel):
    private_messages: list[Any]
    next_page: str | None = None


class PersonView(PieFedModel):
    person: schemas.Person


class PersonResponse(PieFedModel):
    person_view: PersonView


class Community(schemas.Community):
    description: str | None = None


class CommunityView(PieFedModel):
    community: Community


class ModeratorView(PieFedModel):
    moderator: schemas.Person


class CommunityResponse(PieFedModel):
    community_view: CommunityView
    moderators: tuple[ModeratorView, ...] = ()


def message_of(row: Any, reader: Viewer) -> Message | str:
    """A message, or the receipt of a notification that is none. Raises Malformed."""
    told = parse(Notification, row)
    receipt = f"notification {told.notif_id}"
    if told.comment is not None:
        return _spoken(told, told.comment, reader, receipt)
    if told.notif_subtype == "post_mention" and told.post is not None:
        return _in_post(told.post, reader, receipt)
    return receipt


def _spoken(told: Notification, comment: Comment, reader: Viewer, receipt: str) -> Message:
    ancestors = comment.path.split(".")[1:-1]
    return Message(
        account=reader.account,
        id=f"comment-{comment.id}",
        via=MessageKind.MENTION if mentions_handle(comment.body, reader.me.handle) else MessageKind.REPLY,
        author=told.author.handle,
        text=comment.body,
        sent=comment.published,
        author_bot=told.author.bot,
        gone=comment.deleted or comment.removed,
        community=told.comment_view.community.handle if told.comment_view else None,
        post_id=str(comment.post_id),
        comment_id=str(comment.id),
        parent_id=ancestors[-1] if ancestors else None,
        receipt=receipt,
    )


def _in_post(told: PostView, reader: Viewer, receipt: str) -> Message:
    return Message(
        account=reader.account,
        id=f"post-{told.post.id}",
        via=MessageKind.MENTION,
        author=told.creator.handle,
        text=told.post.body or "",
        sent=told.post.published,
        author_bot=told.creator.bot,
        gone=told.post.deleted or told.post.removed,
        community=told.community.handle,
        post_id=str(told.post.id),
        receipt=receipt,
    )


def private_message_of(row: Any, reader: Viewer) -> Message:
    view = parse(PrivateMessageView, row)
    letter = view.private_message
    return Message(
        account=reader.account,
        id=f"private-{letter.id}",
        via=MessageKind.PRIVATE,
        author=view.creator.handle,
        text=letter.content,
        sent=letter.published,
        author_bot=view.creator.bot,
        gone=letter.deleted,
        receipt=f"private {letter.id}",
    )


def community_of(answer: Any) -> str:
    """The community of one comment; raises Malformed."""
    return parse(CommentResponse, answer).comment_view.community.handle
