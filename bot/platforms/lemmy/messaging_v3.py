"""Mentions, replies and private messages in API v3: calls, and parsers of their answers.

A mention inside a reply to the bot is listed as a mention only, and both lists keep deleted comments
with their text. Source: measurements on real 0.19.20 servers.
"""

from __future__ import annotations

from typing import Any

from bot.core.messages import Message, Via
from bot.platforms.api_call import Call, Malformed
from bot.platforms.lemmy import schemas_v3
from bot.platforms.lemmy.messaging_api import Box, Letter, Place
from bot.platforms.lemmy.parsing import read
from bot.platforms.name_matching import names

_API = "/api/v3"
_PAGE = 50
_MARKS = {
    "mention": ("user/mention", "person_mention_id"),
    "reply": ("comment", "comment_reply_id"),
    "private_message": ("private_message", "private_message_id"),
}
"""Kind of receipt -> where it is marked as read, and under what name."""


class Unread(schemas_v3.Wire):
    replies: int = 0
    mentions: int = 0
    private_messages: int = 0


class Notice(schemas_v3.Wire):
    id: int


class Comment(schemas_v3.Comment):
    content: str = ""


class Told(schemas_v3.Wire):
    """A row of the mentions or of the replies."""

    person_mention: Notice | None = None
    comment_reply: Notice | None = None
    comment: Comment
    creator: schemas_v3.Person
    community: schemas_v3.Community


class PrivateMessage(schemas_v3.Wire):
    id: int
    creator_id: int
    content: str = ""
    published: schemas_v3.Time
    deleted: bool = False
    removed: bool = False


class LetterView(schemas_v3.Wire):
    private_message: PrivateMessage
    creator: schemas_v3.Person
    recipient: schemas_v3.Person


class LetterAnswer(schemas_v3.Wire):
    private_message_view: LetterView


class Letters(schemas_v3.Wire):
    private_messages: list[LetterView]


class Lists(schemas_v3.Wire):
    """Exactly one of them is there, newest first."""

    mentions: tuple[Any, ...] = ()
    replies: tuple[Any, ...] = ()
    private_messages: tuple[Any, ...] = ()


class PersonView(schemas_v3.Wire):
    person: schemas_v3.Person


class PersonAnswer(schemas_v3.Wire):
    person_view: PersonView


class Community(schemas_v3.Community):
    description: str = ""


class CommunityView(schemas_v3.Wire):
    community: Community


class ModeratorView(schemas_v3.Wire):
    moderator: schemas_v3.Person


class PlaceAnswer(schemas_v3.Wire):
    community_view: CommunityView
    moderators: tuple[ModeratorView, ...] = ()


class MailV3:
    """The part of 0.19's dialect that has to do with people; see `MailDialect`."""

    def unread(self) -> Call:
        return Call("GET", f"{_API}/user/unread_count")

    def boxes(self, answer: Any) -> tuple[Call, ...]:
        counts = read(Unread, answer)
        lists: tuple[tuple[int, str, dict[str, str]], ...] = (
            (counts.mentions, "user/mention", {"sort": "New"}),
            (counts.replies, "user/replies", {"sort": "New"}),
            (counts.private_messages, "private_message/list", {}),
        )
        return tuple(_unread(path, order) for count, path, order in lists if count)

    def read_box(self, answer: Any, account: str, me: str) -> Box:
        lists = read(Lists, answer)
        messages: list[Message] = []
        unreadable: list[str] = []
        for row in [*lists.mentions, *lists.replies, *lists.private_messages]:
            try:
                messages.append(_message(row, account, me))
            except Malformed as error:
                unreadable.append(f"a message: {error}")
        return Box(tuple(messages), tuple(unreadable))

    def mark_read(self, receipt: str) -> Call:
        kind, _, number = receipt.partition(" ")
        path, key = _MARKS[kind]
        return Call("POST", f"{_API}/{path}/mark_as_read", body={key: int(number), "read": True})

    def comment(self, comment_id: str) -> Call:
        return Call("GET", f"{_API}/comment", query={"id": comment_id})

    def person(self, handle: str) -> Call:
        return Call("GET", f"{_API}/user", query={"username": handle, "limit": 1})

    def read_person(self, answer: Any) -> int:
        return read(PersonAnswer, answer).person_view.person.id

    def write_letter(self, recipient: int, markdown: str) -> Call:
        body = {"recipient_id": recipient, "content": markdown}
        return Call("POST", f"{_API}/private_message", body=body)

    def read_letter(self, answer: Any) -> Letter:
        return letter_of(read(LetterAnswer, answer).private_message_view)

    def sent_letters(self, me: int) -> Call:
        query: dict[str, str | int] = {"unread_only": "false", "creator_id": me, "limit": _PAGE}
        return Call("GET", f"{_API}/private_message/list", query=query)

    def read_letters(self, answer: Any) -> tuple[Letter, ...]:
        return tuple(letter_of(view) for view in read(Letters, answer).private_messages)

    def read_place(self, answer: Any) -> Place:
        place = read(PlaceAnswer, answer)
        moderators = frozenset(view.moderator.handle for view in place.moderators)
        return Place(place.community_view.community.description, moderators)


def _unread(path: str, order: dict[str, str]) -> Call:
    query: dict[str, str | int] = {"unread_only": "true", "limit": _PAGE, **order}
    return Call("GET", f"{_API}/{path}", query=query)


def _message(row: Any, account: str, me: str) -> Message:
    if isinstance(row, dict) and "private_message" in row:
        view = read(LetterView, row)
        return private(view, account, f"private_message {view.private_message.id}")
    told = read(Told, row)
    if told.person_mention is not None:
        return spoken(told.comment, told, account, me, f"mention {told.person_mention.id}")
    if told.comment_reply is None:
        raise Malformed("neither a mention nor a reply")
    return spoken(told.comment, told, account, me, f"reply {told.comment_reply.id}")


def spoken(comment: Any, told: Any, account: str, me: str, receipt: str) -> Message:
    """A comment that names the bot or answers it; the arguments are rows of either version."""
    ancestors = comment.path.split(".")[1:-1]
    return Message(
        account=account,
        id=f"comment-{comment.id}",
        via=Via.MENTION if names(comment.content, me) else Via.REPLY,
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


def private(view: Any, account: str, receipt: str) -> Message:
    letter = view.private_message
    return Message(
        account=account,
        id=f"private-{letter.id}",
        via=Via.PRIVATE,
        author=view.creator.handle,
        text=letter.content,
        sent=letter.published,
        author_bot=view.creator.bot_account,
        gone=letter.deleted or letter.removed,
        receipt=receipt,
    )


def letter_of(view: Any) -> Letter:
    letter = view.private_message
    return Letter(
        str(letter.id), view.creator.handle, view.recipient.handle, letter.content, letter.published
    )
