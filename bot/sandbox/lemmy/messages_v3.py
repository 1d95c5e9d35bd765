"""Mentions, replies and private messages of API v3, as Lemmy 0.19.20 answers the calls about them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.sandbox.lemmy.api_errors import (
    ApiError,
    check_text,
    int_parameter,
    json_body,
    offset_and_limit,
    optional_int,
    required_int,
    required_string,
)
from bot.sandbox.lemmy.read_calls_v3 import RequestContext, is_comment_listed
from bot.sandbox.lemmy.server_state import Comment, Notification, Person, PrivateMessage
from bot.sandbox.lemmy.views_v3 import ViewsV3, timestamp


def mentions(visit: RequestContext) -> dict[str, Any]:
    """A mention inside a reply is a mention only; deleted comments stay, with their text."""
    return _told(visit, "mentions", _is_mention, _mention_view)


def replies(visit: RequestContext) -> dict[str, Any]:
    return _told(visit, "replies", _is_reply, _reply_view)


def _is_mention(notice: Notification) -> bool:
    return isinstance(notice.item, Comment) and notice.is_mention


def _is_reply(notice: Notification) -> bool:
    return isinstance(notice.item, Comment) and not notice.is_mention


def _told(
    visit: RequestContext,
    name: str,
    belongs: Callable[[Notification], bool],
    view: Callable[[Notification, RequestContext], dict[str, Any]],
) -> dict[str, Any]:
    me = visit.account
    first, count = offset_and_limit(visit.query, "unknown", "Fetch limit is > 50")
    found = [
        notice for notice in visit.state.notifications(me) if belongs(notice) and _is_shown(notice, visit)
    ]
    if visit.query.get("unread_only") == "true":
        found = [notice for notice in found if not notice.read]
    if visit.query.get("sort") == "Old":
        found.reverse()
    return {name: [view(notice, visit) for notice in found[first : first + count]]}


def _is_shown(notice: Notification, visit: RequestContext) -> bool:
    return isinstance(notice.item, Comment) and is_comment_listed(notice.item, visit)


def _notice(notice: Notification) -> dict[str, Any]:
    assert isinstance(notice.item, Comment)
    return {
        "id": notice.id,
        "recipient_id": notice.recipient.id,
        "comment_id": notice.item.id,
        "read": notice.read,
        "published": timestamp(notice.published),
    }


def _mention_view(notice: Notification, visit: RequestContext) -> dict[str, Any]:
    return {"person_mention": _notice(notice), **_comment(notice, visit)}


def _reply_view(notice: Notification, visit: RequestContext) -> dict[str, Any]:
    return {"comment_reply": _notice(notice), **_comment(notice, visit)}


def _comment(notice: Notification, visit: RequestContext) -> dict[str, Any]:
    assert isinstance(notice.item, Comment)
    view = visit.views.comment_view(notice.item)
    view["comment"]["content"] = notice.item.content
    return {**view, "recipient": visit.views.person(notice.recipient)}


def unread_count(visit: RequestContext) -> dict[str, Any]:
    """Deleted comments are not counted."""
    unread = [notice for notice in visit.state.notifications(visit.account) if not notice.read]
    comments = [notice for notice in unread if isinstance(notice.item, Comment) and not notice.item.deleted]
    return {
        "replies": sum(map(_is_reply, comments)),
        "mentions": sum(map(_is_mention, comments)),
        "private_messages": sum(isinstance(notice.item, PrivateMessage) for notice in unread),
    }


def mark_mention(visit: RequestContext) -> dict[str, Any]:
    notice = _marked(visit, "person_mention_id", "couldnt_find_person_mention")
    return {"person_mention_view": _mention_view(notice, visit)}


def mark_reply(visit: RequestContext) -> dict[str, Any]:
    notice = _marked(visit, "comment_reply_id", "couldnt_find_comment_reply")
    return {"comment_reply_view": _reply_view(notice, visit)}


def _marked(visit: RequestContext, name: str, unknown: str) -> Notification:
    me, body = visit.account, json_body(visit.request)
    notice = visit.state.notification(required_int(body, name))
    if notice is None or not isinstance(notice.item, Comment):
        raise ApiError(unknown)
    if notice.recipient is not me:
        raise ApiError("couldnt_update_comment")
    notice.read = bool(body.get("read"))
    return notice


def private_messages(visit: RequestContext) -> dict[str, Any]:
    """Newest first; the account's own are among them unless only unread ones are asked for."""
    me = visit.account
    first, count = offset_and_limit(visit.query, "unknown", "Fetch limit is > 50")
    letters = [
        letter for letter in visit.state.private_messages() if me in (letter.creator, letter.recipient)
    ]
    if visit.query.get("unread_only") == "true":
        letters = [
            letter
            for letter in letters
            if letter.recipient is me and not visit.state.notification_of(letter).read
        ]
    if (creator := int_parameter(visit.query, "creator_id")) is not None:
        letters = [letter for letter in letters if letter.creator.id == creator]
    return {"private_messages": [_letter_view(letter, visit) for letter in letters[first : first + count]]}


def _letter_view(letter: PrivateMessage, visit: RequestContext) -> dict[str, Any]:
    row = {**private_message_row(letter, visit.views), "published": timestamp(letter.published)}
    row["read"] = visit.state.notification_of(letter).read
    return {"private_message": row, **creator_and_recipient(letter, visit.views)}


def private_message_row(letter: PrivateMessage, views: ViewsV3) -> dict[str, Any]:
    """What both versions say of a private message."""
    return {
        "id": letter.id,
        "creator_id": letter.creator.id,
        "recipient_id": letter.recipient.id,
        "content": letter.content,
        "deleted": letter.deleted,
        "ap_id": views.url(letter.creator.host, f"private_message/{letter.id}"),
        "local": letter.creator.host == views.state.host,
        "removed": False,
    }


def creator_and_recipient(letter: PrivateMessage, views: ViewsV3) -> dict[str, Any]:
    return {"creator": views.person(letter.creator), "recipient": views.person(letter.recipient)}


def create_private_message(visit: RequestContext, *, visible_from: datetime | None = None) -> dict[str, Any]:
    letter = store_private_message(visit, "couldnt_create_private_message", visible_from)
    return {"private_message_view": _letter_view(letter, visit)}


def store_private_message(
    visit: RequestContext, unknown: str, visible_from: datetime | None
) -> PrivateMessage:
    """Blank text passes; people who blocked the author, or want no messages, are not written to."""
    me, body = visit.account, json_body(visit.request)
    text = required_string(body, "content")
    check_text(text)
    recipient = visit.state.people.get(required_int(body, "recipient_id"))
    if recipient is None or not recipient.accepts_private_messages:
        raise ApiError(unknown)
    if me.id in recipient.blocked:
        raise ApiError("person_is_blocked")
    return visit.state.add_private_message(me, recipient, text, visible_from)


def mark_private_message(visit: RequestContext) -> dict[str, Any]:
    me, body = visit.account, json_body(visit.request)
    number = optional_int(body, "private_message_id")
    letter = next((letter for letter in visit.state.private_messages() if letter.id == number), None)
    if letter is None:
        raise ApiError("couldnt_find_private_message")
    if letter.recipient is not me:
        raise ApiError("couldnt_update_private_message")
    visit.state.notification_of(letter).read = bool(body.get("read"))
    return {"private_message_view": _letter_view(letter, visit)}


def listed_notifications(me: Person, visit: RequestContext) -> list[Notification]:
    """What 1.0 tells a person of: comments that still stand, posts and letters."""
    return [
        notice
        for notice in visit.state.notifications(me)
        if not isinstance(notice.item, Comment)
        or (not notice.item.deleted and is_comment_listed(notice.item, visit))
    ]
