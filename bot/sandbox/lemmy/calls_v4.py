"""The calls of API v4 that Precis makes, as Lemmy 1.0.0-beta.1 answers them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from bot.sandbox.lemmy import read_calls_v3, site_v4, write_calls_v3
from bot.sandbox.lemmy.api_errors import ApiError, int_parameter, json_body, required_int
from bot.sandbox.lemmy.read_calls_v3 import RequestContext
from bot.sandbox.lemmy.server_state import LANGUAGES, Comment, Post

_THREAD_LIMIT = 300
_LISTINGS = ("all", "local", "subscribed", "moderator_view", "suggested")
_SORTS = ("active", "hot", "new", "old", "top", "most_comments", "new_comments")
_Row = TypeVar("_Row", Post, Comment)


def get_site(visit: RequestContext) -> dict[str, Any]:
    return site_v4.site_response(visit.state, visit.views, visit.limits, visit.base_url, visit.version)


def get_account(visit: RequestContext) -> dict[str, Any]:
    return site_v4.account_response(visit.views, visit.account)


def post_list(visit: RequestContext) -> dict[str, Any]:
    """Pins stand by date; `page` is ignored."""
    _check_words(visit)
    community = read_calls_v3.requested_community(visit)
    listed = [
        post for post in visit.state.posts.values() if read_calls_v3.is_post_listed(post, community, visit)
    ]
    return _page(listed, visit.views.post_view, visit)


def comment_list(visit: RequestContext) -> dict[str, Any]:
    """With `max_depth`, `limit` is ignored and the 300 newest come."""
    _check_words(visit)
    comments = [item for item in visit.state.comments() if read_calls_v3.is_comment_listed(item, visit)]
    if (post := int_parameter(visit.query, "post_id")) is not None:
        comments = [item for item in comments if item.post.id == post]
    if (parent := int_parameter(visit.query, "parent_id")) is not None:
        comments = [item for item in comments if str(parent) in item.path.split(".")]
    if (creator := int_parameter(visit.query, "creator_id")) is not None:
        comments = [item for item in comments if item.creator.id == creator]
    if (depth := int_parameter(visit.query, "max_depth")) is not None:
        comments = [item for item in comments if item.depth <= depth]
        return _page(comments, visit.views.comment_view, visit, limit=_THREAD_LIMIT)
    return _page(comments, visit.views.comment_view, visit)


def _check_words(visit: RequestContext) -> None:
    for name, known in (("type_", _LISTINGS), ("sort", _SORTS)):
        word = visit.query.get(name)
        if word is not None and word not in known:
            expected = ", ".join(f"`{item}`" for item in known)
            raise ApiError(
                "unknown", f"Query deserialize error: unknown variant `{word}`, expected one of {expected}"
            )


def _page(
    rows: Sequence[_Row],
    view: Callable[[_Row], dict[str, Any]],
    visit: RequestContext,
    limit: int | None = None,
) -> dict[str, Any]:
    asked = int_parameter(visit.query, "limit")
    if asked is not None and not 1 <= asked <= 50:
        raise ApiError("invalid_fetch_limit")
    count = limit or asked or 20
    newest_first = visit.query.get("sort") != "old"
    rows = sorted(rows, key=_place, reverse=newest_first)
    if (cursor := visit.query.get("page_cursor")) is not None:
        last = _read_cursor(cursor)
        rows = [row for row in rows if (_place(row) < last if newest_first else _place(row) > last)]
    answer: dict[str, Any] = {"items": [view(row) for row in rows[:count]]}
    if len(rows) >= count:
        answer["next_page"] = _cursor(rows[count - 1])
    return answer


def _place(row: Post | Comment) -> tuple[float, int]:
    return (row.published.timestamp(), row.id)


def _cursor(row: Post | Comment) -> str:
    return f"BU{row.published.timestamp():.6f}-{row.id}"


def _read_cursor(cursor: str) -> tuple[float, int]:
    when, _, number = cursor.removeprefix("BU").partition("-")
    try:
        return float(when), int(number)
    except ValueError as error:
        raise ApiError("unknown", "Invalid last symbol 51, offset 1.") from error


def get_community(visit: RequestContext) -> dict[str, Any]:
    answer = read_calls_v3.get_community(visit)
    languages = answer["discussion_languages"] or list(range(len(LANGUAGES)))
    return answer | {"site": site_v4.site(visit.state, visit.base_url), "discussion_languages": languages}


def get_comment(visit: RequestContext) -> dict[str, Any]:
    return _view_only(read_calls_v3.get_comment(visit))


def search(visit: RequestContext) -> dict[str, Any]:
    words, kind = visit.query.get("search_term", "").lower(), visit.query.get("type_", "all")
    creator = int_parameter(visit.query, "creator_id")
    communities = [
        visit.views.community_view(item)
        for item in visit.state.communities.values()
        if not item.removed and (words in item.name.lower() or words in item.title.lower())
    ]
    comments = [
        visit.views.comment_view(item)
        for item in reversed(visit.state.comments())
        if words in item.content.lower() and creator in (None, item.creator.id)
    ]
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
    visit: RequestContext, *, visible_from: datetime | None = None, complete: bool = True
) -> dict[str, Any]:
    _check_site_ban(visit)
    return _view_only(write_calls_v3.create_comment(visit, visible_from=visible_from, complete=complete))


def edit_comment(visit: RequestContext) -> dict[str, Any]:
    _check_site_ban(visit)
    return _view_only(write_calls_v3.edit_comment(visit, notify_always=True))


def delete_comment(visit: RequestContext) -> dict[str, Any]:
    _check_site_ban(visit)
    return _view_only(write_calls_v3.delete_comment(visit))


def like_comment(visit: RequestContext) -> dict[str, Any]:
    """Without `is_upvote` a vote is taken back."""
    body = json_body(visit.request)
    comment = write_calls_v3.vote(required_int(body, "comment_id"), body.get("is_upvote") is True, visit)
    return {"comment_view": visit.views.comment_view(comment)}


def follow_community(visit: RequestContext) -> dict[str, Any]:
    answer = write_calls_v3.follow_community(visit)
    return answer | {"discussion_languages": answer["discussion_languages"] or list(range(len(LANGUAGES)))}


def save_settings(visit: RequestContext) -> dict[str, Any]:
    """Unlike 0.19, languages are saved as they are given: "undetermined" is not added."""
    chosen = json_body(visit.request).get("discussion_languages")
    answer = write_calls_v3.save_user_settings(visit)
    if chosen is not None:
        every = set(chosen) >= set(range(len(LANGUAGES)))
        visit.account.languages = () if every else tuple(sorted(chosen))
    return answer


def _check_site_ban(visit: RequestContext) -> None:
    """A banned account stays logged in, and hears of it when it writes."""
    if visit.account.banned:
        raise ApiError("site_ban")


def _view_only(answer: dict[str, Any]) -> dict[str, Any]:
    return {"comment_view": answer["comment_view"]}
