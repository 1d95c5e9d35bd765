"""The interface of an API version: calls without paths, and values without field names.

A `LemmyApi` creates `Call`s and parses their responses into the types below and those of
`bot.core.models`. Nothing here does I/O.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from msgspec import Struct

from bot.core.models import Comment, Post
from bot.platforms.api_call import Call
from bot.platforms.buckets import BucketType, Limit
from bot.platforms.lemmy.messaging_api import LemmyMessagingApi
from bot.platforms.login_session import LoginApi
from bot.platforms.pagination import PostPage
from bot.platforms.subscribed_listing import SubscriptionState


class Account(Struct, frozen=True):
    """The account of the token, with the settings that affect what it sees."""

    id: int
    name: str
    """`name@host`"""
    bot_flag: bool
    sees_bots: bool
    sees_nsfw: bool
    languages: frozenset[int]
    """Ids of the languages whose posts it sees; empty for all."""
    sees_read_posts: bool = True
    biography: str = ""
    follows: frozenset[str] = frozenset()
    """`name@host` of the communities that it is subscribed to, or has requested to be."""


class Site(Struct, frozen=True):
    version: str
    me: Account | None
    """None if the server treated the request as anonymous."""
    languages: Mapping[int, str]
    """Id -> ISO 639-1, without the id of "undetermined"."""
    limits: Mapping[str, Limit]


class Viewer(Struct, frozen=True):
    """The account that reads a response; parsers need it to create a `Post` or a `Comment`."""

    account: str
    base_url: str
    me: int
    languages: Mapping[int, str]


class OwnComments(Struct, frozen=True):
    """Own comments on one post, from a list that may contain others."""

    comments: tuple[Comment, ...]
    listed: int
    """The length of the list, to detect that it was cut off."""
    oldest: Comment | None = None
    """The last comment of the list, of any post."""
    next_page: str | None = None
    """The token of the next page, if the version has page tokens."""


class CommunityState(Struct, frozen=True):
    name: str
    id: int
    subscription: SubscriptionState
    banned: bool
    removed: bool
    languages: frozenset[int]
    """The ids of the languages it allows; empty for all."""


class LemmyApi(LoginApi, LemmyMessagingApi, Protocol):
    """One version of the API. Parsers raise `MalformedResponse`."""

    buckets: Mapping[str, Limit]
    """Lemmy's default rate limits, until the server reports its own."""
    bucket_type: BucketType
    """How the server counts requests."""
    page_size: int

    def site_calls(self) -> tuple[Call, ...]:
        """The calls that load the site and the account."""
        ...

    def parse_site(self, responses: Sequence[Any]) -> Site:
        """From the responses to `site_calls`, in the same order."""
        ...

    def posts_call(self, community: str | None, page: str | None, *, subscribed: bool = False) -> Call:
        """The newest posts: of one community, of all, or of all subscribed communities."""
        ...

    def parse_posts(self, response: Any, viewer: Viewer, limit: int) -> PostPage:
        """From a page of at most `limit` posts."""
        ...

    def is_of_other_version(self, response: Any) -> bool:
        """Whether a server of another version sent this list of posts."""
        ...

    def post_call(self, post_id: str) -> Call: ...
    def parse_post(self, response: Any, viewer: Viewer) -> Post: ...
    def parse_own_comments(self, response: Any, post_id: str, viewer: Viewer) -> OwnComments: ...
    def reply_call(
        self,
        post_id: str,
        markdown: str,
        language: int | None,
        parent_id: str | None = None,
        refused_sends: int = 0,
    ) -> Call:
        """`refused_sends` is how often the server has refused the same reply."""
        ...

    def edit_call(self, comment_id: str, markdown: str) -> Call: ...
    def delete_call(self, comment_id: str) -> Call: ...
    def parse_comment(self, response: Any, viewer: Viewer) -> Comment: ...
    def is_own_comment(self, response: Any, viewer: Viewer) -> bool:
        """From the response to `comment_call`: whether the account wrote the comment."""
        ...

    def resolve_call(self, url: str) -> Call: ...
    def parse_resolved(self, response: Any) -> str | None:
        """The path of the post or comment on the server; None if it is something else."""
        ...

    def unvote_call(self, comment_id: str) -> Call: ...
    def save_settings_call(self, fields: Mapping[str, object]) -> Call: ...
    def community_call(self, name: str) -> Call: ...
    def parse_community(self, response: Any) -> CommunityState:
        """From the response to `community_call` or `subscribe_call`."""
        ...

    def subscribe_call(self, community: int) -> Call: ...
    def search_communities_call(self, words: str) -> Call: ...
    def parse_communities(self, response: Any) -> tuple[str, ...]: ...


@runtime_checkable
class ListsOwnComments(Protocol):
    """A version that can list the account's comments on one post."""

    def own_comments_call(self, post_id: str, me: int) -> Call:
        """The call for the first page."""
        ...


@runtime_checkable
class ListsThreads(Protocol):
    """A version that lists comments by post or by author, but not by both."""

    thread_limit: int
    """The maximum number of comments that `thread_call` lists."""

    def thread_call(self, post_id: str) -> Call: ...
    def replies_call(self, comment_id: str) -> Call:
        """A comment and its replies at all depths."""
        ...

    def all_own_comments_call(self, me: int) -> Call:
        """The call for the first page."""
        ...
