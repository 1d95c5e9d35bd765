"""The calls of API v3 that Precis reads with, as Lemmy 0.19.20 answers them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.sandbox.lemmy.api_errors import ApiError
from bot.sandbox.lemmy.listing import (
    THREAD_LIMIT,
    find_comments,
    find_communities,
    is_comment_listed,
    is_post_listed,
    requested_comments,
    requested_community,
    requested_person,
)
from bot.sandbox.lemmy.request_context import RequestContext
from bot.sandbox.lemmy.request_parameters import int_parameter, offset_and_limit
from bot.sandbox.lemmy.server_state import Comment, Community, Post, ServerState
from bot.sandbox.lemmy.site_v3 import site, site_response

_SORTS = ("Active", "Hot", "New", "Old", "TopDay", "TopWeek", "TopAll", "MostComments", "NewComments")


def get_site(context: RequestContext) -> dict[str, Any]:
    return site_response(context.views, context.limits, context.base_url, context.version)


def validate_auth(context: RequestContext) -> dict[str, Any]:
    if context.viewer is None:
        raise ApiError("not_logged_in")
    return {"success": True}


def post_list(context: RequestContext) -> dict[str, Any]:
    first, count = offset_and_limit(context.query, "couldnt_get_posts")
    community = requested_community(context)
    listed = [post for post in context.state.posts.values() if is_post_listed(post, community, context)]
    posts = _sorted(listed, community, context)
    cursor = context.query.get("page_cursor")
    if cursor is not None:
        posts = posts[_index_after(cursor, posts, community, context) :]
    posts = posts[first : first + count]
    response: dict[str, Any] = {"posts": [context.views.post_view(post) for post in posts]}
    if posts:
        response["next_page"] = f"P{posts[-1].id:x}"
    return response


def _sorted(posts: list[Post], community: Community | None, context: RequestContext) -> list[Post]:
    sort = context.query.get("sort", "Active")
    if sort not in _SORTS:
        raise ApiError(
            "unknown", f"Query deserialize error: unknown variant `{sort}`, expected one of {_SORTS}"
        )
    return sorted(posts, key=_sort_key(community, newest_first=sort != "Old"), reverse=True)


def _sort_key(
    community: Community | None, *, newest_first: bool
) -> Callable[[Post], tuple[bool, float, int]]:
    """Pinned posts first, of the community if one is asked for, else of the site; then by date and id."""
    sign = 1 if newest_first else -1

    def key(post: Post) -> tuple[bool, float, int]:
        pinned = post.featured_local if community is None else post.featured_community
        return (pinned, sign * post.published.timestamp(), sign * post.id)

    return key


def _index_after(cursor: str, posts: list[Post], community: Community | None, context: RequestContext) -> int:
    """Found by the sort key of the cursor's post, which need not be listed any more."""
    try:
        post = context.state.posts[int(cursor.removeprefix("P"), 16)]
    except (ValueError, KeyError) as error:
        raise ApiError("unknown", "Could not parse pagination token") from error
    key = _sort_key(community, newest_first=context.query.get("sort") != "Old")
    return next((index for index, other in enumerate(posts) if key(other) < key(post)), len(posts))


def get_post(context: RequestContext) -> dict[str, Any]:
    post = context.state.posts.get(int_parameter(context.query, "id") or 0)
    if post is None or post.removed or (post.deleted and post.creator is not context.viewer):
        raise ApiError("couldnt_find_post")
    response = {
        "post_view": context.views.post_view(post),
        "community_view": context.views.community_view(post.community),
        "moderators": context.views.moderators(post.community),
        "cross_posts": [context.views.post_view(other) for other in _cross_posts(post, context.state)],
    }
    if context.viewer is not None:
        post.read_by.add(context.viewer.id)
    return response


def _cross_posts(post: Post, state: ServerState) -> list[Post]:
    if post.url is None:
        return []
    return [other for other in state.posts.values() if other is not post and other.url == post.url]


def get_community(context: RequestContext) -> dict[str, Any]:
    community = context.state.community(context.query.get("name", ""))
    if community is None:
        raise _unknown_community(context.query.get("name", ""), context)
    if community.removed:
        raise ApiError("couldnt_find_community")
    return {
        "community_view": context.views.community_view(community),
        "site": site(context.views, context.base_url),
        "moderators": context.views.moderators(community),
        "discussion_languages": list(community.languages),
    }


def _unknown_community(name: str, context: RequestContext) -> ApiError:
    """With a token, the server looks up a community of another server."""
    host = name.partition("@")[2]
    if context.viewer is None or not host:
        return ApiError("couldnt_find_community", status=404)
    message = context.state.unreachable_hosts.get(host, "Federation disabled")
    code = message if message.startswith("couldnt_") else "couldnt_find_community"
    return ApiError(code, message)


def community_list(context: RequestContext) -> dict[str, Any]:
    first, count = offset_and_limit(context.query, "unknown", "Fetch limit is > 50")
    shown = [item for item in context.state.communities.values() if not item.removed][first : first + count]
    return {"communities": [context.views.community_view(item) for item in shown]}


def comment_list(context: RequestContext) -> dict[str, Any]:
    """With `max_depth`, `limit` and `page` are ignored and the newest 300 are listed."""
    first, count = offset_and_limit(context.query, "couldnt_get_comments")
    depth = int_parameter(context.query, "max_depth")
    comments = requested_comments(context)
    comments.sort(key=_comment_sort_key(context), reverse=context.query.get("sort", "New") != "Old")
    if depth is not None:
        comments = [item for item in comments if item.depth <= depth]
        first, count = 0, THREAD_LIMIT
    return {"comments": [context.views.comment_view(item) for item in comments[first : first + count]]}


def _comment_sort_key(context: RequestContext) -> Callable[[Comment], tuple[bool, float, int]]:
    def key(comment: Comment) -> tuple[bool, float, int]:
        return (
            comment.distinguished and "max_depth" in context.query,
            comment.published.timestamp(),
            comment.id,
        )

    return key


def get_comment(context: RequestContext) -> dict[str, Any]:
    number = int_parameter(context.query, "id")
    found = next((item for item in context.state.comments() if item.id == number), None)
    if found is None:
        raise ApiError("couldnt_find_comment")
    return {"comment_view": context.views.comment_view(found), "recipient_ids": []}


def resolve_object(context: RequestContext) -> dict[str, Any]:
    """Posts and comments only. 0.19.20 has one code for everything that it cannot resolve."""
    found = context.state.find_object(context.query.get("q", ""))
    if found is None:
        raise ApiError("couldnt_find_object")
    if isinstance(found, Comment):
        return {"comment": context.views.comment_view(found)}
    return {"post": context.views.post_view(found)}


def get_user(context: RequestContext) -> dict[str, Any]:
    person, state = requested_person(context), context.state
    first, count = offset_and_limit(context.query, "couldnt_get_comments")
    comments = [
        item for item in state.comments() if item.creator is person and is_comment_listed(item, context)
    ]
    comments.sort(key=lambda item: (item.published, item.id), reverse=True)
    posts = [
        post for post in state.posts.values() if post.creator is person and not (post.deleted or post.removed)
    ]
    posts.sort(key=lambda post: (post.published, post.id), reverse=True)
    return {
        "person_view": context.views.person_view(person),
        "site": site(context.views, context.base_url),
        "comments": [context.views.comment_view(item) for item in comments[first : first + count]],
        "posts": [context.views.post_view(post) for post in posts[first : first + count]],
        "moderates": [],
    }


def search(context: RequestContext) -> dict[str, Any]:
    term, kind, views = context.query.get("q", "").lower(), context.query.get("type_", "All"), context.views
    found: dict[str, Any] = {"type_": kind, "comments": [], "posts": [], "communities": [], "users": []}
    if kind in ("All", "Communities"):
        found["communities"] = [views.community_view(item) for item in find_communities(term, context)]
    if kind in ("All", "Comments"):
        found["comments"] = [views.comment_view(item) for item in find_comments(term, context)]
    return found
