"""Conversions between a `Post` and its row of `posts`."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from msgspec.structs import asdict
from sqlalchemy import Row

from bot.core.models import Post, Reply
from bot.core.urls import url_hash
from bot.store.database_errors import stored_value
from bot.store.post_states import State


def new_post_values(post: Post, now: datetime) -> dict[str, Any]:
    """The values of a newly discovered post."""
    return {
        "account": post.account,
        "post_id": post.id,
        "community": post.community,
        "permalink": post.permalink,
        "parent_id": "",
        "url_hash": source_hash(post),
        "content": content_of(post),
        "state": State.DISCOVERED,
        "due_at": now,
        "published": post.published,
        "discovered_at": now,
    }


def reply_values(reply: Reply) -> dict[str, Any]:
    """The values of a reply, by the names of their columns."""
    return asdict(reply)


def content_of(post: Post) -> dict[str, Any]:
    """The post as JSON, for the column `content`."""
    times = {name: None if time is None else time.isoformat() for name, time in _times_of(post).items()}
    return asdict(post) | times


def _times_of(post: Post) -> dict[str, datetime | None]:
    return {"published": post.published, "link_awaited_since": post.link_awaited_since}


def post_of(content: dict[str, Any]) -> Post:
    """The post in the column `content`. Rows of earlier versions lack the newer fields.

    Raises `StoreError` if the content is damaged.
    """
    with stored_value("a post"):
        awaited = content.get("link_awaited_since")
        times = {
            "published": datetime.fromisoformat(content["published"]),
            "link_awaited_since": None if awaited is None else datetime.fromisoformat(awaited),
        }
        return Post(**content | times)


def link_hash(url: str | None) -> str | None:
    """The hash of a link, which stays when the link is erased, to recognize the same link again."""
    return None if url is None else url_hash(url)


def source_hash(post: Post) -> str | None:
    """The hash of what a reply to the post summarizes: its link, or the text of a self post."""
    return text_hash(post.body) if post.is_self_post else link_hash(post.url)


def follows_post_link(row: Row[Any]) -> bool:
    """Whether a row is about the link of its post. Otherwise a request names the link, or may name it."""
    return not row.parent_id if row.link_in_request is None else not row.link_in_request


def text_hash(text: str) -> str:
    """The SHA-256 of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def summary_text_of(markdown: str) -> str:
    """A reply without its footer: everything above the rule."""
    return markdown.partition("\n\n---\n\n")[0]
