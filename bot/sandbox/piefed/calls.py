"""The calls of `/api/alpha` that Precis makes, with the quirks of a real 1.6.27."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.sandbox.lemmy.server_state import LANGUAGES, Comment, Person, Post, ServerState
from bot.sandbox.loopback_server import Request
from bot.sandbox.piefed.views import Views, languages

VERSION = "1.6.27"
_VISIBILITIES = ("Show", "Blur", "Hide", "Transparent")
ROW_NOT_FOUND = "No row was found when one was required"


class ApiError(Exception):
    """An error response: a 400 with a sentence or the text of a Python exception."""

    def __init__(self, message: str, status: str = "Bad Request") -> None:
        super().__init__(message)
        self.message = message
        self.status = status


@dataclass(frozen=True, slots=True)
class RequestContext:
    request: Request
    state: ServerState
    viewer: Person | None
    views: Views
    base_url: str

    @property
    def query(self) -> dict[str, str]:
        return self.request.query

    @property
    def account(self) -> Person:
        if self.viewer is None or self.viewer.banned:
            raise ApiError("incorrect_login")
        return self.viewer

    def body(self, *names: str) -> dict[str, Any]:
        try:
            body = self.request.json()
        except ValueError as error:
            raise ApiError("Validation failed", "{'json': ['Invalid JSON']}") from error
        for name in names:
            if not isinstance(body, dict) or name not in body:
                missing = f"{{'json': {{'{name}': ['Missing data for required field.']}}}}"
                raise ApiError("Validation failed", missing)
        return dict(body)


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
    """Filters by community only if `type_` is All or missing. The community name is case-sensitive."""
    posts = [post for post in context.state.posts.values() if not (post.deleted or post.removed)]
    number, name = context.query.get("community_id"), context.query.get("community_name")
    is_filtered = number is not None or name is not None
    if is_filtered and context.query.get("type_", "All") == "All":
        posts = [post for post in posts if _is_in_community(post, number, name, context.state)]
    if context.viewer and context.query.get("type_") == "Subscribed":
        posts = [post for post in posts if post.community.subscription_of(context.viewer) == "Subscribed"]
    if not (context.viewer and context.viewer.show_nsfw):
        posts = [post for post in posts if not (post.nsfw or post.community.nsfw)]
    sticky_first = is_filtered and context.query.get("ignore_sticky") != "true"
    posts.sort(key=lambda post: (sticky_first and post.featured_community, post.published, post.id))
    posts.reverse()
    shown, next_page = page_of(posts, context)
    return {"posts": [context.views.post_view(post) for post in shown], "next_page": next_page}


def _is_in_community(post: Post, number: str | None, name: str | None, state: ServerState) -> bool:
    if number is not None:
        return str(post.community.id) == number
    local, _, host = (name or "").partition("@")
    return (post.community.name, post.community.host) == (local, host or state.host)


def page_of(rows: list[Any], context: RequestContext) -> tuple[list[Any], str | None]:
    try:
        limit = min(100, int(context.query.get("limit", 10)))
        page = int(context.query.get("page", 1))
    except ValueError as error:
        raise ApiError("Validation failed", "{'query': {'page': ['Not a valid integer.']}}") from error
    first = (page - 1) * limit
    return rows[first : first + limit], str(page + 1) if len(rows) > first + limit else None


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


def number_of(context: RequestContext, name: str) -> int:
    try:
        return int(context.query[name])
    except (KeyError, ValueError) as error:
        raise ApiError("Validation failed", f"{{'query': {{'{name}': ['Not a valid integer.']}}}}") from error


def get_community(context: RequestContext) -> dict[str, Any]:
    community = context.state.community(context.query.get("name", ""))
    if community is None:
        raise ApiError("error - unknown community. Please wait a sec and try again.")
    return {
        "community_view": context.views.community_view(community),
        "discussion_languages": [],
        "moderators": context.views.moderators(community),
    }


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
    language = body.get("language_id", 2)
    if not 1 <= language <= len(LANGUAGES):
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
    comment = _own_comment(context, body["comment_id"], "incorrect_login")
    before, comment.content = comment.content, body["body"]
    comment.updated = context.state.clock()
    if context.state.mentions_someone_new(comment.content, before):
        context.state.notify(comment)
    return {"comment_view": context.views.comment_view(comment)}


def delete_comment(context: RequestContext) -> dict[str, Any]:
    body = context.body("comment_id", "deleted")
    comment = _own_comment(context, body["comment_id"], ROW_NOT_FOUND)
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


def _own_comment(context: RequestContext, number: int, not_own_message: str) -> Comment:
    me = context.account
    comment = next((item for item in context.state.comments() if item.id == number), None)
    if comment is None:
        raise ApiError(ROW_NOT_FOUND, "Not found")
    if comment.creator is not me:
        raise ApiError(not_own_message)
    return comment
