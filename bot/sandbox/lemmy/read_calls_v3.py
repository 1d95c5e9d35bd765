"""The reading calls of API v3 that Precis makes, as Lemmy 0.19.20 answers them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.sandbox.lemmy.api_errors import ApiError, int_parameter, offset_and_limit
from bot.sandbox.lemmy.rate_limits import TokenBuckets
from bot.sandbox.lemmy.server_state import Comment, Community, Person, Post, ServerState
from bot.sandbox.lemmy.site_v3 import site, site_response
from bot.sandbox.lemmy.views_v3 import ViewsV3
from bot.sandbox.loopback_server import Request

_THREAD_LIMIT = 300
_SORTS = ("Active", "Hot", "New", "Old", "TopDay", "TopWeek", "TopAll", "MostComments", "NewComments")


@dataclass(frozen=True, slots=True)
class RequestContext:
    """A request with who made it."""

    request: Request
    state: ServerState
    viewer: Person | None
    views: ViewsV3
    limits: TokenBuckets
    base_url: str
    version: str

    @property
    def query(self) -> dict[str, str]:
        return self.request.query

    @property
    def account(self) -> Person:
        if self.viewer is None:
            raise ApiError("incorrect_login", status=401)
        return self.viewer


def get_site(visit: RequestContext) -> dict[str, Any]:
    return site_response(visit.state, visit.views, visit.viewer, visit.limits, visit.base_url, visit.version)


def validate_auth(visit: RequestContext) -> dict[str, Any]:
    if visit.viewer is None:
        raise ApiError("not_logged_in")
    return {"success": True}


def post_list(visit: RequestContext) -> dict[str, Any]:
    first, count = offset_and_limit(visit.query, "couldnt_get_posts")
    community = requested_community(visit)
    posts = _ordered(
        [post for post in visit.state.posts.values() if is_post_listed(post, community, visit)],
        community,
        visit,
    )
    cursor = visit.query.get("page_cursor")
    if cursor is not None:
        posts = posts[_place_after(cursor, posts, community, visit) :]
    posts = posts[first : first + count]
    answer: dict[str, Any] = {"posts": [visit.views.post_view(post) for post in posts]}
    if posts:
        answer["next_page"] = f"P{posts[-1].id:x}"
    return answer


def requested_community(visit: RequestContext) -> Community | None:
    number, name = int_parameter(visit.query, "community_id"), visit.query.get("community_name")
    if number is None and name is None:
        return None
    found = visit.state.communities.get(number) if number is not None else visit.state.community(name or "")
    if found is None:
        if visit.viewer is not None and "@" in (name or ""):
            raise ApiError("unknown", "Federation disabled")
        raise ApiError("unknown", "Record not found", status=404)
    return found


def is_post_listed(post: Post, community: Community | None, visit: RequestContext) -> bool:
    viewer = visit.viewer
    if post.removed or post.community.removed or (post.deleted and post.creator is not viewer):
        return False
    if community is not None and post.community is not community:
        return False
    kind = visit.query.get("type_", "Local").lower()
    if kind == "local" and post.community.host != visit.state.host:
        return False
    if kind == "subscribed" and viewer is not None and not _is_subscribed(post.community, viewer, visit):
        return False
    if (post.nsfw or post.community.nsfw) and not (viewer and viewer.show_nsfw):
        return False
    return viewer is None or _is_shown_to(post, viewer, visit)


def _is_subscribed(community: Community, viewer: Person, visit: RequestContext) -> bool:
    """0.19 lists also those that have not consented yet, 1.0 does not."""
    standing = community.subscription_of(viewer)
    return standing == "Subscribed" or (standing == "Pending" and visit.version.startswith("0."))


def _is_shown_to(post: Post, viewer: Person, visit: RequestContext) -> bool:
    if viewer.languages and post.language_id not in viewer.languages:
        return False
    if post.creator.bot_account and not viewer.show_bot_accounts:
        return False
    read = viewer.id in post.read_by and not viewer.show_read_posts
    return not read or visit.query.get("show_read") == "true"


def _ordered(posts: list[Post], community: Community | None, visit: RequestContext) -> list[Post]:
    sort = visit.query.get("sort", "Active")
    if sort not in _SORTS:
        raise ApiError(
            "unknown", f"Query deserialize error: unknown variant `{sort}`, expected one of {_SORTS}"
        )
    return sorted(posts, key=_order(community, newest_first=sort != "Old"), reverse=True)


def _order(community: Community | None, *, newest_first: bool) -> Callable[[Post], tuple[bool, float, int]]:
    """Pins first: the community's when one is asked for, else the site's; then by date and id."""
    sign = 1 if newest_first else -1

    def key(post: Post) -> tuple[bool, float, int]:
        pinned = post.featured_local if community is None else post.featured_community
        return (pinned, sign * post.published.timestamp(), sign * post.id)

    return key


def _place_after(cursor: str, posts: list[Post], community: Community | None, visit: RequestContext) -> int:
    """By the sort key of the post that the cursor names, which need not be listed any more."""
    try:
        post = visit.state.posts[int(cursor.removeprefix("P"), 16)]
    except (ValueError, KeyError) as error:
        raise ApiError("unknown", "Could not parse pagination token") from error
    key = _order(community, newest_first=visit.query.get("sort") != "Old")
    return next((place for place, other in enumerate(posts) if key(other) < key(post)), len(posts))


def get_post(visit: RequestContext) -> dict[str, Any]:
    post = visit.state.posts.get(int_parameter(visit.query, "id") or 0)
    if post is None or post.removed or (post.deleted and post.creator is not visit.viewer):
        raise ApiError("couldnt_find_post")
    answer = {
        "post_view": visit.views.post_view(post),
        "community_view": visit.views.community_view(post.community),
        "moderators": visit.views.moderators(post.community),
        "cross_posts": [visit.views.post_view(other) for other in _cross_posts(post, visit.state)],
    }
    if visit.viewer is not None:
        post.read_by.add(visit.viewer.id)
    return answer


def _cross_posts(post: Post, world: ServerState) -> list[Post]:
    if post.url is None:
        return []
    return [other for other in world.posts.values() if other is not post and other.url == post.url]


def get_community(visit: RequestContext) -> dict[str, Any]:
    community = visit.state.community(visit.query.get("name", ""))
    if community is None:
        remote = visit.viewer is not None and "@" in visit.query.get("name", "")
        raise ApiError(
            "couldnt_find_community", "Federation disabled" if remote else None, 400 if remote else 404
        )
    if community.removed:
        raise ApiError("couldnt_find_community")
    return {
        "community_view": visit.views.community_view(community),
        "site": site(visit.state, visit.base_url),
        "moderators": visit.views.moderators(community),
        "discussion_languages": list(community.languages),
    }


def community_list(visit: RequestContext) -> dict[str, Any]:
    first, count = offset_and_limit(visit.query, "unknown", "Fetch limit is > 50")
    shown = [item for item in visit.state.communities.values() if not item.removed][first : first + count]
    return {"communities": [visit.views.community_view(item) for item in shown]}


def comment_list(visit: RequestContext) -> dict[str, Any]:
    """With `max_depth`, `limit` and `page` are ignored and the 300 newest come."""
    first, count = offset_and_limit(visit.query, "couldnt_get_comments")
    depth = int_parameter(visit.query, "max_depth")
    comments = [item for item in visit.state.comments() if is_comment_listed(item, visit)]
    if (post := int_parameter(visit.query, "post_id")) is not None:
        comments = [item for item in comments if item.post.id == post]
    if (parent := int_parameter(visit.query, "parent_id")) is not None:
        comments = [item for item in comments if str(parent) in item.path.split(".")]
    comments.sort(key=_comment_order(visit), reverse=visit.query.get("sort", "New") != "Old")
    if depth is not None:
        comments = [item for item in comments if item.depth <= depth]
        first, count = 0, _THREAD_LIMIT
    return {"comments": [visit.views.comment_view(item) for item in comments[first : first + count]]}


def _comment_order(visit: RequestContext) -> Callable[[Comment], tuple[bool, float, int]]:
    def key(comment: Comment) -> tuple[bool, float, int]:
        return (
            comment.distinguished and "max_depth" in visit.query,
            comment.published.timestamp(),
            comment.id,
        )

    return key


def is_comment_listed(comment: Comment, visit: RequestContext) -> bool:
    viewer = visit.viewer
    if (comment.post.nsfw or comment.post.community.nsfw) and not (viewer and viewer.show_nsfw):
        return False
    if viewer is None:
        return True
    if comment.creator.bot_account and not viewer.show_bot_accounts:
        return False
    return not viewer.languages or comment.language_id in viewer.languages


def get_comment(visit: RequestContext) -> dict[str, Any]:
    number = int_parameter(visit.query, "id")
    found = next((item for item in visit.state.comments() if item.id == number), None)
    if found is None:
        raise ApiError("couldnt_find_comment")
    return {"comment_view": visit.views.comment_view(found), "recipient_ids": []}


def get_user(visit: RequestContext) -> dict[str, Any]:
    person = requested_person(visit)
    first, count = offset_and_limit(visit.query, "couldnt_get_comments")
    comments = [
        item for item in visit.state.comments() if item.creator is person and is_comment_listed(item, visit)
    ]
    comments.sort(key=lambda item: (item.published, item.id), reverse=True)
    posts = [
        post for post in visit.state.posts.values() if post.creator is person and _is_listed_to_all(post)
    ]
    posts.sort(key=lambda post: (post.published, post.id), reverse=True)
    return {
        "person_view": visit.views.person_view(person),
        "site": site(visit.state, visit.base_url),
        "comments": [visit.views.comment_view(item) for item in comments[first : first + count]],
        "posts": [visit.views.post_view(post) for post in posts[first : first + count]],
        "moderates": [],
    }


def _is_listed_to_all(post: Post) -> bool:
    return not (post.deleted or post.removed)


def requested_person(visit: RequestContext) -> Person:
    number, name = int_parameter(visit.query, "person_id"), visit.query.get("username")
    if number is None and name is None:
        raise ApiError("no_id_given")
    person = visit.state.people.get(number) if number is not None else visit.state.person(name or "")
    if person is None:
        remote = visit.viewer is not None and "@" in (name or "")
        raise ApiError("couldnt_find_person", status=400 if remote else 404)
    return person


def search(visit: RequestContext) -> dict[str, Any]:
    words, kind = visit.query.get("q", "").lower(), visit.query.get("type_", "All")
    found: dict[str, Any] = {"type_": kind, "comments": [], "posts": [], "communities": [], "users": []}
    if kind in ("All", "Communities"):
        found["communities"] = [
            visit.views.community_view(item)
            for item in visit.state.communities.values()
            if not item.removed and (words in item.name.lower() or words in item.title.lower())
        ]
    if kind in ("All", "Comments"):
        creator = int_parameter(visit.query, "creator_id")
        found["comments"] = [
            visit.views.comment_view(item)
            for item in reversed(visit.state.comments())
            if words in item.content.lower() and creator in (None, item.creator.id)
        ]
    return found
