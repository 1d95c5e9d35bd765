"""JSON of messages, modmail and wiki pages, in the form of recorded responses."""

from __future__ import annotations

import html
from typing import Any

from bot.sandbox.reddit import views
from bot.sandbox.reddit.server_state import (
    Comment,
    Conversation,
    Notification,
    PrivateMessage,
    Redditor,
    WikiPage,
)


def fullname_of(item: Comment | PrivateMessage) -> str:
    return f"t1_{item.id}" if isinstance(item, Comment) else f"t4_{item.id}"


def inbox_item(notification: Notification) -> dict[str, Any]:
    """A comment in the inbox has no `link_id`; only `context` leads to the post."""
    if isinstance(notification.item, PrivateMessage):
        return private_message(notification.item, unread=not notification.read)
    item = notification.item
    whole = views.comment(item)["data"]
    copied = ("id", "name", "parent_id", "subreddit", "author", "body", "body_html", "score", "distinguished")
    subjects = {"username_mention": "username mention", "comment_reply": "comment reply"}
    data = {name: whole[name] for name in copied} | {
        "author_fullname": f"t2_{item.author.id}",
        "subreddit_name_prefixed": f"r/{item.submission.subreddit.name}",
        "context": f"{views.permalink(item.submission)}{item.id}/?context=3",
        "subject": subjects.get(notification.kind, "post reply"),
        "link_title": item.submission.title,
        "type": notification.kind,
        "was_comment": True,
        "new": not notification.read,
        "dest": notification.recipient.name,
        "num_comments": 1,
        **_empty_message_fields(),
        **views.created(item.published),
    }
    return {"kind": "t1", "data": data}


def private_message(item: PrivateMessage, *, unread: bool) -> dict[str, Any]:
    """A message from a subreddit does not name the moderator who wrote it."""
    subreddit = item.from_subreddit or item.to_subreddit
    is_author_hidden = item.from_subreddit is not None
    data: dict[str, Any] = {
        **_empty_message_fields(),
        "id": item.id,
        "name": f"t4_{item.id}",
        "author": None if is_author_hidden else item.author.name,
        "author_fullname": None if is_author_hidden else f"t2_{item.author.id}",
        "subreddit": subreddit.name if subreddit else None,
        "subreddit_name_prefixed": f"r/{subreddit.name}" if subreddit else None,
        "subject": item.subject,
        "body": item.body,
        "body_html": f'<!-- SC_OFF --><div class="md"><p>{html.escape(item.body)}</p>\n</div><!-- SC_ON -->',
        "dest": f"#{item.to_subreddit.name}" if item.to_subreddit else item.to.name if item.to else "",
        "parent_id": f"t4_{item.parent.id}" if item.parent else None,
        "score": 0,
        "num_comments": None,
        "type": "unknown",
        "was_comment": False,
        "new": unread,
        "context": "",
        "distinguished": "moderator" if is_author_hidden else None,
        **views.created(item.published),
    }
    return {"kind": "t4", "data": data}


def _empty_message_fields() -> dict[str, Any]:
    return {
        "first_message": None,
        "first_message_name": None,
        "likes": None,
        "replies": "",
        "associated_awarding_id": None,
    }


def conversation(item: Conversation, viewer: Redditor) -> dict[str, Any]:
    read_count = item.read_counts.get(viewer.id, 0)
    unread = [message for message in item.messages[read_count:] if message.author is not viewer]
    updated = item.messages[-1].published.isoformat()
    newest_by_author = {message.author.id: message for message in item.messages}
    subreddit = item.subreddit
    return {
        "id": item.id,
        "subject": item.subject,
        "isAuto": False,
        "isInternal": True,
        "isRepliable": True,
        "isHighlighted": False,
        "state": 0,
        "numMessages": len(item.messages),
        "objIds": [{"id": message.id, "key": "messages"} for message in item.messages],
        "authors": [_author(message, item) for message in newest_by_author.values()],
        "owner": {"displayName": subreddit.name, "type": "subreddit", "id": f"t5_{subreddit.id}"},
        "participant": {},
        "lastUpdated": updated,
        "lastModUpdate": updated,
        "lastUserUpdate": None,
        "lastUnread": unread[0].published.isoformat() if unread else None,
    }


def modmail_message(item: PrivateMessage, conversation: Conversation) -> dict[str, Any]:
    return {
        "id": item.id,
        "author": _author(item, conversation),
        "body": f'<!-- SC_OFF --><div class="md"><p>{html.escape(item.body)}</p>\n</div><!-- SC_ON -->',
        "bodyMarkdown": item.body,
        "date": item.published.isoformat(),
        "isInternal": True,
    }


def _author(item: PrivateMessage, conversation: Conversation) -> dict[str, Any]:
    return {
        "name": item.author.name,
        "id": int(item.author.id, 36),
        "isMod": item.author in conversation.subreddit.moderators,
        "isAdmin": False,
        "isOp": item.author is conversation.messages[0].author,
        "isParticipant": False,
        "isHidden": False,
        "isDeleted": item.author.deleted,
    }


def wiki_page(page: WikiPage, *, may_revise: bool) -> dict[str, Any]:
    last = page.revisions[-1]
    return {
        "kind": "wikipage",
        "data": {
            "content_md": last.text,
            "content_html": f'<div class="md wiki">{html.escape(last.text)}</div>',
            "may_revise": may_revise,
            "reason": None,
            "revision_id": last.id,
            "revision_date": int(last.published.timestamp()),
            "revision_by": {"kind": "t2", "data": views.me(last.author)},
        },
    }
