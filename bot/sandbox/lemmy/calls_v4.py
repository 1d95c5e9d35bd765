"""The calls of API v4 that Precis makes, as Lemmy 1.0.0-beta.1 answers them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from bot.sandbox.lemmy import read_calls_v3, site_v4, write_calls_v3
from bot.sandbox.lemmy.api_errors import ApiError
from bot.sandbox.lemmy.listing import (
    THREAD_LIMIT,
    find_comments,
    find_communities,
    is_post_listed,
    requested_comments,
    requested_community,
)
from bot.sandbox.lemmy.request_context import RequestContext
from bot.sandbox.lemmy.request_parameters import int_parameter, json_body, required_int
from bot.sandbox.lemmy.server_state import LANGUAGES, Comment, Post
from bot.sandbox.lemmy.site import site_row

_LISTINGS = ("all", "local", "subscribed", "moderator_view", "suggested")
_SORTS = ("active", "hot", "new", "old", "top", "most_comments", "new_comments")
_Row = TypeVar("_Row", Post, Comment)


def get_site(context: RequestContext) -> dict[str, Any]:
    return site_v4.site_response(context.views, context.limits, context.base_url, context.version)


def get_account(context: RequestContext) -> dict[str, Any]:
    return site_v4.account_response(context.views, context.account)


def post_list(context: RequestContext) -> dict[str, Any]:
    """Pinned posts are sorted by date like others; `page` is ignored."""
    _check_variants(context)
    community = requested_community(context)
    listed = [post for post in context.state.posts.values() if is_post_listed(post, community, context)]
    return _page(listed, context.views.post_view, context)


def comment_list(context: RequestContext) -> dict[str, Any]:
    """With `max_depth`, `limit` is ignored and the newest 300 are listed."""
    _check_variants(context)
    comments = requested_comments(context)
    if (creator := int_parameter(context.query, "creator_id")) is not None:
        comments = [item for item in comments if item.creator.id == creator]
    if (depth := int_parameter(context.query, "max_depth")) is not None:
        comments = [item for item in comments if item.depth <= depth]
        return _page(comments, context.views.comment_view, context, limit=THREAD_LIMIT)
    return _page(comments, context.views.comment_view, context)


def _check_variants(context: RequestContext) -> None:
    for name, known in (("type_", _LISTINGS), ("sort", _SORTS)):
        value = context.query.get(name)
        if value is not None and value not in known:
            expected = ", ".join(f"`{item}`" for item in known)
            raise ApiError(
                "unknown", f"Query deserialize error: unknown variant `{value}`, expected one of {expected}"
            )


def _page(
    rows: Sequence[_Row],
    view: Callable[[_Row], dict[str, Any]],
    context: RequestContext,
    limit: int | None = None,
) -> dict[str, Any]:
    requested = int_parameter(context.query, "limit")
    if requested is not None and not 1 <= requested <= 50:
        raise ApiError("invalid_fetch_limit")
    count = limit or requested or 20
    newest_first = context.query.get("sort") != "old"
    rows = sorted(rows, key=_sort_key, reverse=newest_first)
    if (cursor := context.query.get("page_cursor")) is not None:
        last = _parse_cursor(cursor)
        rows = [row for row in rows if (_sort_key(row) < last if newest_first else _sort_key(row) > last)]
    response: dict[str, Any] = {"items": [view(row) for row in rows[:count]]}
    if len(rows) >= count:
        response["next_page"] = _cursor(rows[count - 1])
    return response


def _sort_key(row: Post | Comment) -> tuple[float, int]:
    return (row.published.timestamp(), row.id)


def _cursor(row: Post | Comment) -> str:
    return f"BU{row.published.timestamp():.6f}-{row.id}"


def _parse_cursor(cursor: str) -> tuple[float, int]:
    seconds, _, number = cursor.removeprefix("BU").partition("-")
    try:
        return float(seconds), int(number)
    except ValueError as error:
        raise ApiError("unknown", "Invalid last symbol 51, offset 1.") from error


def get_community(context: RequestContext) -> dict[str, Any]:
    response = read_calls_v3.get_community(context)
    languages = response["discussion_languages"] or list(range(len(LANGUAGES)))
    site = site_row(context.views, context.base_url)
    return response | {"site": site, "discussion_languages": languages}


def community_list(context: RequestContext) -> dict[str, Any]:
    return {"items": read_calls_v3.community_list(context)["communities"]}


def get_comment(context: RequestContext) -> dict[str, Any]:
    return _view_only(read_calls_v3.get_comment(context))


def resolve_object(context: RequestContext) -> dict[str, Any]:
    """Posts and comments only: the view with its kind as `type_`."""
    found = context.state.find_object(context.query.get("q", ""))
    if found is None:
        raise ApiError("resolve_object_failed")
    if isinstance(found, Comment):
        return {"type_": "comment", **context.views.comment_view(found)}
    return {"type_": "post", **context.views.post_view(found)}


def search(context: RequestContext) -> dict[str, Any]:
    term, kind = context.query.get("search_term", "").lower(), context.query.get("type_", "all")
    communities = [context.views.community_view(item) for item in find_communities(term, context)]
    comments = [context.views.comment_view(item) for item in find_comments(term, context)]
    return {
        "resolve": None,
        "comments": comments if kind in ("all", "comments") else [],
        "posts": [],
        "communities": communities if kind in ("all", "communities") else [],
        "persons": [],
        "multi_communities": [],
        "prev_page": None,
        "next_page": None,
    }


def create_comment(
    context: RequestContext, *, visible_from: datetime | None = None, complete: bool = True
) -> dict[str, Any]:
    """Below a deleted or removed comment it is refused by 24 commits after 1.0.0-beta.1, not by beta.1."""
    _check_site_ban(context)
    return _view_only(
        write_calls_v3.create_comment(
            context, visible_from=visible_from, complete=complete, check_parent=True
        )
    )


def edit_comment(context: RequestContext) -> dict[str, Any]:
    _check_site_ban(context)
    return _view_only(write_calls_v3.edit_comment(context, notify_always=True))


def delete_comment(context: RequestContext) -> dict[str, Any]:
    _check_site_ban(context)
    return _view_only(write_calls_v3.delete_comment(context))


def like_comment(context: RequestContext) -> dict[str, Any]:
    """Without `is_upvote`, the vote is removed."""
    body = json_body(context.request)
    comment = write_calls_v3.vote(required_int(body, "comment_id"), body.get("is_upvote") is True, context)
    return {"comment_view": context.views.comment_view(comment)}


def follow_community(context: RequestContext) -> dict[str, Any]:
    response = write_calls_v3.follow_community(context)
    return response | {
        "discussion_languages": response["discussion_languages"] or list(range(len(LANGUAGES)))
    }


def save_settings(context: RequestContext) -> dict[str, Any]:
    """Unlike Lemmy 0.19, languages are saved as sent: "undetermined" is not added."""
    chosen = json_body(context.request).get("discussion_languages")
    response = write_calls_v3.save_user_settings(context)
    if chosen is not None:
        all_languages = set(chosen) >= set(range(len(LANGUAGES)))
        context.account.languages = () if all_languages else tuple(sorted(chosen))
    return response


def _check_site_ban(context: RequestContext) -> None:
    """A banned account stays logged in; only its writing calls are refused."""
    if context.account.banned:
        raise ApiError("site_ban")


def _view_only(response: dict[str, Any]) -> dict[str, Any]:
    return {"comment_view": response["comment_view"]}
