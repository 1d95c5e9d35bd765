"""API v3 of Lemmy 0.19: its calls, and the parsers of their responses.

Source: https://join-lemmy.org/api/v0.19/ and measurements on real 0.19.20 servers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.platforms.api_call import Call
from bot.platforms.api_models import ResolvedObject, parse
from bot.platforms.buckets import BucketType, Limit
from bot.platforms.lemmy import schemas_v3
from bot.platforms.lemmy.api import OwnComments, Site, Viewer
from bot.platforms.lemmy.api_base import LemmyApiBase
from bot.platforms.lemmy.messaging_v3 import LemmyMessagingV3
from bot.platforms.lemmy.parsing import account_of, known_limits, languages_of, own_comments_of
from bot.platforms.pagination import PostPage
from bot.platforms.token_bucket import TokenBucket


class LemmyApiV3(LemmyApiBase, LemmyMessagingV3):
    """The `LemmyApi` of Lemmy 0.19."""

    prefix = "/api/v3"
    bucket_type: BucketType = TokenBucket
    shared_bucket: str | None = None
    thread_limit = 300
    resolve_bucket = "message"

    def login_call(self, username: str, password: str) -> Call:
        body = {"username_or_email": username, "password": password}
        return Call("POST", f"{self.prefix}/user/login", "register", body=body)

    def logout_call(self) -> Call:
        return Call("POST", f"{self.prefix}/user/logout", body={})

    def token_check_call(self) -> Call:
        return Call("GET", f"{self.prefix}/user/validate_auth")

    def site_calls(self) -> tuple[Call, ...]:
        return (Call("GET", f"{self.prefix}/site"),)

    def parse_site(self, responses: Sequence[Any]) -> Site:
        site = parse(schemas_v3.SiteResponse, responses[0])
        me = account_of(site.my_user) if site.my_user is not None else None
        limits = _limits(site.site_view.local_site_rate_limit)
        return Site(site.version, me, languages_of(site.all_languages), limits)

    def parse_posts(self, response: Any, viewer: Viewer, limit: int) -> PostPage:
        """A page that is not full is the last one, although the server gives a token for one more."""
        listed = parse(schemas_v3.PostList, response)
        posts = self._listed_posts(listed.posts, viewer)
        return PostPage(posts, listed.next_page if len(posts) >= limit else None)

    def is_of_other_version(self, response: Any) -> bool:
        """1.0 still answers 0.19's list of posts, but without the token that 0.19 always gives."""
        return (
            bool(response.get("posts")) and not response.get("next_page")
            if isinstance(response, dict)
            else True
        )

    def thread_call(self, post_id: str) -> Call:
        """The comments directly under a post, newest first. The server ignores `limit` with `max_depth`."""
        query: dict[str, str | int] = {"post_id": post_id, "type_": "All", "sort": "New", "max_depth": 1}
        return Call("GET", f"{self.prefix}/comment/list", query=query)

    def replies_call(self, comment_id: str) -> Call:
        """The response also contains the comment itself."""
        query: dict[str, str | int] = {"parent_id": comment_id, "type_": "All", "sort": "New", "max_depth": 8}
        return Call("GET", f"{self.prefix}/comment/list", query=query)

    def all_own_comments_call(self, me: int) -> Call:
        """The account's comments on all posts and at all depths, newest first."""
        query: dict[str, str | int] = {"person_id": me, "sort": "New", "limit": self.page_size, "page": 1}
        return Call("GET", f"{self.prefix}/user", query=query)

    def parse_own_comments(self, response: Any, post_id: str, viewer: Viewer) -> OwnComments:
        return own_comments_of(parse(schemas_v3.CommentList, response).comments, post_id, viewer)

    def delete_call(self, comment_id: str) -> Call:
        body = {"comment_id": int(comment_id), "deleted": True}
        return Call("POST", f"{self.prefix}/comment/delete", body=body)

    def unvote_call(self, comment_id: str) -> Call:
        """The server refuses it to accounts with the bot flag."""
        return Call("POST", f"{self.prefix}/comment/like", body={"comment_id": int(comment_id), "score": 0})

    def save_settings_call(self, fields: Mapping[str, object]) -> Call:
        return Call("PUT", f"{self.prefix}/user/save_user_settings", body=dict(fields))

    def parse_resolved(self, response: Any) -> str | None:
        found = parse(ResolvedObject, response)
        if found.comment is not None:
            return f"/comment/{found.comment.comment.id}"
        return None if found.post is None else f"/post/{found.post.post.id}"

    def search_communities_call(self, words: str) -> Call:
        query: dict[str, str | int] = {"q": words, "type_": "Communities", "listing_type": "All", "limit": 50}
        return Call("GET", f"{self.prefix}/search", "search", query=query)


def _limits(limits: schemas_v3.SiteRateLimits) -> dict[str, Limit]:
    return known_limits(
        {
            "message": (limits.message, limits.message_per_second),
            "post": (limits.post, limits.post_per_second),
            "register": (limits.registration, limits.register_per_second),
            "comment": (limits.comment, limits.comment_per_second),
            "search": (limits.search, limits.search_per_second),
        }
    )
