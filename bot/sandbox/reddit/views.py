"""JSON of Reddit's things, in the form of recorded responses."""

from __future__ import annotations

import html
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.reddit.server_state import Comment, Redditor, Submission, Subreddit

DELETED = "[deleted]"


def listing(children: Iterable[dict[str, Any]], after: str | None = None) -> dict[str, Any]:
    shown = list(children)
    return {
        "kind": "Listing",
        "data": {
            "after": after,
            "before": None,
            "dist": len(shown),
            "modhash": None,
            "geo_filter": "",
            "children": shown,
        },
    }


def errors(*items: tuple[str, str, str | None]) -> dict[str, Any]:
    return {"json": {"errors": [list(item) for item in items]}}


def things(*shown: dict[str, Any]) -> dict[str, Any]:
    return {"json": {"errors": [], "data": {"things": list(shown)}}}


def me(redditor: Redditor) -> dict[str, Any]:
    return {
        "id": redditor.id,
        "name": redditor.name,
        "is_suspended": redditor.suspended,
        "is_employee": False,
        "is_mod": False,
        "is_gold": False,
        "has_mail": False,
        "has_mod_mail": False,
        "has_verified_email": True,
        "inbox_count": 0,
        "link_karma": 1,
        "comment_karma": 0,
        "over_18": True,
        "hide_from_robots": False,
        "suspension_expiration_utc": None,
        **created(redditor.created),
    }


def submission(item: Submission) -> dict[str, Any]:
    gone = item.removed_by == "deleted"
    link = _link(item)
    data: dict[str, Any] = {
        "id": item.id,
        "name": f"t3_{item.id}",
        "title": item.title,
        "subreddit": item.subreddit.name,
        "subreddit_id": f"t5_{item.subreddit.id}",
        "subreddit_name_prefixed": f"r/{item.subreddit.name}",
        "author": DELETED if gone or item.author.deleted else item.author.name,
        "url": link,
        "domain": urlsplit(link).netloc if item.url else f"self.{item.subreddit.name}",
        "permalink": permalink(item),
        "is_self": item.url is None and item.crosspost_of is None,
        "selftext": item.selftext,
        "selftext_html": html.escape(item.selftext) or None,
        "over_18": item.over_18,
        "spoiler": item.spoiler,
        "locked": item.locked,
        "archived": item.archived,
        "stickied": item.stickied,
        "quarantine": item.subreddit.quarantine,
        "removed_by_category": item.removed_by,
        "removal_reason": None,
        "banned_by": None,
        "approved_by": None,
        "is_video": item.is_video,
        "score": item.score,
        "ups": item.score,
        "downs": 0,
        "num_comments": 0,
        "hide_score": True,
        "likes": None,
        "edited": False,
        "distinguished": None,
        "link_flair_text": item.flair,
        "media": None,
        **created(item.published),
    }
    if item.url is not None:
        data["url_overridden_by_dest"] = link
    if item.is_gallery:
        data["is_gallery"] = True
    if item.crosspost_of is not None:
        data["crosspost_parent"] = f"t3_{item.crosspost_of.id}"
        data["crosspost_parent_list"] = [submission(item.crosspost_of)["data"]]
    return {"kind": "t3", "data": data}


def _link(item: Submission) -> str:
    if item.crosspost_of is not None:
        return permalink(item.crosspost_of) if item.crosspost_of.url is None else _link(item.crosspost_of)
    return item.url or f"https://www.reddit.com{permalink(item)}"


def permalink(item: Submission) -> str:
    slug = "_".join("".join(c if c.isascii() and c.isalnum() else " " for c in item.title.lower()).split())
    return f"/r/{item.subreddit.name}/comments/{item.id}/{slug[:50].strip('_') or '_'}/"


def comment(item: Comment) -> dict[str, Any]:
    body = DELETED if item.deleted else item.body
    return {
        "kind": "t1",
        "data": {
            "id": item.id,
            "name": f"t1_{item.id}",
            "link_id": f"t3_{item.submission.id}",
            "parent_id": item.parent_name,
            "subreddit": item.submission.subreddit.name,
            "subreddit_id": f"t5_{item.submission.subreddit.id}",
            "author": DELETED if item.deleted else item.author.name,
            "body": body,
            "body_html": f'<div class="md"><p>{html.escape(body)}</p>\n</div>',
            "permalink": f"{permalink(item.submission)}{item.id}/",
            "replies": "",
            "edited": item.edited.timestamp() if item.edited else False,
            "archived": False,
            "stickied": item.stickied,
            "distinguished": "moderator" if item.distinguished else None,
            "likes": True,
            "score": item.score,
            "ups": item.score,
            "downs": 0,
            "score_hidden": False,
            "controversiality": 0,
            "gilded": 0,
            "saved": False,
            "approved_by": None,
            "banned_by": None,
            "removal_reason": None,
            "author_flair_text": None,
            **created(item.published),
        },
    }


def subreddit(item: Subreddit, viewer: Redditor) -> dict[str, Any]:
    return {
        "kind": "t5",
        "data": {
            "id": item.id,
            "name": f"t5_{item.id}",
            "display_name": item.name,
            "display_name_prefixed": f"r/{item.name}",
            "title": item.name,
            "url": f"/r/{item.name}/",
            "subreddit_type": "private" if item.private else "public",
            "quarantine": item.quarantine,
            "over18": item.over18,
            "user_is_banned": viewer in item.banned,
            "user_is_moderator": viewer in item.moderators,
            "user_is_contributor": viewer in item.contributors,
            "user_is_subscriber": True,
            "user_is_muted": False,
            "wiki_enabled": True,
            "lang": "en",
            "subscribers": 1,
            **created(item.created),
        },
    }


def moderators(shown: Iterable[Redditor]) -> dict[str, Any]:
    children = [
        {"name": one.name, "id": f"t2_{one.id}", "date": one.created.timestamp(), "mod_permissions": ["all"]}
        for one in shown
    ]
    return {"kind": "UserList", "data": {"children": children}}


def created(when: datetime) -> dict[str, float]:
    return {"created": when.timestamp(), "created_utc": when.timestamp()}
