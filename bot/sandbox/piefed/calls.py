"""The calls of `/api/alpha` that Precis makes, with the oddities of a real 1.6.27."""

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
    """Nearly always a 400 with a sentence, or with what Python said."""

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
    base: str

    @property
    def query(self) -> dict[str, str]:
        return self.request.query

    @property
    def me(self) -> Person:
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


def get_me(visit: RequestContext) -> dict[str, Any]:
    return visit.views.me(visit.me)


def get_site(visit: RequestContext) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "admins": [],
        "site": {
            "actor_id": f"{visit.base}/",
            "name": "Sandbox",
            "all_languages": languages(),
            "description": "",
            "enable_downvotes": True,
            "icon": f"{visit.base}/icon.png",
            "registration_mode": "Open",
            "user_count": len(visit.state.people),
        },
        "version": VERSION,
    }
    if visit.viewer is not None:
        answer["my_user"] = visit.views.me(visit.viewer)
    return answer


def get_version(_visit: RequestContext) -> dict[str, Any]:
    return {"version": VERSION}


def post_list(visit: RequestContext) -> dict[str, Any]:
    """A community is honoured only with `type_` All or none, and its name is case-sensitive."""
    posts = [post for post in visit.state.posts.values() if not (post.deleted or post.removed)]
    number, name = visit.query.get("community_id"), visit.query.get("community_name")
    asked = number is not None or name is not None
    if asked and visit.query.get("type_", "All") == "All":
        posts = [post for post in posts if _is_in(post, number, name, visit.state)]
    if visit.viewer and visit.query.get("type_") == "Subscribed":
        posts = [post for post in posts if post.community.subscription_of(visit.viewer) == "Subscribed"]
    if not (visit.viewer and visit.viewer.show_nsfw):
        posts = [post for post in posts if not (post.nsfw or post.community.nsfw)]
    sticky_first = asked and visit.query.get("ignore_sticky") != "true"
    posts.sort(key=lambda post: (sticky_first and post.featured_community, post.published, post.id))
    posts.reverse()
    shown, next_page = page_of(posts, visit)
    return {"posts": [visit.views.post_view(post) for post in shown], "next_page": next_page}


def _is_in(post: Post, number: str | None, name: str | None, world: ServerState) -> bool:
    if number is not None:
        return str(post.community.id) == number
    local, _, host = (name or "").partition("@")
    return (post.community.name, post.community.host) == (local, host or world.host)


def page_of(rows: list[Any], visit: RequestContext) -> tuple[list[Any], str | None]:
    try:
        limit = min(100, int(visit.query.get("limit", 10)))
        page = int(visit.query.get("page", 1))
    except ValueError as error:
        raise ApiError("Validation failed", "{'query': {'page': ['Not a valid integer.']}}") from error
    first = (page - 1) * limit
    return rows[first : first + limit], str(page + 1) if len(rows) > first + limit else None


def get_post(visit: RequestContext) -> dict[str, Any]:
    """Deleted and removed ones are shown as such."""
    post = visit.state.posts.get(number_of(visit, "id"))
    if post is None:
        raise ApiError("()", "Not found")
    return {
        "post_view": visit.views.post_view(post),
        "community_view": visit.views.community_view(post.community),
        "cross_posts": [],
        "moderators": visit.views.moderators(post.community),
    }


def number_of(visit: RequestContext, name: str) -> int:
    try:
        return int(visit.query[name])
    except (KeyError, ValueError) as error:
        raise ApiError("Validation failed", f"{{'query': {{'{name}': ['Not a valid integer.']}}}}") from error


def get_community(visit: RequestContext) -> dict[str, Any]:
    community = visit.state.community(visit.query.get("name", ""))
    if community is None:
        raise ApiError("error - unknown community. Please wait a sec and try again.")
    return {
        "community_view": visit.views.community_view(community),
        "discussion_languages": [],
        "moderators": visit.views.moderators(community),
    }


def follow_community(visit: RequestContext) -> dict[str, Any]:
    """Says "Subscribed" to a banned account too."""
    body, me = visit.body("community_id", "follow"), visit.me
    community = visit.state.communities.get(body["community_id"])
    if community is None:
        raise ApiError(ROW_NOT_FOUND, "Not found")
    if body["follow"]:
        community.followers[me.id] = "Subscribed" if community.accepts_followers else "Pending"
    else:
        community.followers.pop(me.id, None)
    return {"community_view": visit.views.community_view(community), "discussion_languages": []}


def comment_list(visit: RequestContext) -> dict[str, Any]:
    """Deleted and removed ones are in it, without their text."""
    comments = visit.state.comments()
    if "post_id" in visit.query:
        comments = [item for item in comments if item.post.id == number_of(visit, "post_id")]
    if "person_id" in visit.query:
        comments = [item for item in comments if item.creator.id == number_of(visit, "person_id")]
    comments.sort(key=lambda item: (item.published, item.id), reverse=visit.query.get("sort") != "Old")
    shown, next_page = page_of(comments, visit)
    views = [visit.views.comment_view(item) for item in shown]
    for view in views:
        view["comment"]["repliesEnabled"] = True
    return {"comments": views, "next_page": next_page}


def get_comment(visit: RequestContext) -> dict[str, Any]:
    number = number_of(visit, "id")
    comment = next((item for item in visit.state.comments() if item.id == number), None)
    if comment is None:
        raise ApiError("'NoneType' object has no attribute 'community_id'")
    return {"comment_view": visit.views.comment_view(comment)}


def get_user(visit: RequestContext) -> dict[str, Any]:
    person = visit.state.person(visit.query.get("username", ""))
    if person is None:
        raise ApiError(ROW_NOT_FOUND, "Not found")
    counts = {"person_id": person.id, "post_count": 0, "comment_count": 0}
    view = {
        "activity_alert": False,
        "counts": counts,
        "is_admin": False,
        "person": visit.views.person(person),
    }
    return {"comments": [], "moderates": [], "person_view": view, "posts": []}


def create_comment(
    visit: RequestContext, *, shown_from: datetime | None = None, whole: bool = True
) -> dict[str, Any]:
    """Taken on deleted and removed posts too; the same reply twice is refused."""
    body, me = visit.body("post_id", "body"), visit.me
    post = visit.state.posts.get(body["post_id"])
    if post is None:
        raise ApiError("'NoneType' object has no attribute 'community'")
    if me.id in post.community.banned:
        raise ApiError("You are not permitted to comment in this community")
    if post.locked:
        raise ApiError("Comments are disabled on this post")
    text = body["body"]
    if "\0" in text:
        raise ApiError("A string literal cannot contain NUL (0x00) characters.")
    parent = _parent(body.get("parent_id"), visit)
    path = f"{parent.path if parent else 0}."
    for other in visit.state.all_comments():
        same_place = other.post is post and other.path == f"{path}{other.id}"
        if same_place and (other.creator, other.content, other.deleted) == (me, text, False):
            raise ApiError("Duplicate reply")
    language = body.get("language_id", 2)
    if not 1 <= language <= len(LANGUAGES):
        raise ApiError("'NoneType' object is not subscriptable")
    stored = text.replace("\r\n", "  \r\n")
    comment = visit.state.add_comment(
        post, me, stored, parent, language_id=language, author_upvoted=whole, visible_from=shown_from
    )
    return {"comment_view": visit.views.comment_view(comment)}


def _parent(number: int | None, visit: RequestContext) -> Comment | None:
    """A removed one is answered without a word."""
    if number is None:
        return None
    found = next((item for item in visit.state.comments() if item.id == number), None)
    if found is None:
        raise ApiError(ROW_NOT_FOUND, "Not found")
    return found


def edit_comment(visit: RequestContext) -> dict[str, Any]:
    body = visit.body("comment_id", "body")
    comment = _own(visit, body["comment_id"], "incorrect_login")
    before, comment.content = comment.content, body["body"]
    comment.updated = visit.state.clock()
    if visit.state.mentions_someone_new(comment.content, before):
        visit.state.notify(comment)
    return {"comment_view": visit.views.comment_view(comment)}


def delete_comment(visit: RequestContext) -> dict[str, Any]:
    body = visit.body("comment_id", "deleted")
    comment = _own(visit, body["comment_id"], ROW_NOT_FOUND)
    if comment.deleted == body["deleted"]:
        raise ApiError(ROW_NOT_FOUND, "Not found")
    comment.deleted, comment.updated = body["deleted"], visit.state.clock()
    return {"comment_view": visit.views.comment_view(comment)}


def like_comment(visit: RequestContext) -> dict[str, Any]:
    """A bot's vote is silently ignored, but it may take back the one that its comment began with."""
    body, me = visit.body("comment_id", "score"), visit.me
    comment = next((item for item in visit.state.comments() if item.id == body["comment_id"]), None)
    if comment is None:
        raise ApiError(ROW_NOT_FOUND, "Not found")
    if comment.creator is me and (body["score"] == 0 or not me.bot_account):
        comment.author_upvoted = body["score"] > 0
    return {"comment_view": visit.views.comment_view(comment)}


def save_user_settings(visit: RequestContext) -> dict[str, Any]:
    """What is not sent stays as it is, and what is unknown is ignored."""
    body, me = visit.body(), visit.me
    visibility = body.get("bot_visibility", "Show" if me.show_bot_accounts else "Hide")
    if visibility not in _VISIBILITIES:
        refused = f"Must be one of: {', '.join(_VISIBILITIES)}."
        raise ApiError("Validation failed", f"{{'json': {{'bot_visibility': ['{refused}']}}}}")
    me.show_bot_accounts = visibility != "Hide"
    me.bot_account = bool(body.get("bot", me.bot_account))
    me.show_read_posts = bool(body.get("show_read_posts", me.show_read_posts))
    me.bio = body.get("bio", me.bio)
    return {"my_user": visit.views.me(me)}


def _own(visit: RequestContext, number: int, otherwise: str) -> Comment:
    me = visit.me
    comment = next((item for item in visit.state.comments() if item.id == number), None)
    if comment is None:
        raise ApiError(ROW_NOT_FOUND, "Not found")
    if comment.creator is not me:
        raise ApiError(otherwise)
    return comment
