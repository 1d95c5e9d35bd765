"""The shapes of API v3's answers, as far as Precis reads them.

Unknown fields are ignored, and a field that is null counts as left out, for 0.19 leaves null
fields out. Source: https://join-lemmy.org/api/v0.19/ and answers of real 0.19.20 servers.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator


def _utc(value: datetime) -> datetime:
    """A time without a zone is UTC: so do the servers write it that leave out the `Z`."""
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("the time is out of range") from error


def _with_host(value: str) -> str:
    if not host_of(value):
        raise ValueError("no host in this address")
    return value


UtcTime = Annotated[datetime, AfterValidator(_utc)]
ActorId = Annotated[str, AfterValidator(_with_host)]


class LemmyModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {key: item for key, item in value.items() if item is not None}


class Person(LemmyModel):
    id: int
    name: str
    actor_id: ActorId
    bio: str = ""
    bot_account: bool = False
    banned: bool = False

    @property
    def handle(self) -> str:
        return f"{self.name}@{host_of(self.actor_id)}".lower()


class Community(LemmyModel):
    id: int
    name: str
    actor_id: ActorId
    nsfw: bool = False
    removed: bool = False
    deleted: bool = False

    @property
    def handle(self) -> str:
        return f"{self.name}@{host_of(self.actor_id)}".lower()


_CARRIED_OVER = ("cross-posted from", "crossposted from", "cross posted from")


def is_crosspost(body: str | None) -> bool:
    """Whether a post says that it stood elsewhere first: web clients begin the text of cross-posts so.

    No server marks them; what `GET /post` calls `cross_posts` is whatever has the same link.
    """
    return (body or "").lstrip(" \t\r\n>*_[").lower().startswith(_CARRIED_OVER)


class Post(LemmyModel):
    id: int
    name: str
    published: UtcTime
    ap_id: str = ""
    url: str | None = None
    body: str | None = None
    nsfw: bool = False
    locked: bool = False
    deleted: bool = False
    removed: bool = False
    language_id: int = 0
    featured_community: bool = False
    featured_local: bool = False


class Counts(LemmyModel):
    score: int = 0


class PostView(LemmyModel):
    post: Post
    creator: Person
    community: Community
    counts: Counts = Counts()
    banned_from_community: bool = False


class PostResponse(LemmyModel):
    post_view: PostView


class PostList(LemmyModel):
    posts: list[Any]
    next_page: str | None = None


class Comment(LemmyModel):
    id: int
    post_id: int
    creator_id: int
    path: str
    published: UtcTime
    deleted: bool = False
    removed: bool = False


class CommentView(LemmyModel):
    comment: Comment
    counts: Counts = Counts()


class CommentResponse(LemmyModel):
    comment_view: CommentView


class CommentList(LemmyModel):
    comments: list[CommentView]


class LoginResponse(LemmyModel):
    jwt: str = Field(min_length=1)


class Language(LemmyModel):
    id: int
    code: str


class SiteRateLimits(LemmyModel):
    message: int = 0
    message_per_second: int = 0
    post: int = 0
    post_per_second: int = 0
    registration: int = Field(default=0, validation_alias="register")
    register_per_second: int = 0
    comment: int = 0
    comment_per_second: int = 0
    search: int = 0
    search_per_second: int = 0


class SiteView(LemmyModel):
    local_site_rate_limit: SiteRateLimits = SiteRateLimits()


class LocalUser(LemmyModel):
    show_bot_accounts: bool = True
    show_read_posts: bool = True
    show_nsfw: bool = False


class LocalUserView(LemmyModel):
    local_user: LocalUser = LocalUser()
    person: Person


class Follow(LemmyModel):
    community: Community


class MyUser(LemmyModel):
    local_user_view: LocalUserView
    discussion_languages: list[int] = []
    follows: list[Follow] = []


class SiteResponse(LemmyModel):
    version: str
    site_view: SiteView = SiteView()
    my_user: MyUser | None = None
    all_languages: list[Language] = []


class CommunityView(LemmyModel):
    community: Community
    subscribed: str = ""
    banned_from_community: bool = False


class CommunityResponse(LemmyModel):
    community_view: CommunityView
    discussion_languages: list[int] = []


class SearchResponse(LemmyModel):
    communities: list[CommunityView] = []


def host_of(actor_id: str) -> str:
    """The host, with its port if it has one, that an actor's address is on."""
    return urlsplit(actor_id).netloc.rpartition("@")[2]
