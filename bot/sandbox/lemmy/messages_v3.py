"""Mentions, replies and private messages of API v3, as in Lemmy 0.19.20."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.sandbox.lemmy.api_errors import ApiError
from bot.sandbox.lemmy.listing import is_comment_notified
from bot.sandbox.lemmy.messages import creator_and_recipient, private_message_row, store_private_message
from bot.sandbox.lemmy.request_context import RequestContext
from bot.sandbox.lemmy.request_parameters import (
    int_parameter,
    json_body,
    offset_and_limit,
    optional_int,
    required_int,
)
from bot.sandbox.lemmy.server_state import Comment, Notification, PrivateMessage
from bot.sandbox.lemmy.views import timestamp


def mentions(context: RequestContext) -> dict[str, Any]:
    """A mention in a reply is listed here and not among the replies; deleted comments keep their text."""
    return _notification_list(context, "mentions", _is_mention, _mention_view)


def replies(context: RequestContext) -> dict[str, Any]:
    return _notification_list(context, "replies", _is_reply, _reply_view)


def _is_mention(notification: Notification) -> bool:
    return isinstance(notification.item, Comment) and notification.is_mention


def _is_reply(notification: Notification) -> bool:
    return isinstance(notification.item, Comment) and not notification.is_mention


def _notification_list(
    context: RequestContext,
    name: str,
    is_wanted: Callable[[Notification], bool],
    view: Callable[[Notification, RequestContext], dict[str, Any]],
) -> dict[str, Any]:
    account = context.account
    first, count = offset_and_limit(context.query, "unknown", "Fetch limit is > 50")
    found = [
        notification
        for notification in context.state.notifications(account)
        if is_wanted(notification) and _is_listed(notification, context)
    ]
    if context.query.get("unread_only") == "true":
        found = [notification for notification in found if not notification.read]
    if context.query.get("sort") == "Old":
        found.reverse()
    return {name: [view(notification, context) for notification in found[first : first + count]]}


def _is_listed(notification: Notification, context: RequestContext) -> bool:
    return isinstance(notification.item, Comment) and is_comment_notified(notification.item, context)


def _notification_row(notification: Notification) -> dict[str, Any]:
    assert isinstance(notification.item, Comment)
    return {
        "id": notification.id,
        "recipient_id": notification.recipient.id,
        "comment_id": notification.item.id,
        "read": notification.read,
        "published": timestamp(notification.published),
    }


def _mention_view(notification: Notification, context: RequestContext) -> dict[str, Any]:
    return {"person_mention": _notification_row(notification), **_comment_view(notification, context)}


def _reply_view(notification: Notification, context: RequestContext) -> dict[str, Any]:
    return {"comment_reply": _notification_row(notification), **_comment_view(notification, context)}


def _comment_view(notification: Notification, context: RequestContext) -> dict[str, Any]:
    assert isinstance(notification.item, Comment)
    view = context.views.comment_view(notification.item)
    view["comment"]["content"] = notification.item.content
    return {**view, "recipient": context.views.person(notification.recipient)}


def unread_count(context: RequestContext) -> dict[str, Any]:
    """Deleted comments are not counted."""
    unread = [each for each in context.state.notifications(context.account) if not each.read]
    comments = [each for each in unread if isinstance(each.item, Comment) and not each.item.deleted]
    return {
        "replies": sum(map(_is_reply, comments)),
        "mentions": sum(map(_is_mention, comments)),
        "private_messages": sum(isinstance(each.item, PrivateMessage) for each in unread),
    }


def mark_mention(context: RequestContext) -> dict[str, Any]:
    notification = _mark(context, "person_mention_id", "couldnt_find_person_mention")
    return {"person_mention_view": _mention_view(notification, context)}


def mark_reply(context: RequestContext) -> dict[str, Any]:
    notification = _mark(context, "comment_reply_id", "couldnt_find_comment_reply")
    return {"comment_reply_view": _reply_view(notification, context)}


def _mark(context: RequestContext, id_field: str, error_code: str) -> Notification:
    """Mark a notification as read or unread; `error_code` if it does not exist."""
    account, body = context.account, json_body(context.request)
    notification = context.state.notification(required_int(body, id_field))
    if notification is None or not isinstance(notification.item, Comment):
        raise ApiError(error_code)
    if notification.recipient is not account:
        raise ApiError("couldnt_update_comment")
    notification.read = bool(body.get("read"))
    return notification


def private_messages(context: RequestContext) -> dict[str, Any]:
    """Newest first; the account's own are included unless only unread ones are asked for."""
    account, state = context.account, context.state
    first, count = offset_and_limit(context.query, "unknown", "Fetch limit is > 50")
    messages = [each for each in state.private_messages() if account in (each.creator, each.recipient)]
    if context.query.get("unread_only") == "true":
        messages = [
            each for each in messages if each.recipient is account and not state.notification_of(each).read
        ]
    if (creator := int_parameter(context.query, "creator_id")) is not None:
        messages = [each for each in messages if each.creator.id == creator]
    return {
        "private_messages": [_private_message_view(each, context) for each in messages[first : first + count]]
    }


def _private_message_view(message: PrivateMessage, context: RequestContext) -> dict[str, Any]:
    row = {**private_message_row(message, context.views), "published": timestamp(message.published)}
    row["read"] = context.state.notification_of(message).read
    return {"private_message": row, **creator_and_recipient(message, context.views)}


def create_private_message(
    context: RequestContext, *, visible_from: datetime | None = None
) -> dict[str, Any]:
    message = store_private_message(context, "couldnt_create_private_message", visible_from)
    return {"private_message_view": _private_message_view(message, context)}


def mark_private_message(context: RequestContext) -> dict[str, Any]:
    account, body = context.account, json_body(context.request)
    number = optional_int(body, "private_message_id")
    message = next((each for each in context.state.private_messages() if each.id == number), None)
    if message is None:
        raise ApiError("couldnt_find_private_message")
    if message.recipient is not account:
        raise ApiError("couldnt_update_private_message")
    context.state.notification_of(message).read = bool(body.get("read"))
    return {"private_message_view": _private_message_view(message, context)}
