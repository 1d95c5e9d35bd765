"""The calls of API v3 that Precis writes with, as Lemmy 0.19.20 answers them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.sandbox.lemmy.api_errors import ApiError, check_language, check_not_banned, check_text
from bot.sandbox.lemmy.request_context import RequestContext
from bot.sandbox.lemmy.request_parameters import json_body, optional_int, required_int, required_string
from bot.sandbox.lemmy.server_state import LANGUAGES, Comment, Person, Post, ServerState

_MAX_DEPTH = 50
_MAX_BIO_LENGTH = 1000


def create_comment(
    context: RequestContext,
    *,
    visible_from: datetime | None = None,
    complete: bool = True,
    check_parent: bool = False,
) -> dict[str, Any]:
    """With `complete=False`, the row is written but the author's vote is not.

    With `check_parent`, a reply below a deleted, removed or locked comment is refused.
    """
    account, body = context.account, json_body(context.request)
    post_id, text = required_int(body, "post_id"), required_string(body, "content")
    check_text(text)
    post = _open_post(post_id, account, context.state)
    parent = _parent(optional_int(body, "parent_id"), post, context.state)
    if check_parent and parent is not None:
        _check_open(parent)
    language = optional_int(body, "language_id")
    check_language(language, post.community)
    comment = context.state.add_comment(
        post,
        account,
        text,
        parent,
        language_id=language or 0,
        author_upvoted=complete,
        visible_from=visible_from,
    )
    recipient = parent.creator if parent else post.creator
    recipients = [] if recipient is account else [recipient.id]
    return {"comment_view": context.views.comment_view(comment), "recipient_ids": recipients}


def _open_post(number: int, account: Person, state: ServerState) -> Post:
    post = state.posts.get(number)
    if post is None:
        raise ApiError("couldnt_find_post")
    check_not_banned(account, post.community)
    if post.deleted or post.removed or post.community.removed:
        raise ApiError("deleted")
    if post.locked and account not in post.community.moderators:
        raise ApiError("locked")
    return post


def _parent(number: int | None, post: Post, state: ServerState) -> Comment | None:
    """A parent that does not exist is ignored."""
    parent = next((item for item in state.comments() if item.id == number), None)
    if parent is None:
        return None
    if parent.post is not post:
        raise ApiError("couldnt_create_comment")
    if parent.depth >= _MAX_DEPTH:
        raise ApiError("max_comment_depth_reached")
    return parent


def _check_open(parent: Comment) -> None:
    if parent.deleted or parent.removed:
        raise ApiError("deleted")
    if parent.locked:
        raise ApiError("locked")


def edit_comment(context: RequestContext, *, notify_always: bool = False) -> dict[str, Any]:
    """People whom only the new text mentions are notified; with `notify_always`, everybody at each edit."""
    body = json_body(context.request)
    comment = _own_comment(required_int(body, "comment_id"), context)
    if "content" in body:
        text = required_string(body, "content")
        check_text(text)
        before, comment.content = comment.content, text
        if notify_always or context.state.mentions_someone_new(text, before):
            context.state.notify(comment)
    comment.updated = context.state.clock()
    return {"comment_view": context.views.comment_view(comment), "recipient_ids": []}


def delete_comment(context: RequestContext) -> dict[str, Any]:
    body = json_body(context.request)
    comment = _own_comment(required_int(body, "comment_id"), context)
    deleted = bool(body.get("deleted"))
    if comment.deleted == deleted:
        raise ApiError("couldnt_update_comment")
    comment.deleted = deleted
    comment.updated = context.state.clock()
    return {"comment_view": context.views.comment_view(comment), "recipient_ids": []}


def like_comment(context: RequestContext) -> dict[str, Any]:
    body = json_body(context.request)
    number, score = required_int(body, "comment_id"), required_int(body, "score")
    comment = vote(number, score > 0, context)
    return {"comment_view": context.views.comment_view(comment), "recipient_ids": []}


def vote(number: int, up: bool, context: RequestContext) -> Comment:
    """Only the vote of the comment's author is stored. Bots cannot vote or remove a vote."""
    if context.account.bot_account:
        raise ApiError("invalid_bot_action")
    comment = _writable_comment(number, context)
    if comment.creator is context.account:
        comment.author_upvoted = up
    return comment


def _own_comment(number: int, context: RequestContext) -> Comment:
    comment = _writable_comment(number, context)
    if comment.creator is not context.account:
        raise ApiError("no_comment_edit_allowed")
    return comment


def _writable_comment(number: int, context: RequestContext) -> Comment:
    comment = next((item for item in context.state.comments() if item.id == number), None)
    if comment is None:
        raise ApiError("couldnt_find_comment")
    check_not_banned(context.account, comment.post.community)
    return comment


def follow_community(context: RequestContext) -> dict[str, Any]:
    account, body = context.account, json_body(context.request)
    community = context.state.communities.get(required_int(body, "community_id"))
    if community is None or community.removed:
        raise ApiError("couldnt_find_community", status=404)
    check_not_banned(account, community)
    if body.get("follow"):
        community.followers[account.id] = "Subscribed" if community.accepts_followers else "Pending"
    else:
        community.followers.pop(account.id, None)
    return {
        "community_view": context.views.community_view(community),
        "discussion_languages": list(community.languages),
    }


def save_user_settings(context: RequestContext) -> dict[str, Any]:
    """Settings that are not sent stay as they are."""
    account, body = context.account, json_body(context.request)
    if len(body.get("bio") or "") > _MAX_BIO_LENGTH:
        raise ApiError("bio_length_overflow")
    for name in ("bot_account", "show_bot_accounts", "show_read_posts", "show_nsfw", "bio", "display_name"):
        if body.get(name) is not None:
            setattr(account, name, body[name])
    chosen = body.get("discussion_languages")
    if chosen is not None:
        all_languages = not chosen or set(chosen) >= set(range(len(LANGUAGES)))
        account.languages = () if all_languages else tuple(sorted({0, *chosen}))
    return {"success": True}
