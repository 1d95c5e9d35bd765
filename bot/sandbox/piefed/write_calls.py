"""The writing calls of `/api/alpha` that Precis makes, with the quirks of a real 1.6.27."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.sandbox.lemmy.server_state import LANGUAGES, Comment
from bot.sandbox.piefed.request_context import ROW_NOT_FOUND, ApiError, RequestContext

_SITE_LANGUAGE = 2
"""PieFed 1.6.27 stores the language of the site for every lower number."""
_VISIBILITIES = ("Show", "Blur", "Hide", "Transparent")


def follow_community(context: RequestContext) -> dict[str, Any]:
    """Returns "Subscribed" even for a banned account."""
    body, me = context.body("community_id", "follow"), context.account
    community = context.state.communities.get(body["community_id"])
    if community is None:
        raise ApiError(ROW_NOT_FOUND, "Not found")
    if body["follow"]:
        community.followers[me.id] = "Subscribed" if community.accepts_followers else "Pending"
    else:
        community.followers.pop(me.id, None)
    return {"community_view": context.views.community_view(community), "discussion_languages": []}


def create_comment(
    context: RequestContext, *, visible_from: datetime | None = None, complete: bool = True
) -> dict[str, Any]:
    """Accepted on deleted and removed posts too. A duplicate reply is refused."""
    body, me = context.body("post_id", "body"), context.account
    post = context.state.posts.get(body["post_id"])
    if post is None:
        raise ApiError("'NoneType' object has no attribute 'community'")
    if me.id in post.community.banned:
        raise ApiError("You are not permitted to comment in this community")
    if post.locked:
        raise ApiError("Comments are disabled on this post")
    text = body["body"]
    if "\0" in text:
        raise ApiError("A string literal cannot contain NUL (0x00) characters.")
    parent = _parent(body.get("parent_id"), context)
    path = f"{parent.path if parent else 0}."
    for other in context.state.all_comments():
        is_sibling = other.post is post and other.path == f"{path}{other.id}"
        if is_sibling and (other.creator, other.content, other.deleted) == (me, text, False):
            raise ApiError("Duplicate reply")
    language = body.get("language_id", _SITE_LANGUAGE)
    if language < _SITE_LANGUAGE:  # "undetermined" too
        language = _SITE_LANGUAGE
    if language > len(LANGUAGES):
        raise ApiError("'NoneType' object is not subscriptable")
    stored = text.replace("\r\n", "  \r\n")
    comment = context.state.add_comment(
        post, me, stored, parent, language_id=language, author_upvoted=complete, visible_from=visible_from
    )
    return {"comment_view": context.views.comment_view(comment)}


def _parent(number: int | None, context: RequestContext) -> Comment | None:
    """A removed parent is accepted."""
    if number is None:
        return None
    found = next((item for item in context.state.comments() if item.id == number), None)
    if found is None:
        raise ApiError(ROW_NOT_FOUND, "Not found")
    return found


def edit_comment(context: RequestContext) -> dict[str, Any]:
    body = context.body("comment_id", "body")
    missing = "'NoneType' object has no attribute 'language_id'"
    comment = _own_comment(context, body["comment_id"], missing, "incorrect_login")
    before, comment.content = comment.content, body["body"]
    comment.updated = context.state.clock()
    if context.state.mentions_someone_new(comment.content, before):
        context.state.notify(comment)
    return {"comment_view": context.views.comment_view(comment)}


def delete_comment(context: RequestContext) -> dict[str, Any]:
    body = context.body("comment_id", "deleted")
    comment = _own_comment(context, body["comment_id"], ROW_NOT_FOUND, ROW_NOT_FOUND)
    if comment.deleted == body["deleted"]:
        raise ApiError(ROW_NOT_FOUND, "Not found")
    comment.deleted, comment.updated = body["deleted"], context.state.clock()
    return {"comment_view": context.views.comment_view(comment)}


def like_comment(context: RequestContext) -> dict[str, Any]:
    """A bot's vote is silently ignored, but a bot can remove the vote that its comment started with."""
    body, me = context.body("comment_id", "score"), context.account
    comment = next((item for item in context.state.comments() if item.id == body["comment_id"]), None)
    if comment is None:
        raise ApiError(ROW_NOT_FOUND, "Not found")
    if comment.creator is me and (body["score"] == 0 or not me.bot_account):
        comment.author_upvoted = body["score"] > 0
    return {"comment_view": context.views.comment_view(comment)}


def save_user_settings(context: RequestContext) -> dict[str, Any]:
    """Settings that are not sent stay as they are. Unknown ones are ignored."""
    body, me = context.body(), context.account
    visibility = body.get("bot_visibility", "Show" if me.show_bot_accounts else "Hide")
    if visibility not in _VISIBILITIES:
        refused = f"Must be one of: {', '.join(_VISIBILITIES)}."
        raise ApiError("Validation failed", f"{{'json': {{'bot_visibility': ['{refused}']}}}}")
    me.show_bot_accounts = visibility != "Hide"
    me.bot_account = bool(body.get("bot", me.bot_account))
    me.show_read_posts = bool(body.get("show_read_posts", me.show_read_posts))
    me.bio = body.get("bio", me.bio)
    return {"my_user": context.views.me(me)}


def _own_comment(context: RequestContext, number: int, missing_message: str, not_own_message: str) -> Comment:
    me = context.account
    comment = next((item for item in context.state.comments() if item.id == number), None)
    if comment is None:
        raise ApiError(missing_message, "Not found" if missing_message == ROW_NOT_FOUND else "Bad Request")
    if comment.creator is not me:
        raise ApiError(not_own_message)
    return comment
