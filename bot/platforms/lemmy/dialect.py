"""What the adapter needs of a version of Lemmy's API, free of its paths and field names.

A dialect makes `Call`s and reads their answers into the types below and those of `bot.models`.
Nothing here does I/O.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.models import Comment, Post
from bot.platforms.pace import Limit


class Malformed(ValueError):
    """An answer does not have the form that the dialect knows."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request: everything about it but the server and the token."""

    method: str
    path: str
    bucket: str | None = "message"
    """The rate limit it counts against; None for pages outside the API."""
    query: Mapping[str, str | int] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None

    @property
    def writes(self) -> bool:
        return self.method != "GET"


@dataclass(frozen=True, slots=True)
class Me:
    """The account that the token belongs to, with the settings that decide what it sees."""

    id: int
    name: str
    """`name@host`"""
    bot_flag: bool
    sees_bots: bool
    sees_nsfw: bool
    languages: frozenset[int]
    """Ids of the languages that it is shown; empty for all."""


@dataclass(frozen=True, slots=True)
class Site:
    version: str
    me: Me | None
    """None when the server takes the request for an anonymous one."""
    languages: Mapping[int, str]
    """Number -> ISO 639-1; the number for "undetermined" is left out."""
    limits: Mapping[str, Limit]


@dataclass(frozen=True, slots=True)
class Lens:
    """What the parsers need to know of the reader to make a `Post` or a `Comment`."""

    account: str
    base_url: str
    me: int
    languages: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A post that could not be parsed: its id where that much could be read, and one line why."""

    id: int | None
    line: str


@dataclass(frozen=True, slots=True)
class PostPage:
    posts: tuple[Post | Unreadable, ...]
    next: str | None
    """The page token of the page after; None when this is the last."""


@dataclass(frozen=True, slots=True)
class OwnComments:
    """Own comments on one post out of a list that also held others."""

    comments: tuple[Comment, ...]
    listed: int
    """How long the list was, to see whether it was cut off."""
    oldest: Comment | None = None
    """The last one of the list, of whatever post."""


@dataclass(frozen=True, slots=True)
class CommunityState:
    name: str
    banned: bool
    removed: bool
    languages: frozenset[int]
    """The ids it allows; empty for all."""


class Dialect(Protocol):
    """One version of the API: calls out, values in. Parsers raise `Malformed`."""

    buckets: Mapping[str, Limit]
    """Default limits, for as long as the server has not told its own."""
    thread_limit: int
    """How many comments `thread` lists at most."""
    page_size: int

    def log_in(self, username: str, password: str) -> Call: ...
    def token(self, answer: Any) -> str: ...
    def check_token(self) -> Call: ...
    def site(self) -> Call: ...
    def read_site(self, answer: Any) -> Site: ...
    def posts(self, community: str | None, page: str | None) -> Call: ...
    def read_posts(self, answer: Any, lens: Lens) -> PostPage: ...
    def post(self, post_id: str) -> Call: ...
    def read_post(self, answer: Any, lens: Lens) -> Post: ...
    def thread(self, post_id: str) -> Call: ...
    def own_comments(self, me: int, page: int) -> Call: ...
    def read_own(self, answer: Any, post_id: str, lens: Lens) -> OwnComments: ...
    def reply(self, post_id: str, markdown: str, language: int | None) -> Call: ...
    def edit(self, comment_id: str, markdown: str) -> Call: ...
    def delete(self, comment_id: str) -> Call: ...
    def read_comment(self, answer: Any, lens: Lens) -> Comment: ...
    def community(self, name: str) -> Call: ...
    def read_community(self, answer: Any) -> CommunityState: ...
    def search_communities(self, words: str) -> Call: ...
    def read_communities(self, answer: Any) -> tuple[str, ...]: ...
