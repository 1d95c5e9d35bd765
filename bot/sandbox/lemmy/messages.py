"""Notifications and private messages: what API v3 and v4 have in common."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.sandbox.lemmy.api_errors import ApiError, check_text
from bot.sandbox.lemmy.listing import is_comment_notified
from bot.sandbox.lemmy.request_context import RequestContext
from bot.sandbox.lemmy.request_parameters import json_body, required_int, required_string
from bot.sandbox.lemmy.server_state import Comment, Notification, PrivateMessage
from bot.sandbox.lemmy.views import Views


def private_message_row(message: PrivateMessage, views: Views) -> dict[str, Any]:
    return {
        "id": message.id,
        "creator_id": message.creator.id,
        "recipient_id": message.recipient.id,
        "content": message.content,
        "deleted": message.deleted,
        "ap_id": views.url(message.creator.host, f"private_message/{message.id}"),
        "local": views.is_local(message.creator.host),
        "removed": False,
    }


def creator_and_recipient(message: PrivateMessage, views: Views) -> dict[str, Any]:
    return {"creator": views.person(message.creator), "recipient": views.person(message.recipient)}


def store_private_message(
    context: RequestContext, error_code: str, visible_from: datetime | None
) -> PrivateMessage:
    """Blank text is accepted. Raises `ApiError` if the recipient takes no messages or blocked the author."""
    author, body = context.account, json_body(context.request)
    text = required_string(body, "content")
    check_text(text)
    recipient = context.state.people.get(required_int(body, "recipient_id"))
    if recipient is None or not recipient.accepts_private_messages:
        raise ApiError(error_code)
    if author.id in recipient.blocked:
        raise ApiError("person_is_blocked")
    return context.state.add_private_message(author, recipient, text, visible_from)


def listed_notifications(context: RequestContext) -> list[Notification]:
    """The account's notifications in Lemmy 1.0: comments that are not deleted, posts and private messages."""
    return [
        notification
        for notification in context.state.notifications(context.account)
        if not isinstance(notification.item, Comment)
        or (not notification.item.deleted and is_comment_notified(notification.item, context))
    ]
