"""The calls and parsers that API v3 and v4 share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from bot.core.models import Comment, Post
from bot.platforms.api_call import Call
from bot.platforms.api_models import parse
from bot.platforms.buckets import Limit
from bot.platforms.lemmy import schemas_v3
from bot.platforms.lemmy.api import CommunityState, Viewer
from bot.platforms.lemmy.errors import LoginErrors
from bot.platforms.lemmy.parsing import comment_of, post_of
from bot.platforms.lemmy.rate_limits import DEFAULT_LIMITS
from bot.platforms.pagination import UnreadablePost
from bot.platforms.parsed_posts import ParsedPosts
from bot.platforms.subscribed_listing import subscription_state_of


class LemmyApiBase(LoginErrors):
    """The part of `LemmyApi` that is the same in both versions.

    The schemas are v3's; v4 replaces them with its own.
    """

    prefix: str
    """What every path starts with."""
    buckets: Mapping[str, Limit] = DEFAULT_LIMITS
    page_size = 50
    resolve_bucket: str
    """The rate limit of `resolve_call`."""

    _post_view: type[schemas_v3.PostView] = schemas_v3.PostView
    _post_response: type[schemas_v3.PostResponse] = schemas_v3.PostResponse
    _comment_response: type[schemas_v3.CommentResponse] = schemas_v3.CommentResponse
    _community_response: type[schemas_v3.CommunityResponse] = schemas_v3.CommunityResponse
    _search_response: type[schemas_v3.SearchResponse] = schemas_v3.SearchResponse

    def enum_value(self, value: str) -> str:
        """A value such as "All" or "New" as this version writes it."""
        return value

    def parse_token(self, response: Any) -> str:
        """The token as it is. Its expiry date is not read: 1.0 names the year 262142."""
        return parse(schemas_v3.LoginResponse, response).jwt

    def probe_call(self) -> Call:
        query: dict[str, str | int] = {"type_": self.enum_value("All"), "limit": 1}
        return Call("GET", f"{self.prefix}/community/list", query=query)

    def posts_call(self, community: str | None, page: str | None, *, subscribed: bool = False) -> Call:
        """`show_read` is sent because GET /post marks a post as read, and an account may hide read posts."""
        query: dict[str, str | int] = {
            "type_": self.enum_value("Subscribed" if subscribed else "All"),
            "sort": self.enum_value("New"),
            "limit": self.page_size,
            "show_read": "true",
        }
        if community is not None:
            query["community_name"] = community
        if page is not None:
            query["page_cursor"] = page
        return Call("GET", f"{self.prefix}/post/list", query=query)

    def post_call(self, post_id: str) -> Call:
        return Call("GET", f"{self.prefix}/post", query={"id": post_id})

    def __init__(self) -> None:
        self._parsed_posts = ParsedPosts()

    def _listed_posts(self, items: Sequence[Any], viewer: Viewer) -> tuple[Post | UnreadablePost, ...]:
        return self._parsed_posts.parse(items, viewer, lambda item: self.parse_post_view(item, viewer))

    def parse_post_view(self, item: Any, viewer: Viewer) -> Post:
        return post_of(parse(self._post_view, item), viewer)

    def parse_post(self, response: Any, viewer: Viewer) -> Post:
        return post_of(parse(self._post_response, response).post_view, viewer)

    def reply_call(
        self,
        post_id: str,
        markdown: str,
        language: int | None,
        parent_id: str | None = None,
        refused_sends: int = 0,
    ) -> Call:
        """A reply without a language is always accepted; an explicit 0 may be refused."""
        del refused_sends
        body: dict[str, Any] = {"post_id": int(post_id), "content": markdown}
        if language is not None:
            body["language_id"] = language
        if parent_id is not None:
            body["parent_id"] = int(parent_id)
        return Call("POST", f"{self.prefix}/comment", "comment", body=body)

    def edit_call(self, comment_id: str, markdown: str) -> Call:
        """In 1.0, each edit notifies the author of the post again."""
        body = {"comment_id": int(comment_id), "content": markdown}
        return Call("PUT", f"{self.prefix}/comment", body=body)

    def parse_comment(self, response: Any, viewer: Viewer) -> Comment:
        view = parse(self._comment_response, response).comment_view
        return replace(comment_of(view.comment, viewer), score=view.score)

    def is_own_comment(self, response: Any, viewer: Viewer) -> bool:
        return parse(self._comment_response, response).comment_view.comment.creator_id == viewer.me

    def resolve_call(self, url: str) -> Call:
        return Call("GET", f"{self.prefix}/resolve_object", self.resolve_bucket, query={"q": url})

    def community_call(self, name: str) -> Call:
        return Call("GET", f"{self.prefix}/community", query={"name": name})

    def parse_community(self, response: Any) -> CommunityState:
        response = parse(self._community_response, response)
        view = response.community_view
        return CommunityState(
            name=view.community.handle,
            id=view.community.id,
            subscription=subscription_state_of(view.follow_state),
            banned=view.is_banned,
            removed=view.is_removed,
            languages=frozenset(response.discussion_languages),
        )

    def subscribe_call(self, community: int) -> Call:
        body = {"community_id": community, "follow": True}
        return Call("POST", f"{self.prefix}/community/follow", body=body)

    def parse_communities(self, response: Any) -> tuple[str, ...]:
        return tuple(view.community.handle for view in parse(self._search_response, response).communities)
