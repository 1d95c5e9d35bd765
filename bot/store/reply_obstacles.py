"""What the database knows against a reply to a post: one query for each stage that asks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Select, bindparam, exists, select

from bot.core.models import Post
from bot.store.database import Database
from bot.store.opt_outs import OptOuts
from bot.store.post_rows import source_hash
from bot.store.post_states import State
from bot.store.reply_counts import COUNT_REPLIES
from bot.store.tables import muted_communities, opt_outs, posts

# Executed for each post, so they are built once: building takes longer than executing.
_IS_MUTED = exists().where(
    muted_communities.c.account == bindparam("account"),
    muted_communities.c.community == bindparam("community"),
)
_HAS_OPTED_OUT = exists().where(
    opt_outs.c.network == bindparam("network"), opt_outs.c.person_hash == bindparam("person_hash")
)
_IS_REQUESTED = exists().where(
    posts.c.account == bindparam("account"),
    posts.c.post_id == bindparam("post"),
    posts.c.request == "here",
    posts.c.url_hash == bindparam("hash"),
    posts.c.state.in_([State.DISCOVERED, State.READY, State.SENDING, State.SENT]),
)
_BEFORE_FETCH: Select[Any] = select(
    _IS_MUTED.label("is_muted"),
    _HAS_OPTED_OUT.label("has_opted_out"),
    _IS_REQUESTED.label("is_requested"),
    COUNT_REPLIES.scalar_subquery().label("replies"),
)
_IS_TO_BE_DELETED = (
    select(posts.c.delete_at.is_not(None))
    .where(posts.c.account == bindparam("account"), posts.c.post_id == bindparam("post"))
    .order_by(posts.c.state != State.SENT, posts.c.id)
    .limit(1)
    .scalar_subquery()
)
"""Of the replies under a post, about one that was sent; NULL if the post is not known."""
_BEFORE_SEND: Select[Any] = select(
    _HAS_OPTED_OUT.label("has_opted_out"), _IS_TO_BE_DELETED.label("is_to_be_deleted")
)


class BeforeFetch(Struct, frozen=True):
    """What is known before the page of a post is read."""

    is_muted: bool
    """Whether the account has no replies in the community (`bot.store.muted_communities`)."""
    has_opted_out: bool
    """Whether the author of the post wants no replies."""
    is_requested: bool
    """Whether a summary of the post's link was requested, and was or will be posted under the post."""
    replies: int
    """In the community, that were sent since a time, or are still to be sent."""


class BeforeSend(Struct, frozen=True):
    """What is known before the reply to a post is sent."""

    has_opted_out: bool
    is_to_be_deleted: bool
    """Whether somebody asked to delete the bot's reply under the post."""


class ReplyObstacles:
    """Every method is one query. Networks are those of `OptOuts`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._opt_outs = OptOuts(database)

    def before_fetch(self, post: Post, network: str, since: datetime) -> BeforeFetch:
        """`since` is when the time begins for which replies are counted."""
        found = self._database.first(
            _BEFORE_FETCH,
            account=post.account,
            community=post.community,
            network=network,
            person_hash=self._opt_outs.hash(network, post.author),
            post=post.id,
            hash=source_hash(post),
            since=since,
        )
        assert found is not None
        return BeforeFetch(
            bool(found.is_muted), bool(found.has_opted_out), bool(found.is_requested), found.replies
        )

    def before_send(self, post: Post, network: str) -> BeforeSend:
        """`post` is its current state."""
        found = self._database.first(
            _BEFORE_SEND,
            account=post.account,
            network=network,
            person_hash=self._opt_outs.hash(network, post.author),
            post=post.id,
        )
        assert found is not None
        return BeforeSend(bool(found.has_opted_out), bool(found.is_to_be_deleted))
