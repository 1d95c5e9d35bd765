"""Mentions, replies and private messages in API v3: calls, and parsers of their answers.

A mention inside a reply to the bot is listed as a mention only, and both lists keep deleted comments
with their text. Source: measurements on real 0.19.20 servers.
"""

from __future__ import annotations

from typing import Any

from bot.messages import Message, Via
from bot.platforms.call import Call, Malformed
from bot.platforms.lemmy import wire
from bot.platforms.lemmy.mail_dialect import Box, Letter, Place
from bot.platforms.lemmy.parsing import read
from bot.platforms.spoken import names

_API = "/api/v3"
_PAGE = 50
_MARKS = {
    "mention": ("user/mention", "person_mention_id"),
    "reply": ("comment", "comment_reply_id"),
    "private_message": ("private_message", "private_message_id"),
}
"""Kind of receipt -> where it is marked as read, and under what name."""


class Unread(wire.Wire):
    replies: int = 0
    mentions: int = 0
    private_messages: int = 0


class Notice(wire.Wire):
    id: int


class Comment(wire.Comment):
    content: str = ""


class Told(wire.Wire):
    """A row of the mentions or of the replies."""

    person_mention: Notice | None = None
    comment_reply: Notice | None = None
    comment: Comment
    creator: wire.Person
    community: wire.Community


class PrivateMessage(wire.Wire):
    id: int
    creator_id: int
    content: str = ""
    published: wire.Time
    deleted: bool = False
    removed: bool = False


class LetterView(wire.Wire):
    private_message: PrivateMessage
    creator: wire.Person
    recipient: wire.Person


class LetterAnswer(wire.Wire):
    private_message_view: LetterView


class Letters(wire.Wire):
    private_messages: list[LetterView]


class Lists(wire.Wire):
    """Exactly one of them is there, newest first."""

    mentions: tuple[Any, ...] = ()
    replies: tuple[Any, ...] = ()
    private_messages: tuple[Any, ...] = ()


class PersonView(wire.Wire):
    person: wire.Person


class PersonAnswer(wire.Wire):
    person_view: PersonView


class Community(wire.Community):
    description: str = ""


class CommunityView(wire.Wire):
    community: Community


class ModeratorView(wire.Wire):
    moderator: wire.Person


class PlaceAnswer(wire.Wire):
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
