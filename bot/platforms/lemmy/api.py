"""What the adapter needs of a version of Lemmy's API, free of its paths and field names.

A dialect makes `Call`s and reads their answers into the types below and those of `bot.core.models`.
Nothing here does I/O.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from bot.core.models import Comment, Post
from bot.platforms.api_call import Call
from bot.platforms.lemmy.messaging_api import LemmyMessagingApi
from bot.platforms.login_session import LoginApi
from bot.platforms.pagination import PostPage
from bot.platforms.rate_limits import BucketType, Limit
from bot.platforms.subscribed_listing import SubscriptionState


@dataclass(frozen=True, slots=True)
class Account:
    """The account that the token belongs to, with the settings that decide what it sees."""

    id: int
    name: str
    """`name@host`"""
    bot_flag: bool
    sees_bots: bool
    sees_nsfw: bool
    languages: frozenset[int]
    """Ids of the languages that it is shown; empty for all."""
    sees_read_posts: bool = True
    biography: str = ""
    follows: frozenset[str] = frozenset()
    """`name@host` of the communities that it is subscribed to, or has asked to be."""


@dataclass(frozen=True, slots=True)
class Site:
    version: str
    me: Account | None
    """None when the server takes the request for an anonymous one."""
    languages: Mapping[int, str]
    """Number -> ISO 639-1; the number for "undetermined" is left out."""
    limits: Mapping[str, Limit]


@dataclass(frozen=True, slots=True)
class Viewer:
    """What the parsers need to know of the reader to make a `Post` or a `Comment`."""

    account: str
    base_url: str
    me: int
    languages: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class OwnComments:
    """Own comments on one post out of a list that also held others."""

    comments: tuple[Comment, ...]
    listed: int
    """How long the list was, to see whether it was cut off."""
    oldest: Comment | None = None
    """The last one of the list, of whatever post."""
    next_page: str | None = None
    """The page token of the rest, where the dialect has such."""


@dataclass(frozen=True, slots=True)
class CommunityState:
    name: str
    id: int
    subscription: SubscriptionState
    banned: bool
    removed: bool
    languages: frozenset[int]
    """The ids it allows; empty for all."""


class LemmyApi(LoginApi, LemmyMessagingApi, Protocol):
    """One version of the API: calls out, values in. Parsers raise `Malformed`."""

    buckets: Mapping[str, Limit]
    """Default limits, for as long as the server has not told its own."""
    bucket_type: BucketType
    """How the server counts."""
    page_size: int

    def site_calls(self) -> tuple[Call, ...]:
        """All that has to be asked to know the site and the account."""
        ...

    def parse_site(self, answers: Sequence[Any]) -> Site:
        """From the answers to the calls of `site`, in their order."""
        ...

    def posts_call(self, community: str | None, page: str | None, *, subscribed: bool = False) -> Call:
        """The newest posts: of one community, of all, or of those that the account is subscribed to."""
        ...

    def parse_posts(self, answer: Any, lens: Viewer) -> PostPage: ...
    def is_of_other_version(self, answer: Any) -> bool:
        """Whether a list of posts was given by a server of another version."""
        ...

    def post_call(self, post_id: str) -> Call: ...
    def parse_post(self, answer: Any, lens: Viewer) -> Post: ...
    def parse_own_comments(self, answer: Any, post_id: str, lens: Viewer) -> OwnComments: ...
    def reply_call(
        self, post_id: str, markdown: str, language: int | None, parent_id: str | None = None
    ) -> Call: ...
    def edit_call(self, comment_id: str, markdown: str) -> Call: ...
    def delete_call(self, comment_id: str) -> Call: ...
    def parse_comment(self, answer: Any, lens: Viewer) -> Comment: ...
    def unvote_call(self, comment_id: str) -> Call: ...
    def save_settings_call(self, fields: Mapping[str, object]) -> Call: ...
    def community_call(self, name: str) -> Call: ...
    def parse_community(self, answer: Any) -> CommunityState:
        """From the answer to `community` or to `join`."""
        ...

    def subscribe_call(self, community: int) -> Call: ...
    def search_communities_call(self, words: str) -> Call: ...
    def parse_communities(self, answer: Any) -> tuple[str, ...]: ...


@runtime_checkable
class ListsOwnComments(Protocol):
    """A dialect whose server lists the account's comments on one post."""

    def own_comments_call(self, post_id: str, me: int, page: str | None) -> Call: ...


@runtime_checkable
class ListsThreads(Protocol):
    """A dialect whose server lists comments by post or by author, not by both."""

    thread_limit: int
    """How many comments `thread` lists at most."""

    def thread_call(self, post_id: str) -> Call: ...
    def replies_call(self, comment_id: str) -> Call:
        """A comment and what stands below it, in any depth."""
        ...

    def all_own_comments_call(self, me: int, page: int) -> Call: ...
