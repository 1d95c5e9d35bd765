"""The reading calls of `/api/alpha` that Precis makes, with the quirks of a real 1.6.27."""

from __future__ import annotations

from typing import Any

from bot.sandbox.lemmy.server_state import Comment, Person, Post, ServerState
from bot.sandbox.piefed.request_context import ROW_NOT_FOUND, ApiError, RequestContext, number_of, page_of
from bot.sandbox.piefed.views import languages

VERSION = "1.6.27"


def get_me(context: RequestContext) -> dict[str, Any]:
    return context.views.me(context.account)


def get_site(context: RequestContext) -> dict[str, Any]:
    site: dict[str, Any] = {
        "admins": [],
        "site": {
            "actor_id": f"{context.base_url}/",
            "name": "Sandbox",
            "all_languages": languages(),
            "description": "",
            "enable_downvotes": True,
            "icon": f"{context.base_url}/icon.png",
            "registration_mode": "Open",
            "user_count": len(context.state.people),
        },
        "version": VERSION,
    }
    if context.viewer is not None:
        site["my_user"] = context.views.me(context.viewer)
    return site


def get_version(_context: RequestContext) -> dict[str, Any]:
    return {"version": VERSION}


def list_posts(context: RequestContext) -> dict[str, Any]:
    """Filters by community only if `type_` is All or missing. The community name is case-sensitive.

    A ban takes a community's posts out of the Subscribed list, although the subscription stays.
    """
    posts = [post for post in context.state.posts.values() if not (post.deleted or post.removed)]
    number, name = context.query.get("community_id"), context.query.get("community_name")
    is_filtered = number is not None or name is not None
    if is_filtered and context.query.get("type_", "All") == "All":
        posts = [post for post in posts if _is_in_community(post, number, name, context.state)]
    if context.viewer and context.query.get("type_") == "Subscribed":
        posts = [post for post in posts if _is_listed_as_subscribed(post, context.viewer)]
    if not (context.viewer and context.viewer.show_nsfw):
        posts = [post for post in posts if not (post.nsfw or post.community.nsfw)]
    sticky_first = is_filtered and context.query.get("ignore_sticky") != "true"
    posts.sort(key=lambda post: (sticky_first and post.featured_community, post.published, post.id))
    posts.reverse()
    shown, next_page = page_of(posts, context)
    return {"posts": [context.views.post_view(post) for post in shown], "next_page": next_page}


def _is_listed_as_subscribed(post: Post, viewer: Person) -> bool:
    community = post.community
    return community.subscription_of(viewer) == "Subscribed" and viewer.id not in community.banned


def _is_in_community(post: Post, number: str | None, name: str | None, state: ServerState) -> bool:
    if number is not None:
        return str(post.community.id) == number
    local, _, host = (name or "").partition("@")
    return (post.community.name, post.community.host) == (local, host or state.host)


def get_post(context: RequestContext) -> dict[str, Any]:
    """Deleted and removed posts are returned and marked as such."""
    post = context.state.posts.get(number_of(context, "id"))
    if post is None:
        raise ApiError("()", "Not found")
    return {
        "post_view": context.views.post_view(post),
        "community_view": context.views.community_view(post.community),
        "cross_posts": [],
        "moderators": context.views.moderators(post.community),
    }


def get_community(context: RequestContext) -> dict[str, Any]:
    community = context.state.community(context.query.get("name", ""))
    if community is None:
        raise ApiError("error - unknown community. Please wait a sec and try again.")
    return {
        "community_view": context.views.community_view(community),
        "discussion_languages": [],
        "moderators": context.views.moderators(community),
    }


def list_comments(context: RequestContext) -> dict[str, Any]:
    """Includes deleted and removed comments, without their text."""
    comments = context.state.comments()
    if "post_id" in context.query:
        comments = [item for item in comments if item.post.id == number_of(context, "post_id")]
    if "person_id" in context.query:
        comments = [item for item in comments if item.creator.id == number_of(context, "person_id")]
    comments.sort(key=lambda item: (item.published, item.id), reverse=context.query.get("sort") != "Old")
    shown, next_page = page_of(comments, context)
    views = [context.views.comment_view(item) for item in shown]
    for view in views:
        view["comment"]["repliesEnabled"] = True
    return {"comments": views, "next_page": next_page}


def get_comment(context: RequestContext) -> dict[str, Any]:
    number = number_of(context, "id")
    comment = next((item for item in context.state.comments() if item.id == number), None)
    if comment is None:
        raise ApiError("'NoneType' object has no attribute 'community_id'")
    return {"comment_view": context.views.comment_view(comment)}


def resolve_object(context: RequestContext) -> dict[str, Any]:
    """Posts and comments only."""
    found = context.state.find_object(context.query.get("q", ""))
    if found is None:
        raise ApiError("No object found.")
    if isinstance(found, Comment):
        return {"comment": context.views.comment_view(found)}
    return {"post": context.views.post_view(found)}


def get_user(context: RequestContext) -> dict[str, Any]:
    person = context.state.person(context.query.get("username", ""))
    if person is None:
        raise ApiError(ROW_NOT_FOUND, "Not found")
    counts = {"person_id": person.id, "post_count": 0, "comment_count": 0}
    view = {
        "activity_alert": False,
        "counts": counts,
        "is_admin": False,
        "person": context.views.person(person),
    }
    return {"comments": [], "moderates": [], "person_view": view, "posts": []}
