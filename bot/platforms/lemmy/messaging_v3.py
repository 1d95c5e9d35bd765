"""Mentions, replies and private messages in API v3: calls, and parsers of their answers.

A mention inside a reply to the bot is listed as a mention only, and both lists keep deleted comments
with their text. Source: measurements on real 0.19.20 servers.
"""

from __future__ import annotations

from typing import Any

from bot.core.messages import Message, MessageKind
from bot.platforms.api_call import Call, MalformedAnswer
from bot.platforms.lemmy import schemas_v3
from bot.platforms.lemmy.messaging_api import CommunityInfo, InboxListing, PrivateMessage
from bot.platforms.lemmy.parsing import parse
from bot.platforms.text_matching import mentions_handle

_API = "/api/v3"
_PAGE = 50
_MARKS = {
    "mention": ("user/mention", "person_mention_id"),
    "reply": ("comment", "comment_reply_id"),
    "private_message": ("private_message", "private_message_id"),
}
"""Kind of receipt -> where it is marked as read, and under what name."""


class UnreadCounts(schemas_v3.LemmyModel):
    replies: int = 0
    mentions: int = 0
    private_messages: int = 0


class NotificationId(schemas_v3.LemmyModel):
    id: int


class Comment(schemas_v3.Comment):
    content: str = ""


class CommentNotification(schemas_v3.LemmyModel):
    """A row of the mentions or of the replies."""

    person_mention: NotificationId | None = None
    comment_reply: NotificationId | None = None
    comment: Comment
    creator: schemas_v3.Person
    community: schemas_v3.Community


class PrivateMessageRow(schemas_v3.LemmyModel):
    id: int
    creator_id: int
    content: str = ""
    published: schemas_v3.UtcTime
    deleted: bool = False
    removed: bool = False


class PrivateMessageView(schemas_v3.LemmyModel):
    private_message: PrivateMessageRow
    creator: schemas_v3.Person
    recipient: schemas_v3.Person


class PrivateMessageResponse(schemas_v3.LemmyModel):
    private_message_view: PrivateMessageView


class PrivateMessageList(schemas_v3.LemmyModel):
    private_messages: list[PrivateMessageView]


class InboxLists(schemas_v3.LemmyModel):
    """Exactly one of them is there, newest first."""

    mentions: tuple[Any, ...] = ()
    replies: tuple[Any, ...] = ()
    private_messages: tuple[Any, ...] = ()


class PersonView(schemas_v3.LemmyModel):
    person: schemas_v3.Person


class PersonResponse(schemas_v3.LemmyModel):
    person_view: PersonView


class Community(schemas_v3.Community):
    description: str = ""


class CommunityView(schemas_v3.LemmyModel):
    community: Community


class ModeratorView(schemas_v3.LemmyModel):
    moderator: schemas_v3.Person


class CommunityResponse(schemas_v3.LemmyModel):
    community_view: CommunityView
    moderators: tuple[ModeratorView, ...] = ()


class LemmyMessagingV3:
    """The part of 0.19's dialect that has to do with people; see `MailDialect`."""

    def unread_count_call(self) -> Call:
        return Call("GET", f"{_API}/user/unread_count")

    def inbox_calls(self, answer: Any) -> tuple[Call, ...]:
        counts = parse(UnreadCounts, answer)
        lists: tuple[tuple[int, str, dict[str, str]], ...] = (
            (counts.mentions, "user/mention", {"sort": "New"}),
            (counts.replies, "user/replies", {"sort": "New"}),
            (counts.private_messages, "private_message/list", {}),
        )
        return tuple(_unread(path, order) for count, path, order in lists if count)

    def parse_inbox(self, answer: Any, account: str, me: str) -> InboxListing:
        lists = parse(InboxLists, answer)
        messages: list[Message] = []
        unreadable: list[str] = []
        for row in [*lists.mentions, *lists.replies, *lists.private_messages]:
            try:
                messages.append(_message(row, account, me))
            except MalformedAnswer as error:
                unreadable.append(f"a message: {error}")
        return InboxListing(tuple(messages), tuple(unreadable))

    def mark_read_call(self, receipt: str) -> Call:
        kind, _, number = receipt.partition(" ")
        path, key = _MARKS[kind]
        return Call("POST", f"{_API}/{path}/mark_as_read", body={key: int(number), "read": True})

    def comment_call(self, comment_id: str) -> Call:
        return Call("GET", f"{_API}/comment", query={"id": comment_id})

    def person_call(self, handle: str) -> Call:
        return Call("GET", f"{_API}/user", query={"username": handle, "limit": 1})

    def parse_person_id(self, answer: Any) -> int:
        return parse(PersonResponse, answer).person_view.person.id

    def send_message_call(self, recipient: int, markdown: str) -> Call:
        body = {"recipient_id": recipient, "content": markdown}
        return Call("POST", f"{_API}/private_message", body=body)

    def parse_message(self, answer: Any) -> PrivateMessage:
        return private_message_of(parse(PrivateMessageResponse, answer).private_message_view)

    def sent_messages_call(self, me: int) -> Call:
        query: dict[str, str | int] = {"unread_only": "false", "creator_id": me, "limit": _PAGE}
        return Call("GET", f"{_API}/private_message/list", query=query)

    def parse_messages(self, answer: Any) -> tuple[PrivateMessage, ...]:
        return tuple(private_message_of(view) for view in parse(PrivateMessageList, answer).private_messages)

    def parse_community_info(self, answer: Any) -> CommunityInfo:
        place = parse(CommunityResponse, answer)
        moderators = frozenset(view.moderator.handle for view in place.moderators)
        return CommunityInfo(place.community_view.community.description, moderators)


def _unread(path: str, order: dict[str, str]) -> Call:
    query: dict[str, str | int] = {"unread_only": "true", "limit": _PAGE, **order}
    return Call("GET", f"{_API}/{path}", query=query)


def _message(row: Any, account: str, me: str) -> Message:
    if isinstance(row, dict) and "private_message" in row:
        view = parse(PrivateMessageView, row)
        return private_message(view, account, f"private_message {view.private_message.id}")
    told = parse(CommentNotification, row)
    if told.person_mention is not None:
        return comment_message(told.comment, told, account, me, f"mention {told.person_mention.id}")
    if told.comment_reply is None:
        raise MalformedAnswer("neither a mention nor a reply")
    return comment_message(told.comment, told, account, me, f"reply {told.comment_reply.id}")


def comment_message(comment: Any, told: Any, account: str, me: str, receipt: str) -> Message:
    """A comment that names the bot or answers it; the arguments are rows of either version."""
    ancestors = comment.path.split(".")[1:-1]
    return Message(
        account=account,
        id=f"comment-{comment.id}",
        via=MessageKind.MENTION if mentions_handle(comment.content, me) else MessageKind.REPLY,
        author=told.creator.handle,
        text=comment.content,
        sent=comment.published,
        author_bot=told.creator.bot_account,
        gone=comment.deleted or comment.removed,
        community=told.community.handle,
        post_id=str(comment.post_id),
        comment_id=str(comment.id),
        parent_id=ancestors[-1] if ancestors else None,
        receipt=receipt,
    )


def private_message(view: Any, account: str, receipt: str) -> Message:
    letter = view.private_message
    return Message(
        account=account,
        id=f"private-{letter.id}",
        via=MessageKind.PRIVATE,
        author=view.creator.handle,
        text=letter.content,
        sent=letter.published,
        author_bot=view.creator.bot_account,
        gone=letter.deleted or letter.removed,
        receipt=receipt,
    )


def private_message_of(view: Any) -> PrivateMessage:
    letter = view.private_message
    return PrivateMessage(
        str(letter.id), view.creator.handle, view.recipient.handle, letter.content, letter.published
    )
