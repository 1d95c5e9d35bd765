"""Notifications and private messages of API v4, as Lemmy 1.0.0-beta.1 answers the calls about them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.sandbox.lemmy import messages_v3
from bot.sandbox.lemmy.api_errors import ApiError, int_parameter, json_body, required_int
from bot.sandbox.lemmy.read_calls_v3 import RequestContext, requested_person
from bot.sandbox.lemmy.server_state import Comment, Notification, Post, PrivateMessage
from bot.sandbox.lemmy.site_v4 import site
from bot.sandbox.lemmy.views_v3 import timestamp

_KINDS = ("mention", "reply", "private_message", "subscribed", "mod_action", "all")


def unread_counts(visit: RequestContext) -> dict[str, Any]:
    unread = [notice for notice in messages_v3.listed_notifications(visit.account, visit) if not notice.read]
    return {"notification_count": len(unread)}


def notifications(visit: RequestContext) -> dict[str, Any]:
    """Newest first; private messages of the account's own are among those of that kind."""
    me = visit.account
    kind = visit.query.get("type_", "all")
    if kind not in _KINDS:
        raise ApiError("unknown", f"Query deserialize error: unknown variant `{kind}`")
    count = int_parameter(visit.query, "limit")
    if count is not None and not 1 <= count <= 50:
        raise ApiError("invalid_fetch_limit")
    found = messages_v3.listed_notifications(me, visit)
    if kind == "private_message" and visit.query.get("unread_only") != "true":
        found = [
            visit.state.notification_of(each) for each in visit.state.private_messages() if me in _ends(each)
        ]
    elif visit.query.get("unread_only") == "true":
        found = [notice for notice in found if not notice.read]
    found = [notice for notice in found if kind in ("all", _kind(notice))]
    if (creator := int_parameter(visit.query, "creator_id")) is not None:
        found = [notice for notice in found if notice.item.creator.id == creator]
    shown = found[: count or 20]
    answer: dict[str, Any] = {"items": [_item(notice, visit) for notice in shown]}
    if len(found) > len(shown):
        answer["next_page"] = f"N{shown[-1].id}"
    return answer


def _ends(letter: PrivateMessage) -> tuple[object, object]:
    return letter.creator, letter.recipient


def _kind(notice: Notification) -> str:
    """A mention in a reply is a reply only."""
    if isinstance(notice.item, PrivateMessage):
        return "private_message"
    return "reply" if notice.is_reply else "mention"


def _item(notice: Notification, visit: RequestContext) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": notice.id,
        "recipient_id": notice.recipient.id,
        "read": notice.read,
        "published_at": timestamp(notice.published),
        "kind": _kind(notice),
        "creator_id": 0,
    }
    match notice.item:
        case Comment() as comment:
            row |= {"comment_id": comment.id, "post_id": comment.post.id}
            data = {"type_": "comment", **visit.views.comment_view(comment)}
        case Post() as post:
            row["post_id"] = post.id
            data = {"type_": "post", **visit.views.post_view(post)}
        case PrivateMessage() as letter:
            row["private_message_id"] = letter.id
            data = {"type_": "private_message", **_letter_view(letter, visit)}
    return {"notification": row, "data": data}


def _letter_view(letter: PrivateMessage, visit: RequestContext) -> dict[str, Any]:
    row = messages_v3.private_message_row(letter, visit.views)
    row |= {"published_at": timestamp(letter.published), "deleted_by_recipient": False}
    return {"private_message": row, **messages_v3.creator_and_recipient(letter, visit.views)}


def mark_read(visit: RequestContext) -> dict[str, Any]:
    """Of somebody else's notification, and of one that is not there, it says the same."""
    me, body = visit.account, json_body(visit.request)
    notice = visit.state.notification(required_int(body, "notification_id"))
    if notice is not None and notice.recipient is me:
        notice.read = bool(body.get("read"))
    return {"success": True}


def create_private_message(visit: RequestContext, *, visible_from: datetime | None = None) -> dict[str, Any]:
    if visit.account.banned:
        raise ApiError("site_ban")
    letter = messages_v3.store_private_message(visit, "couldnt_create", visible_from)
    return {"private_message_view": _letter_view(letter, visit)}


def get_person(visit: RequestContext) -> dict[str, Any]:
    return {
        "person_view": visit.views.person_view(requested_person(visit)),
        "site": site(visit.state, visit.base_url),
        "moderates": [],
        "multi_communities_created": [],
    }
