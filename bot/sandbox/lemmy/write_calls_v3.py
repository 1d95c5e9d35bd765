"""The writing calls of API v3 that Precis makes, as Lemmy 0.19.20 answers them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.sandbox.lemmy.api_errors import (
    Refusal,
    body_of,
    check_language,
    check_not_banned,
    check_text,
    number_in,
    optional_number_in,
    text_in,
)
from bot.sandbox.lemmy.read_calls_v3 import Visit
from bot.sandbox.lemmy.server_state import LANGUAGES, Comment, Person, Post, World

_MAX_DEPTH = 50
_MAX_BIOGRAPHY = 1000


def create_comment(visit: Visit, *, shown_from: datetime | None = None, whole: bool = True) -> dict[str, Any]:
    """`whole=False` breaks off after the row is written, before the vote."""
    me, body = visit.me, body_of(visit.request)
    post_id, text = number_in(body, "post_id"), text_in(body, "content")
    check_text(text)
    post = _open_post(post_id, me, visit.world)
    parent = _parent(optional_number_in(body, "parent_id"), post, visit.world)
    language = optional_number_in(body, "language_id")
    check_language(language, post.community)
    comment = visit.world.add_comment(
        post, me, text, parent, language_id=language or 0, liked=whole, shown_from=shown_from
    )
    recipient = parent.creator if parent else post.creator
    recipients = [] if recipient is me else [recipient.id]
    return {"comment_view": visit.views.comment_view(comment), "recipient_ids": recipients}


def _open_post(number: int, me: Person, world: World) -> Post:
    post = world.posts.get(number)
    if post is None:
        raise Refusal("couldnt_find_post")
    check_not_banned(me, post.community)
    if post.deleted or post.removed or post.community.removed:
        raise Refusal("deleted")
    if post.locked and me not in post.community.moderators:
        raise Refusal("locked")
    return post


def _parent(number: int | None, post: Post, world: World) -> Comment | None:
    """A parent that does not exist is dropped without a word."""
    parent = next((item for item in world.comments() if item.id == number), None)
    if parent is None:
        return None
    if parent.post is not post:
        raise Refusal("couldnt_create_comment")
    if parent.depth >= _MAX_DEPTH:
        raise Refusal("max_comment_depth_reached")
    return parent


def edit_comment(visit: Visit, *, again: bool = False) -> dict[str, Any]:
    """An edit that names somebody tells that person; with `again`, every edit tells everybody again."""
    body = body_of(visit.request)
    comment = _own_comment(number_in(body, "comment_id"), visit)
    if "content" in body:
        text = text_in(body, "content")
        check_text(text)
        before, comment.content = comment.content, text
        if again or visit.world.names_more(text, before):
            visit.world.announce(comment)
    comment.updated = visit.world.clock()
    return {"comment_view": visit.views.comment_view(comment), "recipient_ids": []}


def delete_comment(visit: Visit) -> dict[str, Any]:
    body = body_of(visit.request)
    comment = _own_comment(number_in(body, "comment_id"), visit)
    deleted = bool(body.get("deleted"))
    if comment.deleted == deleted:
        raise Refusal("couldnt_update_comment")
    comment.deleted = deleted
    comment.updated = visit.world.clock()
    return {"comment_view": visit.views.comment_view(comment), "recipient_ids": []}


def like_comment(visit: Visit) -> dict[str, Any]:
    body = body_of(visit.request)
    number, score = number_in(body, "comment_id"), number_in(body, "score")
    comment = vote(number, score > 0, visit)
    return {"comment_view": visit.views.comment_view(comment), "recipient_ids": []}


def vote(number: int, up: bool, visit: Visit) -> Comment:
    """Of the votes only that of the comment's author is kept; bots have none, not even to take back."""
    me = visit.me
    if me.bot_account:
        raise Refusal("invalid_bot_action")
    comment = next((item for item in visit.world.comments() if item.id == number), None)
    if comment is None:
        raise Refusal("couldnt_find_comment")
    check_not_banned(me, comment.post.community)
    if comment.creator is me:
        comment.liked = up
    return comment


def _own_comment(number: int, visit: Visit) -> Comment:
    me = visit.me
    comment = next((item for item in visit.world.comments() if item.id == number), None)
    if comment is None:
        raise Refusal("couldnt_find_comment")
    check_not_banned(me, comment.post.community)
    if comment.creator is not me:
        raise Refusal("no_comment_edit_allowed")
    return comment


def follow_community(visit: Visit) -> dict[str, Any]:
    me, body = visit.me, body_of(visit.request)
    community = visit.world.communities.get(number_in(body, "community_id"))
    if community is None or community.removed:
        raise Refusal("couldnt_find_community", status=404)
    check_not_banned(me, community)
    if body.get("follow"):
        community.followers[me.id] = "Subscribed" if community.consents else "Pending"
    else:
        community.followers.pop(me.id, None)
    return {
        "community_view": visit.views.community_view(community),
        "discussion_languages": list(community.languages),
    }


def save_user_settings(visit: Visit) -> dict[str, Any]:
    """What is not sent stays as it is."""
    me, body = visit.me, body_of(visit.request)
    if len(body.get("bio") or "") > _MAX_BIOGRAPHY:
        raise Refusal("bio_length_overflow")
    for name in ("bot_account", "show_bot_accounts", "show_read_posts", "show_nsfw", "bio", "display_name"):
        if body.get(name) is not None:
            setattr(me, name, body[name])
    chosen = body.get("discussion_languages")
    if chosen is not None:
        every = not chosen or set(chosen) >= set(range(len(LANGUAGES)))
        me.languages = () if every else tuple(sorted({0, *chosen}))
    return {"success": True}
