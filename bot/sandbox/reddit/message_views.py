"""Messages, modmail and wiki pages as Reddit's API shows them, in the shapes of recorded answers."""

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


def name_of(about: Comment | PrivateMessage) -> str:
    return f"t1_{about.id}" if isinstance(about, Comment) else f"t4_{about.id}"


def inbox_item(notice: Notification) -> dict[str, Any]:
    """A comment in the inbox is told without its `link_id`; `context` leads to it."""
    if isinstance(notice.item, PrivateMessage):
        return private_message(notice.item, unread=not notice.read)
    item = notice.item
    whole = views.comment(item)["data"]
    kept = ("id", "name", "parent_id", "subreddit", "author", "body", "body_html", "score", "distinguished")
    subjects = {"username_mention": "username mention", "comment_reply": "comment reply"}
    data = {name: whole[name] for name in kept} | {
        "author_fullname": f"t2_{item.author.id}",
        "subreddit_name_prefixed": f"r/{item.submission.subreddit.name}",
        "context": f"{views.permalink(item.submission)}{item.id}/?context=3",
        "subject": subjects.get(notice.kind, "post reply"),
        "link_title": item.submission.title,
        "type": notice.kind,
        "was_comment": True,
        "new": not notice.read,
        "dest": notice.recipient.name,
        "num_comments": 1,
        **_no_letter(),
        **views.created(item.published),
    }
    return {"kind": "t1", "data": data}


def private_message(item: PrivateMessage, *, unread: bool) -> dict[str, Any]:
    """What moderators write in the name of their subreddit does not say who of them it was."""
    place = item.from_place or item.to_place
    hidden = item.from_place is not None
    data: dict[str, Any] = {
        **_no_letter(),
        "id": item.id,
        "name": f"t4_{item.id}",
        "author": None if hidden else item.author.name,
        "author_fullname": None if hidden else f"t2_{item.author.id}",
        "subreddit": place.name if place else None,
        "subreddit_name_prefixed": f"r/{place.name}" if place else None,
        "subject": item.subject,
        "body": item.body,
        "body_html": f'<!-- SC_OFF --><div class="md"><p>{html.escape(item.body)}</p>\n</div><!-- SC_ON -->',
        "dest": f"#{item.to_place.name}" if item.to_place else item.to.name if item.to else "",
        "parent_id": f"t4_{item.parent.id}" if item.parent else None,
        "score": 0,
        "num_comments": None,
        "type": "unknown",
        "was_comment": False,
        "new": unread,
        "context": "",
        "distinguished": "moderator" if hidden else None,
        **views.created(item.published),
    }
    return {"kind": "t4", "data": data}


def _no_letter() -> dict[str, Any]:
    return {
        "first_message": None,
        "first_message_name": None,
        "likes": None,
        "replies": "",
        "associated_awarding_id": None,
    }


def conversation(talk: Conversation, viewer: Redditor) -> dict[str, Any]:
    read = talk.read_counts.get(viewer.id, 0)
    unread = [each for each in talk.messages[read:] if each.author is not viewer]
    updated = talk.messages[-1].published.isoformat()
    people = {each.author.id: each for each in talk.messages}
    return {
        "id": talk.id,
        "subject": talk.subject,
        "isAuto": False,
        "isInternal": True,
        "isRepliable": True,
        "isHighlighted": False,
        "state": 0,
        "numMessages": len(talk.messages),
        "objIds": [{"id": each.id, "key": "messages"} for each in talk.messages],
        "authors": [_mod_author(each, talk) for each in people.values()],
        "owner": {"displayName": talk.subreddit.name, "type": "subreddit", "id": f"t5_{talk.subreddit.id}"},
        "participant": {},
        "lastUpdated": updated,
        "lastModUpdate": updated,
        "lastUserUpdate": None,
        "lastUnread": unread[0].published.isoformat() if unread else None,
    }


def modmail_message(item: PrivateMessage, talk: Conversation) -> dict[str, Any]:
    return {
        "id": item.id,
        "author": _mod_author(item, talk),
        "body": f'<!-- SC_OFF --><div class="md"><p>{html.escape(item.body)}</p>\n</div><!-- SC_ON -->',
        "bodyMarkdown": item.body,
        "date": item.published.isoformat(),
        "isInternal": True,
    }


def _mod_author(item: PrivateMessage, talk: Conversation) -> dict[str, Any]:
    return {
        "name": item.author.name,
        "id": int(item.author.id, 36),
        "isMod": item.author in talk.subreddit.moderators,
        "isAdmin": False,
        "isOp": item.author is talk.messages[0].author,
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
