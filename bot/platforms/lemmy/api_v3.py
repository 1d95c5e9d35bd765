"""API v3, spoken by Lemmy 0.19: a table of calls, and parsers of their answers.

Source: https://join-lemmy.org/api/v0.19/ and measurements on real 0.19.20 servers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.core.models import Comment, Post
from bot.platforms.api_call import Call
from bot.platforms.lemmy import schemas_v3
from bot.platforms.lemmy.api import Account, CommunityState, OwnComments, Site, Viewer
from bot.platforms.lemmy.errors import LoginErrors
from bot.platforms.lemmy.messaging_v3 import LemmyMessagingV3
from bot.platforms.lemmy.parsing import comment_of, known_limits, own_comments_of, parse, parse_each, post_of
from bot.platforms.pagination import PostPage
from bot.platforms.rate_limits import BucketType, Limit, TokenBucket
from bot.platforms.subscribed_listing import subscription_state_of

_API = "/api/v3"
_UNDETERMINED = "und"


class LemmyApiV3(LoginErrors, LemmyMessagingV3):
    """Lemmy 0.19's dialect."""

    buckets: Mapping[str, Limit] = {
        "message": Limit(180, 60),
        "post": Limit(6, 600),
        "register": Limit(10, 3600),
        "comment": Limit(6, 600),
        "search": Limit(60, 600),
    }
    bucket_type: BucketType = TokenBucket
    shared_bucket: str | None = None
    thread_limit = 300
    page_size = 50

    def login_call(self, username: str, password: str) -> Call:
        body = {"username_or_email": username, "password": password}
        return Call("POST", f"{_API}/user/login", "register", body=body)

    def parse_token(self, answer: Any) -> str:
        return parse(schemas_v3.LoginResponse, answer).jwt

    def token_check_call(self) -> Call:
        return Call("GET", f"{_API}/user/validate_auth")

    def site_calls(self) -> tuple[Call, ...]:
        return (Call("GET", f"{_API}/site"),)

    def parse_site(self, answers: Sequence[Any]) -> Site:
        site = parse(schemas_v3.SiteResponse, answers[0])
        languages = {item.id: item.code for item in site.all_languages if item.code != _UNDETERMINED}
        return Site(site.version, _me(site.my_user), languages, _limits(site.site_view.local_site_rate_limit))

    def posts_call(self, community: str | None, page: str | None, *, subscribed: bool = False) -> Call:
        """`show_read`: GET /post marks a post read, and an account may hide those."""
        query: dict[str, str | int] = {
            "type_": "Subscribed" if subscribed else "All",
            "sort": "New",
            "limit": self.page_size,
            "show_read": "true",
        }
        if community is not None:
            query["community_name"] = community
        if page is not None:
            query["page_cursor"] = page
        return Call("GET", f"{_API}/post/list", query=query)

    def parse_posts(self, answer: Any, lens: Viewer) -> PostPage:
        """A page that is not full is the last, though the server gives a token for one more."""
        listed = parse(schemas_v3.PostList, answer)
        posts = parse_each(listed.posts, lambda item: _post(parse(schemas_v3.PostView, item), lens))
        return PostPage(posts, listed.next_page if len(posts) >= self.page_size else None)

    def is_of_other_version(self, answer: Any) -> bool:
        """1.0 still answers 0.19's list of posts, but without the token that 0.19 always gives."""
        return bool(answer.get("posts")) and not answer.get("next_page") if isinstance(answer, dict) else True

    def post_call(self, post_id: str) -> Call:
        return Call("GET", f"{_API}/post", query={"id": post_id})

    def parse_post(self, answer: Any, lens: Viewer) -> Post:
        return _post(parse(schemas_v3.PostResponse, answer).post_view, lens)

    def thread_call(self, post_id: str) -> Call:
        """The comments directly under a post, newest first; `limit` is ignored with `max_depth`."""
        query: dict[str, str | int] = {"post_id": post_id, "type_": "All", "sort": "New", "max_depth": 1}
        return Call("GET", f"{_API}/comment/list", query=query)

    def replies_call(self, comment_id: str) -> Call:
        """The comment itself comes too."""
        query: dict[str, str | int] = {"parent_id": comment_id, "type_": "All", "sort": "New", "max_depth": 8}
        return Call("GET", f"{_API}/comment/list", query=query)

    def all_own_comments_call(self, me: int, page: int) -> Call:
        """The account's comments on all posts and at all depths, newest first."""
        query: dict[str, str | int] = {"person_id": me, "sort": "New", "limit": self.page_size, "page": page}
        return Call("GET", f"{_API}/user", query=query)

    def parse_own_comments(self, answer: Any, post_id: str, lens: Viewer) -> OwnComments:
        return own_comments_of(
            [view.comment for view in parse(schemas_v3.CommentList, answer).comments], post_id, lens
        )

    def reply_call(
        self, post_id: str, markdown: str, language: int | None, parent_id: str | None = None
    ) -> Call:
        """Leaving the language out always passes; an explicit 0 may be refused."""
        body: dict[str, Any] = {"post_id": int(post_id), "content": markdown}
        if language is not None:
            body["language_id"] = language
        if parent_id is not None:
            body["parent_id"] = int(parent_id)
        return Call("POST", f"{_API}/comment", "comment", body=body)

    def edit_call(self, comment_id: str, markdown: str) -> Call:
        return Call("PUT", f"{_API}/comment", body={"comment_id": int(comment_id), "content": markdown})

    def delete_call(self, comment_id: str) -> Call:
        return Call("POST", f"{_API}/comment/delete", body={"comment_id": int(comment_id), "deleted": True})

    def parse_comment(self, answer: Any, lens: Viewer) -> Comment:
        view = parse(schemas_v3.CommentResponse, answer).comment_view
        return replace(comment_of(view.comment, lens), score=view.counts.score)

    def unvote_call(self, comment_id: str) -> Call:
        """The server refuses it to accounts with the bot flag."""
        return Call("POST", f"{_API}/comment/like", body={"comment_id": int(comment_id), "score": 0})

    def save_settings_call(self, fields: Mapping[str, object]) -> Call:
        return Call("PUT", f"{_API}/user/save_user_settings", body=dict(fields))

    def community_call(self, name: str) -> Call:
        return Call("GET", f"{_API}/community", query={"name": name})

    def parse_community(self, answer: Any) -> CommunityState:
        found = parse(schemas_v3.CommunityResponse, answer)
        view = found.community_view
        return CommunityState(
            name=view.community.handle,
            id=view.community.id,
            subscription=subscription_state_of(view.subscribed),
            banned=view.banned_from_community,
            removed=view.community.removed or view.community.deleted,
            languages=frozenset(found.discussion_languages),
        )

    def subscribe_call(self, community: int) -> Call:
        return Call("POST", f"{_API}/community/follow", body={"community_id": community, "follow": True})

    def search_communities_call(self, words: str) -> Call:
        query: dict[str, str | int] = {"q": words, "type_": "Communities", "listing_type": "All", "limit": 50}
        return Call("GET", f"{_API}/search", "search", query=query)

    def parse_communities(self, answer: Any) -> tuple[str, ...]:
        return tuple(view.community.handle for view in parse(schemas_v3.SearchResponse, answer).communities)


def _post(view: schemas_v3.PostView, lens: Viewer) -> Post:
    return post_of(
        view.post,
        view.creator,
        view.community,
        lens,
        score=view.counts.score,
        banned=view.banned_from_community,
    )


def _me(mine: schemas_v3.MyUser | None) -> Account | None:
    if mine is None:
        return None
    person, settings = mine.local_user_view.person, mine.local_user_view.local_user
    return Account(
        id=person.id,
        name=person.handle,
        bot_flag=person.bot_account,
        sees_bots=settings.show_bot_accounts,
        sees_nsfw=settings.show_nsfw,
        languages=frozenset(mine.discussion_languages),
        sees_read_posts=settings.show_read_posts,
        biography=person.bio,
        follows=frozenset(follow.community.handle for follow in mine.follows),
    )


def _limits(told: schemas_v3.SiteRateLimits) -> dict[str, Limit]:
    return known_limits(
        {
            "message": (told.message, told.message_per_second),
            "post": (told.post, told.post_per_second),
            "register": (told.registration, told.register_per_second),
            "comment": (told.comment, told.comment_per_second),
            "search": (told.search, told.search_per_second),
        }
    )
