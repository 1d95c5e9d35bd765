"""The `Post` value for a post that its server no longer shows."""

from __future__ import annotations

from datetime import datetime

from bot.core.models import Post


def deleted_post(account: str, post_id: str, base_url: str, now: datetime) -> Post:
    return Post(
        account=account,
        id=post_id,
        community="",
        title="",
        url=None,
        permalink=f"{base_url}/post/{post_id}",
        author="",
        published=now,
        gone=True,
    )
