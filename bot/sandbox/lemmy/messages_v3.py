"""Mentions, replies and private messages of API v3, as Lemmy 0.19.20 answers the calls about them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.sandbox.lemmy.api_errors import (
    Refusal,
    body_of,
    check_text,
    number_in,
    number_of,
    optional_number_in,
    paging,
    text_in,
)
from bot.sandbox.lemmy.read_calls_v3 import Visit, is_shown
from bot.sandbox.lemmy.server_state import Comment, Letter, Notice, Person
from bot.sandbox.lemmy.views_v3 import Views, time


def mentions(visit: Visit) -> dict[str, Any]:
    """A mention inside a reply is a mention only; deleted comments stay, with their text."""
    return _told(visit, "mentions", _is_mention, _mention_view)


def replies(visit: Visit) -> dict[str, Any]:
    return _told(visit, "replies", _is_reply, _reply_view)


def _is_mention(notice: Notice) -> bool:
    return isinstance(notice.about, Comment) and notice.mentions


def _is_reply(notice: Notice) -> bool:
    return isinstance(notice.about, Comment) and not notice.mentions


def _told(
    visit: Visit,
    name: str,
    belongs: Callable[[Notice], bool],
    view: Callable[[Notice, Visit], dict[str, Any]],
) -> dict[str, Any]:
    me = visit.me
    first, count = paging(visit.query, "unknown", "Fetch limit is > 50")
    found = [notice for notice in visit.world.notices(me) if belongs(notice) and _is_shown(notice, visit)]
    if visit.query.get("unread_only") == "true":
        found = [notice for notice in found if not notice.read]
    if visit.query.get("sort") == "Old":
        found.reverse()
    return {name: [view(notice, visit) for notice in found[first : first + count]]}


def _is_shown(notice: Notice, visit: Visit) -> bool:
    return isinstance(notice.about, Comment) and is_shown(notice.about, visit)


def _notice(notice: Notice) -> dict[str, Any]:
    assert isinstance(notice.about, Comment)
    return {
        "id": notice.id,
        "recipient_id": notice.recipient.id,
        "comment_id": notice.about.id,
        "read": notice.read,
        "published": time(notice.published),
    }


def _mention_view(notice: Notice, visit: Visit) -> dict[str, Any]:
    return {"person_mention": _notice(notice), **_comment(notice, visit)}


def _reply_view(notice: Notice, visit: Visit) -> dict[str, Any]:
    return {"comment_reply": _notice(notice), **_comment(notice, visit)}


def _comment(notice: Notice, visit: Visit) -> dict[str, Any]:
    assert isinstance(notice.about, Comment)
    view = visit.views.comment_view(notice.about)
    view["comment"]["content"] = notice.about.content
    return {**view, "recipient": visit.views.person(notice.recipient)}


def unread_count(visit: Visit) -> dict[str, Any]:
    """Deleted comments are not counted."""
    unread = [notice for notice in visit.world.notices(visit.me) if not notice.read]
    comments = [notice for notice in unread if isinstance(notice.about, Comment) and not notice.about.deleted]
    return {
        "replies": sum(map(_is_reply, comments)),
        "mentions": sum(map(_is_mention, comments)),
        "private_messages": sum(isinstance(notice.about, Letter) for notice in unread),
    }


def mark_mention(visit: Visit) -> dict[str, Any]:
    notice = _marked(visit, "person_mention_id", "couldnt_find_person_mention")
    return {"person_mention_view": _mention_view(notice, visit)}


def mark_reply(visit: Visit) -> dict[str, Any]:
    notice = _marked(visit, "comment_reply_id", "couldnt_find_comment_reply")
    return {"comment_reply_view": _reply_view(notice, visit)}


def _marked(visit: Visit, name: str, unknown: str) -> Notice:
    me, body = visit.me, body_of(visit.request)
    notice = visit.world.notice(number_in(body, name))
    if notice is None or not isinstance(notice.about, Comment):
        raise Refusal(unknown)
    if notice.recipient is not me:
        raise Refusal("couldnt_update_comment")
    notice.read = bool(body.get("read"))
    return notice


def private_messages(visit: Visit) -> dict[str, Any]:
    """Newest first; the account's own are among them unless only unread ones are asked for."""
    me = visit.me
    first, count = paging(visit.query, "unknown", "Fetch limit is > 50")
    letters = [letter for letter in visit.world.letters() if me in (letter.creator, letter.recipient)]
    if visit.query.get("unread_only") == "true":
        letters = [
            letter for letter in letters if letter.recipient is me and not visit.world.notice_of(letter).read
        ]
    if (creator := number_of(visit.query, "creator_id")) is not None:
        letters = [letter for letter in letters if letter.creator.id == creator]
    return {"private_messages": [_letter_view(letter, visit) for letter in letters[first : first + count]]}


def _letter_view(letter: Letter, visit: Visit) -> dict[str, Any]:
    row = {**letter_row(letter, visit.views), "published": time(letter.published)}
    row["read"] = visit.world.notice_of(letter).read
    return {"private_message": row, **company(letter, visit.views)}


def letter_row(letter: Letter, views: Views) -> dict[str, Any]:
    """What both versions say of a private message."""
    return {
        "id": letter.id,
        "creator_id": letter.creator.id,
        "recipient_id": letter.recipient.id,
        "content": letter.content,
        "deleted": letter.deleted,
        "ap_id": views.address(letter.creator.host, f"private_message/{letter.id}"),
        "local": letter.creator.host == views.world.host,
        "removed": False,
    }


def company(letter: Letter, views: Views) -> dict[str, Any]:
    return {"creator": views.person(letter.creator), "recipient": views.person(letter.recipient)}


def create_letter(visit: Visit, *, shown_from: datetime | None = None) -> dict[str, Any]:
    letter = stored_letter(visit, "couldnt_create_private_message", shown_from)
    return {"private_message_view": _letter_view(letter, visit)}


def stored_letter(visit: Visit, unknown: str, shown_from: datetime | None) -> Letter:
    """Blank text passes; people who blocked the author, or want no messages, are not written to."""
    me, body = visit.me, body_of(visit.request)
    text = text_in(body, "content")
    check_text(text)
    recipient = visit.world.people.get(number_in(body, "recipient_id"))
    if recipient is None or not recipient.takes_letters:
        raise Refusal(unknown)
    if me.id in recipient.blocked:
        raise Refusal("person_is_blocked")
    return visit.world.add_letter(me, recipient, text, shown_from)


def mark_letter(visit: Visit) -> dict[str, Any]:
    me, body = visit.me, body_of(visit.request)
    number = optional_number_in(body, "private_message_id")
    letter = next((letter for letter in visit.world.letters() if letter.id == number), None)
    if letter is None:
        raise Refusal("couldnt_find_private_message")
    if letter.recipient is not me:
        raise Refusal("couldnt_update_private_message")
    visit.world.notice_of(letter).read = bool(body.get("read"))
    return {"private_message_view": _letter_view(letter, visit)}


def seen_by(me: Person, visit: Visit) -> list[Notice]:
    """What 1.0 tells a person of: comments that still stand, posts and letters."""
    return [
        notice
        for notice in visit.world.notices(me)
        if not isinstance(notice.about, Comment)
        or (not notice.about.deleted and is_shown(notice.about, visit))
    ]
