"""API v3, spoken by Lemmy 0.19: a table of calls, and parsers of their answers.

Source: https://join-lemmy.org/api/v0.19/ and measurements on real 0.19.20 servers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from bot.models import Comment, Post
from bot.platforms.lemmy import wire
from bot.platforms.lemmy.dialect import (
    Call,
    CommunityState,
    Lens,
    Malformed,
    Me,
    OwnComments,
    PostPage,
    Site,
    Unreadable,
)
from bot.platforms.pace import Limit

_API = "/api/v3"
_UNDETERMINED = "und"
_Answer = TypeVar("_Answer", bound=wire.Wire)


class V3:
    """Lemmy 0.19's dialect."""

    buckets: Mapping[str, Limit] = {
        "message": Limit(180, 60),
        "post": Limit(6, 600),
        "register": Limit(10, 3600),
        "comment": Limit(6, 600),
        "search": Limit(60, 600),
    }
    thread_limit = 300
    page_size = 50

    def log_in(self, username: str, password: str) -> Call:
        body = {"username_or_email": username, "password": password}
        return Call("POST", f"{_API}/user/login", "register", body=body)

    def token(self, answer: Any) -> str:
        return _read(wire.LoginAnswer, answer).jwt

    def check_token(self) -> Call:
        return Call("GET", f"{_API}/user/validate_auth")

    def site(self) -> Call:
        return Call("GET", f"{_API}/site")

    def read_site(self, answer: Any) -> Site:
        site = _read(wire.SiteAnswer, answer)
        languages = {item.id: item.code for item in site.all_languages if item.code != _UNDETERMINED}
        return Site(site.version, _me(site.my_user), languages, _limits(site.site_view.local_site_rate_limit))

    def posts(self, community: str | None, page: str | None) -> Call:
        """`show_read`: GET /post marks a post read, and an account may hide those."""
        query: dict[str, str | int] = {
            "type_": "All",
            "sort": "New",
            "limit": self.page_size,
            "show_read": "true",
        }
        if community is not None:
            query["community_name"] = community
        if page is not None:
            query["page_cursor"] = page
        return Call("GET", f"{_API}/post/list", query=query)

    def read_posts(self, answer: Any, lens: Lens) -> PostPage:
        """A page that is not full is the last, though the server gives a token for one more."""
        listed = _read(wire.PostList, answer)
        posts = tuple(_post_or_why_not(item, lens) for item in listed.posts)
        return PostPage(posts, listed.next_page if len(posts) >= self.page_size else None)

    def post(self, post_id: str) -> Call:
        return Call("GET", f"{_API}/post", query={"id": post_id})

    def read_post(self, answer: Any, lens: Lens) -> Post:
        return _post(_read(wire.PostAnswer, answer).post_view, lens)

    def thread(self, post_id: str) -> Call:
        """The comments directly under a post, newest first; `limit` is ignored with `max_depth`."""
        query: dict[str, str | int] = {"post_id": post_id, "type_": "All", "sort": "New", "max_depth": 1}
        return Call("GET", f"{_API}/comment/list", query=query)

    def own_comments(self, me: int, page: int) -> Call:
        """The account's comments on all posts and at all depths, newest first."""
        query: dict[str, str | int] = {"person_id": me, "sort": "New", "limit": self.page_size, "page": page}
        return Call("GET", f"{_API}/user", query=query)

    def read_own(self, answer: Any, post_id: str, lens: Lens) -> OwnComments:
        listed = [view.comment for view in _read(wire.CommentList, answer).comments]
        own = (item for item in listed if item.creator_id == lens.me and str(item.post_id) == post_id)
        oldest = _comment(listed[-1], lens) if listed else None
        return OwnComments(tuple(_comment(item, lens) for item in own), len(listed), oldest)

    def reply(self, post_id: str, markdown: str, language: int | None) -> Call:
        """Leaving the language out always passes; an explicit 0 may be refused."""
        body: dict[str, Any] = {"post_id": int(post_id), "content": markdown}
        if language is not None:
            body["language_id"] = language
        return Call("POST", f"{_API}/comment", "comment", body=body)

    def edit(self, comment_id: str, markdown: str) -> Call:
        return Call("PUT", f"{_API}/comment", body={"comment_id": int(comment_id), "content": markdown})

    def delete(self, comment_id: str) -> Call:
        return Call("POST", f"{_API}/comment/delete", body={"comment_id": int(comment_id), "deleted": True})

    def read_comment(self, answer: Any, lens: Lens) -> Comment:
        return _comment(_read(wire.CommentAnswer, answer).comment_view.comment, lens)

    def community(self, name: str) -> Call:
        return Call("GET", f"{_API}/community", query={"name": name})

    def read_community(self, answer: Any) -> CommunityState:
        read = _read(wire.CommunityAnswer, answer)
        view = read.community_view
        return CommunityState(
            name=view.community.handle,
            banned=view.banned_from_community,
            removed=view.community.removed or view.community.deleted,
            languages=frozenset(read.discussion_languages),
        )

    def search_communities(self, words: str) -> Call:
        query: dict[str, str | int] = {"q": words, "type_": "Communities", "listing_type": "All", "limit": 50}
        return Call("GET", f"{_API}/search", "search", query=query)

    def read_communities(self, answer: Any) -> tuple[str, ...]:
        return tuple(view.community.handle for view in _read(wire.SearchAnswer, answer).communities)


def _read(model: type[_Answer], answer: Any) -> _Answer:
    try:
        return model.model_validate(answer)
    except ValidationError as error:
        raise Malformed(_first_problem(error)) from error


def _first_problem(error: ValidationError) -> str:
    problem = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, problem['loc'])) or 'the answer'}: {problem['msg']}"


def _post_or_why_not(item: Any, lens: Lens) -> Post | Unreadable:
    try:
        return _post(_read(wire.PostView, item), lens)
    except Malformed as error:
        post_id = _id_of(item)
        return Unreadable(post_id, f"post {post_id or '(no id)'}: {error}")


def _id_of(item: Any) -> int | None:
    try:
        found = item["post"]["id"]
    except (KeyError, TypeError, IndexError):
        return None
    return found if isinstance(found, int) else None


def _post(view: wire.PostView, lens: Lens) -> Post:
    post, community = view.post, view.community
    return Post(
        account=lens.account,
        id=str(post.id),
        community=community.handle,
        title=post.name,
        url=post.url,
        permalink=f"{lens.base_url}/post/{post.id}",
        author=view.creator.handle,
        published=post.published,
        language=lens.languages.get(post.language_id),
        score=view.counts.score,
        nsfw=post.nsfw or community.nsfw,
        locked=post.locked,
        gone=post.deleted or post.removed or community.deleted or community.removed,
        pinned=post.featured_community or post.featured_local,
        bot_author=view.creator.bot_account,
        own=view.creator.id == lens.me,
        banned=view.banned_from_community,
    )


def _comment(item: wire.Comment, lens: Lens) -> Comment:
    """`path` is `0.1.9.10`: the comment's ancestors from the top down, itself last."""
    ancestors = item.path.split(".")[1:-1]
    return Comment(
        id=str(item.id),
        post_id=str(item.post_id),
        url=f"{lens.base_url}/comment/{item.id}",
        published=item.published,
        parent_id=ancestors[-1] if ancestors else None,
        gone=item.deleted or item.removed,
    )


def _me(mine: wire.MyUser | None) -> Me | None:
    if mine is None:
        return None
    person, settings = mine.local_user_view.person, mine.local_user_view.local_user
    return Me(
        id=person.id,
        name=person.handle,
        bot_flag=person.bot_account,
        sees_bots=settings.show_bot_accounts,
        sees_nsfw=settings.show_nsfw,
        languages=frozenset(mine.discussion_languages),
    )


def _limits(told: wire.RateLimits) -> dict[str, Limit]:
    """Limits of zero mean that the server does not tell."""
    pairs = {
        "message": (told.message, told.message_per_second),
        "post": (told.post, told.post_per_second),
        "register": (told.registration, told.register_per_second),
        "comment": (told.comment, told.comment_per_second),
        "search": (told.search, told.search_per_second),
    }
    return {
        name: Limit(capacity, seconds)
        for name, (capacity, seconds) in pairs.items()
        if capacity > 0 < seconds
    }
