"""Notifications and private messages of `/api/alpha`, with the oddities of a real 1.6.27."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.sandbox.lemmy.server_state import Comment, Notification, Post, PrivateMessage
from bot.sandbox.lemmy.views import timestamp
from bot.sandbox.piefed.calls import ROW_NOT_FOUND, Refusal, RequestContext, number_of, page_of

_ANSWER, _NAMED = 4, 6
"""Numbers of the kinds of notification."""


def unread_count(visit: RequestContext) -> dict[str, Any]:
    unread = [notice for notice in visit.state.notifications(visit.me) if not notice.read]
    kinds = [_kind(notice) for notice in unread]
    return {
        "mentions": kinds.count("mention"),
        "replies": kinds.count("reply"),
        "private_messages": kinds.count("letter"),
        "other": 0,
    }


def _kind(notice: Notification) -> str:
    """A mention in an answer is an answer only."""
    if isinstance(notice.item, PrivateMessage):
        return "letter"
    return "reply" if notice.is_reply else "mention"


def mentions(visit: RequestContext) -> dict[str, Any]:
    """Mentions in posts are not among them."""
    return _told(visit, "mention")


def replies(visit: RequestContext) -> dict[str, Any]:
    return _told(visit, "reply")


def _told(visit: RequestContext, kind: str) -> dict[str, Any]:
    notices = visit.state.notifications(visit.me)
    found = [each for each in notices if isinstance(each.item, Comment) and _kind(each) == kind]
    if visit.query.get("unread_only") == "true":
        found = [notice for notice in found if not notice.read]
    shown, next_page = page_of(found, visit)
    return {"replies": [_reply_view(notice, visit) for notice in shown], "next_page": next_page}


def _reply_view(notice: Notification, visit: RequestContext) -> dict[str, Any]:
    assert isinstance(notice.item, Comment)
    comment = notice.item
    view = visit.views.comment_view(comment)
    del view["banned_from_community"], view["can_auth_user_moderate"]
    row = {
        "id": comment.id,
        "comment_id": comment.id,
        "published": timestamp(comment.published),
        "read": notice.read,
        "recipient_id": notice.recipient.id,
    }
    return {**view, "comment_reply": row, "recipient": visit.views.person(notice.recipient)}


def notifications(visit: RequestContext) -> dict[str, Any]:
    status = visit.query.get("status")
    if status is None:
        raise Refusal("Validation failed", "{'query': {'status': ['Missing data for required field.']}}")
    every = [
        each for each in visit.state.notifications(visit.me) if not isinstance(each.item, PrivateMessage)
    ]
    read = sum(notice.read for notice in every)
    found = [notice for notice in every if status == "All" or notice.read == (status == "Read")]
    shown, next_page = page_of(found, visit)
    return {
        "counts": {"read": read, "total": len(every), "unread": len(every) - read},
        "items": [_item(notice, visit) for notice in shown],
        "next_page": next_page,
        "status": status,
        "username": visit.me.name,
    }


def _item(notice: Notification, visit: RequestContext) -> dict[str, Any]:
    """Of a mention in a comment, only the comment itself is told."""
    about = notice.item
    assert isinstance(about, (Comment, Post))
    item: dict[str, Any] = {
        "author": visit.views.person(about.creator),
        "notif_id": notice.id,
        "status": "Read" if notice.read else "Unread",
        "notif_type": _ANSWER if notice.is_reply else _NAMED,
        "notif_body": about.content if isinstance(about, Comment) else about.body or "",
    }
    if isinstance(about, Post):
        post = _told_of(about, visit)
        return item | {"notif_subtype": "post_mention", "post": post, "post_id": about.id}
    item |= {"comment": visit.views.comment(about), "comment_id": about.id}
    if not notice.is_reply:
        return item | {"notif_subtype": "comment_mention"}
    return item | {
        "notif_subtype": "new_reply_on_followed_comment",
        "comment_view": visit.views.comment_view(about),
        "post": _told_of(about.post, visit),
        "post_id": about.post.id,
    }


def _told_of(post: Post, visit: RequestContext) -> dict[str, Any]:
    return visit.views.post_view(post)


def set_notification_state(visit: RequestContext) -> dict[str, Any]:
    body, me = visit.body("notif_id", "read_state"), visit.me
    notice = visit.state.notification(body["notif_id"])
    if notice is None or notice.recipient is not me:
        raise Refusal(ROW_NOT_FOUND, "Not found")
    notice.read = bool(body["read_state"])
    item = _item(notice, visit)
    return item | {"status": "Unread"}  # it still says how it was


def private_messages(visit: RequestContext) -> dict[str, Any]:
    me = visit.me
    letters = [
        letter for letter in visit.state.private_messages() if me in (letter.creator, letter.recipient)
    ]
    if visit.query.get("unread_only") == "true":
        letters = [
            each for each in letters if each.recipient is me and not visit.state.notification_of(each).read
        ]
    return _letters(letters, visit)


def conversation(visit: RequestContext) -> dict[str, Any]:
    ends = {visit.me.id, number_of(visit, "person_id")}
    letters = [
        each for each in visit.state.private_messages() if {each.creator.id, each.recipient.id} == ends
    ]
    return _letters(letters, visit)


def _letters(letters: list[PrivateMessage], visit: RequestContext) -> dict[str, Any]:
    shown, next_page = page_of(letters, visit)
    return {"private_messages": [_letter_view(each, visit) for each in shown], "next_page": next_page}


def _letter_view(letter: PrivateMessage, visit: RequestContext) -> dict[str, Any]:
    return {
        "conversation_id": min(letter.creator.id, letter.recipient.id),
        "creator": visit.views.person(letter.creator),
        "private_message": {
            "ap_id": f"https://{letter.creator.host}/private_message/{letter.id}",
            "content": letter.content,
            "creator_id": letter.creator.id,
            "deleted": letter.deleted,
            "id": letter.id,
            "local": letter.creator.host == visit.state.host,
            "published": timestamp(letter.published),
            "read": visit.state.notification_of(letter).read,
            "recipient_id": letter.recipient.id,
        },
        "recipient": visit.views.person(letter.recipient),
    }


def create_private_message(visit: RequestContext, *, shown_from: datetime | None = None) -> dict[str, Any]:
    """One that the recipient does not want is taken all the same."""
    body, me = visit.body("recipient_id", "content"), visit.me
    recipient = visit.state.people.get(body["recipient_id"])
    if recipient is None:
        raise Refusal(ROW_NOT_FOUND, "Not found")
    letter = visit.state.add_private_message(me, recipient, body["content"], shown_from)
    return {"private_message_view": _letter_view(letter, visit)}


def mark_private_message(visit: RequestContext) -> dict[str, Any]:
    body, me = visit.body("private_message_id", "read"), visit.me
    number = body["private_message_id"]
    letter = next((each for each in visit.state.private_messages() if each.id == number), None)
    if letter is None or letter.recipient is not me:
        raise Refusal(ROW_NOT_FOUND, "Not found")
    visit.state.notification_of(letter).read = bool(body["read"])
    return {"private_message_view": _letter_view(letter, visit)}
