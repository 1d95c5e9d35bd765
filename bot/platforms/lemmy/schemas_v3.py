"""The parts of API v3's answers that Precis reads.

Unknown fields are ignored. A field that is null counts as missing, because 0.19 leaves out null
fields. Source: https://join-lemmy.org/api/v0.19/ and answers of real 0.19.20 servers.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.platforms.api_models import ActorId, UtcTime, handle_of


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
        return handle_of(self.name, self.actor_id)


class Community(LemmyModel):
    id: int
    name: str
    actor_id: ActorId
    nsfw: bool = False
    removed: bool = False
    deleted: bool = False

    @property
    def handle(self) -> str:
        return handle_of(self.name, self.actor_id)


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

    @property
    def score(self) -> int:
        return self.counts.score

    @property
    def is_banned(self) -> bool:
        """Whether the account is banned from the community."""
        return self.banned_from_community

    @property
    def flair(self) -> str | None:
        return None


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

    @property
    def score(self) -> int:
        return self.counts.score


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
    discussion_languages: tuple[int, ...] = ()
    follows: tuple[Follow, ...] = ()


class SiteResponse(LemmyModel):
    version: str
    site_view: SiteView = SiteView()
    my_user: MyUser | None = None
    all_languages: list[Language] = []


class CommunityView(LemmyModel):
    community: Community
    subscribed: str = ""
    banned_from_community: bool = False

    @property
    def follow_state(self) -> str:
        return self.subscribed

    @property
    def is_banned(self) -> bool:
        """Whether the account is banned from the community."""
        return self.banned_from_community

    @property
    def is_removed(self) -> bool:
        return self.community.removed or self.community.deleted


class CommunityResponse(LemmyModel):
    community_view: CommunityView
    discussion_languages: tuple[int, ...] = ()


class SearchResponse(LemmyModel):
    communities: tuple[CommunityView, ...] = ()
