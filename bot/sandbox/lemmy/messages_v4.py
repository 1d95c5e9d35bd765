"""Notifications and private messages of API v4, as in Lemmy 1.0.0-beta.1."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.sandbox.lemmy.api_errors import ApiError
from bot.sandbox.lemmy.listing import requested_person
from bot.sandbox.lemmy.messages import (
    creator_and_recipient,
    listed_notifications,
    private_message_row,
    store_private_message,
)
from bot.sandbox.lemmy.request_context import RequestContext
from bot.sandbox.lemmy.request_parameters import int_parameter, json_body, required_int
from bot.sandbox.lemmy.server_state import Comment, Notification, Post, PrivateMessage
from bot.sandbox.lemmy.site import site_row
from bot.sandbox.lemmy.views import timestamp

_KINDS = ("mention", "reply", "private_message", "subscribed", "mod_action", "all")


def unread_counts(context: RequestContext) -> dict[str, Any]:
    unread = [notification for notification in listed_notifications(context) if not notification.read]
    return {"notification_count": len(unread)}


def notifications(context: RequestContext) -> dict[str, Any]:
    """Newest first. A list of private messages includes the account's own."""
    account = context.account
    kind = context.query.get("type_", "all")
    if kind not in _KINDS:
        raise ApiError("unknown", f"Query deserialize error: unknown variant `{kind}`")
    count = int_parameter(context.query, "limit")
    if count is not None and not 1 <= count <= 50:
        raise ApiError("invalid_fetch_limit")
    found = listed_notifications(context)
    if kind == "private_message" and context.query.get("unread_only") != "true":
        found = [
            context.state.notification_of(each)
            for each in context.state.private_messages()
            if account in (each.creator, each.recipient)
        ]
    elif context.query.get("unread_only") == "true":
        found = [notification for notification in found if not notification.read]
    found = [notification for notification in found if kind in ("all", _kind(notification))]
    if (creator := int_parameter(context.query, "creator_id")) is not None:
        found = [notification for notification in found if notification.item.creator.id == creator]
    if (cursor := context.query.get("page_cursor")) is not None:
        if not cursor.startswith("N") or not cursor[1:].isdecimal():
            raise ApiError("unknown", "Query deserialize error: invalid page_cursor")
        found = [notification for notification in found if notification.id < int(cursor[1:])]
    shown = found[: count or 20]
    response: dict[str, Any] = {"items": [_item(notification, context) for notification in shown]}
    if len(found) > len(shown):
        response["next_page"] = f"N{shown[-1].id}"
    return response


def _kind(notification: Notification) -> str:
    """A mention in a reply counts as a reply only."""
    if isinstance(notification.item, PrivateMessage):
        return "private_message"
    return "reply" if notification.is_reply else "mention"


def _item(notification: Notification, context: RequestContext) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": notification.id,
        "recipient_id": notification.recipient.id,
        "read": notification.read,
        "published_at": timestamp(notification.published),
        "kind": _kind(notification),
        "creator_id": 0,
    }
    match notification.item:
        case Comment() as comment:
            row |= {"comment_id": comment.id, "post_id": comment.post.id}
            data = {"type_": "comment", **context.views.comment_view(comment)}
        case Post() as post:
            row["post_id"] = post.id
            data = {"type_": "post", **context.views.post_view(post)}
        case PrivateMessage() as message:
            row["private_message_id"] = message.id
            data = {"type_": "private_message", **_private_message_view(message, context)}
    return {"notification": row, "data": data}


def _private_message_view(message: PrivateMessage, context: RequestContext) -> dict[str, Any]:
    row = private_message_row(message, context.views)
    row |= {"published_at": timestamp(message.published), "deleted_by_recipient": False}
    return {"private_message": row, **creator_and_recipient(message, context.views)}


def mark_read(context: RequestContext) -> dict[str, Any]:
    """Also succeeds for somebody else's notification and for one that does not exist, without any effect."""
    account, body = context.account, json_body(context.request)
    notification = context.state.notification(required_int(body, "notification_id"))
    if notification is not None and notification.recipient is account:
        notification.read = bool(body.get("read"))
    return {"success": True}


def create_private_message(
    context: RequestContext, *, visible_from: datetime | None = None
) -> dict[str, Any]:
    if context.account.banned:
        raise ApiError("site_ban")
    message = store_private_message(context, "couldnt_create", visible_from)
    return {"private_message_view": _private_message_view(message, context)}


def get_person(context: RequestContext) -> dict[str, Any]:
    return {
        "person_view": context.views.person_view(requested_person(context)),
        "site": site_row(context.views, context.base_url),
        "moderates": [],
        "multi_communities_created": [],
    }
