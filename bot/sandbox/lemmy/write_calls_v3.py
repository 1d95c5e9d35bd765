"""The writing calls of API v3 that Precis makes, as Lemmy 0.19.20 answers them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.sandbox.lemmy.api_errors import (
    ApiError,
    check_language,
    check_not_banned,
    check_text,
    json_body,
    optional_int,
    required_int,
    required_string,
)
from bot.sandbox.lemmy.read_calls_v3 import RequestContext
from bot.sandbox.lemmy.server_state import LANGUAGES, Comment, Person, Post, ServerState

_MAX_DEPTH = 50
_MAX_BIOGRAPHY = 1000


def create_comment(
    visit: RequestContext, *, visible_from: datetime | None = None, complete: bool = True
) -> dict[str, Any]:
    """`whole=False` breaks off after the row is written, before the vote."""
    me, body = visit.account, json_body(visit.request)
    post_id, text = required_int(body, "post_id"), required_string(body, "content")
    check_text(text)
    post = _open_post(post_id, me, visit.state)
    parent = _parent(optional_int(body, "parent_id"), post, visit.state)
    language = optional_int(body, "language_id")
    check_language(language, post.community)
    comment = visit.state.add_comment(
        post, me, text, parent, language_id=language or 0, author_upvoted=complete, visible_from=visible_from
    )
    recipient = parent.creator if parent else post.creator
    recipients = [] if recipient is me else [recipient.id]
    return {"comment_view": visit.views.comment_view(comment), "recipient_ids": recipients}


def _open_post(number: int, me: Person, world: ServerState) -> Post:
    post = world.posts.get(number)
    if post is None:
        raise ApiError("couldnt_find_post")
    check_not_banned(me, post.community)
    if post.deleted or post.removed or post.community.removed:
        raise ApiError("deleted")
    if post.locked and me not in post.community.moderators:
        raise ApiError("locked")
    return post


def _parent(number: int | None, post: Post, world: ServerState) -> Comment | None:
    """A parent that does not exist is dropped without a word."""
    parent = next((item for item in world.comments() if item.id == number), None)
    if parent is None:
        return None
    if parent.post is not post:
        raise ApiError("couldnt_create_comment")
    if parent.depth >= _MAX_DEPTH:
        raise ApiError("max_comment_depth_reached")
    return parent


def edit_comment(visit: RequestContext, *, notify_always: bool = False) -> dict[str, Any]:
    """An edit that names somebody tells that person; with `again`, every edit tells everybody again."""
    body = json_body(visit.request)
    comment = _own_comment(required_int(body, "comment_id"), visit)
    if "content" in body:
        text = required_string(body, "content")
        check_text(text)
        before, comment.content = comment.content, text
        if notify_always or visit.state.mentions_someone_new(text, before):
            visit.state.notify(comment)
    comment.updated = visit.state.clock()
    return {"comment_view": visit.views.comment_view(comment), "recipient_ids": []}


def delete_comment(visit: RequestContext) -> dict[str, Any]:
    body = json_body(visit.request)
    comment = _own_comment(required_int(body, "comment_id"), visit)
    deleted = bool(body.get("deleted"))
    if comment.deleted == deleted:
        raise ApiError("couldnt_update_comment")
    comment.deleted = deleted
    comment.updated = visit.state.clock()
    return {"comment_view": visit.views.comment_view(comment), "recipient_ids": []}


def like_comment(visit: RequestContext) -> dict[str, Any]:
    body = json_body(visit.request)
    number, score = required_int(body, "comment_id"), required_int(body, "score")
    comment = vote(number, score > 0, visit)
    return {"comment_view": visit.views.comment_view(comment), "recipient_ids": []}


def vote(number: int, up: bool, visit: RequestContext) -> Comment:
    """Of the votes only that of the comment's author is kept; bots have none, not even to take back."""
    me = visit.account
    if me.bot_account:
        raise ApiError("invalid_bot_action")
    comment = next((item for item in visit.state.comments() if item.id == number), None)
    if comment is None:
        raise ApiError("couldnt_find_comment")
    check_not_banned(me, comment.post.community)
    if comment.creator is me:
        comment.author_upvoted = up
    return comment


def _own_comment(number: int, visit: RequestContext) -> Comment:
    me = visit.account
    comment = next((item for item in visit.state.comments() if item.id == number), None)
    if comment is None:
        raise ApiError("couldnt_find_comment")
    check_not_banned(me, comment.post.community)
    if comment.creator is not me:
        raise ApiError("no_comment_edit_allowed")
    return comment


def follow_community(visit: RequestContext) -> dict[str, Any]:
    me, body = visit.account, json_body(visit.request)
    community = visit.state.communities.get(required_int(body, "community_id"))
    if community is None or community.removed:
        raise ApiError("couldnt_find_community", status=404)
    check_not_banned(me, community)
    if body.get("follow"):
        community.followers[me.id] = "Subscribed" if community.accepts_followers else "Pending"
    else:
        community.followers.pop(me.id, None)
    return {
        "community_view": visit.views.community_view(community),
        "discussion_languages": list(community.languages),
    }


def save_user_settings(visit: RequestContext) -> dict[str, Any]:
    """What is not sent stays as it is."""
    me, body = visit.account, json_body(visit.request)
    if len(body.get("bio") or "") > _MAX_BIOGRAPHY:
        raise ApiError("bio_length_overflow")
    for name in ("bot_account", "show_bot_accounts", "show_read_posts", "show_nsfw", "bio", "display_name"):
        if body.get(name) is not None:
            setattr(me, name, body[name])
    chosen = body.get("discussion_languages")
    if chosen is not None:
        every = not chosen or set(chosen) >= set(range(len(LANGUAGES)))
        me.languages = () if every else tuple(sorted({0, *chosen}))
    return {"success": True}
