"""Notifications and private messages of `/api/alpha`, with the quirks of a real 1.6.27."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.sandbox.lemmy.server_state import Comment, Notification, Post, PrivateMessage
from bot.sandbox.lemmy.views import timestamp
from bot.sandbox.piefed.request_context import ROW_NOT_FOUND, ApiError, RequestContext, number_of, page_of

_REPLY_TYPE, _MENTION_TYPE = 4, 6
"""PieFed's numbers of the notification types."""


def get_unread_count(context: RequestContext) -> dict[str, Any]:
    unread = [
        notification for notification in context.state.notifications(context.account) if not notification.read
    ]
    kinds = [_kind(notification) for notification in unread]
    return {
        "mentions": kinds.count("mention"),
        "replies": kinds.count("reply"),
        "private_messages": kinds.count("message"),
        "other": 0,
    }


def _kind(notification: Notification) -> str:
    """A mention in a reply to the recipient counts as a reply only."""
    if isinstance(notification.item, PrivateMessage):
        return "message"
    return "reply" if notification.is_reply else "mention"


def list_mentions(context: RequestContext) -> dict[str, Any]:
    """Mentions in comments; those in posts are left out."""
    return _comment_notifications(context, "mention")


def list_replies(context: RequestContext) -> dict[str, Any]:
    return _comment_notifications(context, "reply")


def _comment_notifications(context: RequestContext, kind: str) -> dict[str, Any]:
    notifications = context.state.notifications(context.account)
    found = [each for each in notifications if isinstance(each.item, Comment) and _kind(each) == kind]
    if context.query.get("unread_only") == "true":
        found = [notification for notification in found if not notification.read]
    shown, next_page = page_of(found, context)
    return {"replies": [_reply_view(notification, context) for notification in shown], "next_page": next_page}


def _reply_view(notification: Notification, context: RequestContext) -> dict[str, Any]:
    assert isinstance(notification.item, Comment)
    comment = notification.item
    view = context.views.comment_view(comment)
    del view["banned_from_community"], view["can_auth_user_moderate"]
    row = {
        "id": comment.id,
        "comment_id": comment.id,
        "published": timestamp(comment.published),
        "read": notification.read,
        "recipient_id": notification.recipient.id,
    }
    return {**view, "comment_reply": row, "recipient": context.views.person(notification.recipient)}


def list_notifications(context: RequestContext) -> dict[str, Any]:
    status = context.query.get("status")
    if status is None:
        raise ApiError("Validation failed", "{'query': {'status': ['Missing data for required field.']}}")
    all_notifications = [
        each
        for each in context.state.notifications(context.account)
        if not isinstance(each.item, PrivateMessage)
    ]
    read = sum(notification.read for notification in all_notifications)
    found = [
        notification
        for notification in all_notifications
        if status == "All" or notification.read == (status == "Read")
    ]
    shown, next_page = page_of(found, context)
    return {
        "counts": {"read": read, "total": len(all_notifications), "unread": len(all_notifications) - read},
        "items": [_item(notification, context) for notification in shown],
        "next_page": next_page,
        "status": status,
        "username": context.account.name,
    }


def _item(notification: Notification, context: RequestContext) -> dict[str, Any]:
    """A mention in a comment has only the comment, without its post and community."""
    subject = notification.item
    assert isinstance(subject, (Comment, Post))
    item: dict[str, Any] = {
        "author": context.views.person(subject.creator),
        "notif_id": notification.id,
        "status": "Read" if notification.read else "Unread",
        "notif_type": _REPLY_TYPE if notification.is_reply else _MENTION_TYPE,
        "notif_body": subject.content if isinstance(subject, Comment) else subject.body or "",
    }
    if isinstance(subject, Post):
        post = context.views.post_view(subject)
        return item | {"notif_subtype": "post_mention", "post": post, "post_id": subject.id}
    item |= {"comment": context.views.comment(subject), "comment_id": subject.id}
    if not notification.is_reply:
        return item | {"notif_subtype": "comment_mention"}
    return item | {
        "notif_subtype": "new_reply_on_followed_comment",
        "comment_view": context.views.comment_view(subject),
        "post": context.views.post_view(subject.post),
        "post_id": subject.post.id,
    }


def set_notification_state(context: RequestContext) -> dict[str, Any]:
    body, me = context.body("notif_id", "read_state"), context.account
    notification = context.state.notification(body["notif_id"])
    if notification is None or notification.recipient is not me:
        raise ApiError(ROW_NOT_FOUND, "Not found")
    notification.read = bool(body["read_state"])
    item = _item(notification, context)
    return item | {"status": "Unread"}  # PieFed responds with the previous state


def list_private_messages(context: RequestContext) -> dict[str, Any]:
    me = context.account
    messages = [
        message for message in context.state.private_messages() if me in (message.creator, message.recipient)
    ]
    if context.query.get("unread_only") == "true":
        messages = [
            each for each in messages if each.recipient is me and not context.state.notification_of(each).read
        ]
    return _private_message_list(messages, context)


def list_conversation(context: RequestContext) -> dict[str, Any]:
    participants = {context.account.id, number_of(context, "person_id")}
    messages = [
        each
        for each in context.state.private_messages()
        if {each.creator.id, each.recipient.id} == participants
    ]
    return _private_message_list(messages, context)


def _private_message_list(messages: list[PrivateMessage], context: RequestContext) -> dict[str, Any]:
    shown, next_page = page_of(messages, context)
    return {
        "private_messages": [_private_message_view(each, context) for each in shown],
        "next_page": next_page,
    }


def _private_message_view(message: PrivateMessage, context: RequestContext) -> dict[str, Any]:
    return {
        "conversation_id": min(message.creator.id, message.recipient.id),
        "creator": context.views.person(message.creator),
        "private_message": {
            "ap_id": f"https://{message.creator.host}/private_message/{message.id}",
            "content": message.content,
            "creator_id": message.creator.id,
            "deleted": message.deleted,
            "id": message.id,
            "local": message.creator.host == context.state.host,
            "published": timestamp(message.published),
            "read": context.state.notification_of(message).read,
            "recipient_id": message.recipient.id,
        },
        "recipient": context.views.person(message.recipient),
    }


def create_private_message(
    context: RequestContext, *, visible_from: datetime | None = None
) -> dict[str, Any]:
    """Accepted even if the recipient does not accept private messages."""
    body, me = context.body("recipient_id", "content"), context.account
    recipient = context.state.people.get(body["recipient_id"])
    if recipient is None:
        raise ApiError(ROW_NOT_FOUND, "Not found")
    message = context.state.add_private_message(me, recipient, body["content"], visible_from)
    return {"private_message_view": _private_message_view(message, context)}


def mark_private_message(context: RequestContext) -> dict[str, Any]:
    body, me = context.body("private_message_id", "read"), context.account
    number = body["private_message_id"]
    message = next((each for each in context.state.private_messages() if each.id == number), None)
    if message is None or message.recipient is not me:
        raise ApiError(ROW_NOT_FOUND, "Not found")
    context.state.notification_of(message).read = bool(body["read"])
    return {"private_message_view": _private_message_view(message, context)}
