"""The parts of API v3's responses that Precis reads.

Unknown fields are ignored. A field that is null counts as missing, because 0.19 leaves out null
fields. Source: https://join-lemmy.org/api/v0.19/ and responses of real 0.19.20 servers.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from bot.platforms.api_models import ActorId, ApiModel, UtcTime, handle_of


class Person(ApiModel):
    id: int
    name: str
    actor_id: ActorId
    bio: str = ""
    bot_account: bool = False
    banned: bool = False

    @property
    def handle(self) -> str:
        return handle_of(self.name, self.actor_id)


class Community(ApiModel):
    id: int
    name: str
    actor_id: ActorId
    nsfw: bool = False
    removed: bool = False
    deleted: bool = False

    @property
    def handle(self) -> str:
        return handle_of(self.name, self.actor_id)


class Post(ApiModel):
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


class Counts(ApiModel):
    score: int = 0


class PostView(ApiModel):
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


class PostResponse(ApiModel):
    post_view: PostView


class PostList(ApiModel):
    posts: list[Any]
    next_page: str | None = None


class Comment(ApiModel):
    id: int
    post_id: int
    creator_id: int
    path: str
    published: UtcTime
    deleted: bool = False
    removed: bool = False


class CommentView(ApiModel):
    comment: Comment
    counts: Counts = Counts()

    @property
    def score(self) -> int:
        return self.counts.score


class CommentResponse(ApiModel):
    comment_view: CommentView


class CommentList(ApiModel):
    comments: list[CommentView]


class LoginResponse(ApiModel):
    jwt: str = Field(min_length=1)


class Language(ApiModel):
    id: int
    code: str


class SiteRateLimits(ApiModel):
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


class SiteView(ApiModel):
    local_site_rate_limit: SiteRateLimits = SiteRateLimits()


class LocalUser(ApiModel):
    show_bot_accounts: bool = True
    show_read_posts: bool = True
    show_nsfw: bool = False


class LocalUserView(ApiModel):
    local_user: LocalUser = LocalUser()
    person: Person


class Follow(ApiModel):
    community: Community


class MyUser(ApiModel):
    local_user_view: LocalUserView
    discussion_languages: tuple[int, ...] = ()
    follows: tuple[Follow, ...] = ()


class SiteResponse(ApiModel):
    version: str
    site_view: SiteView = SiteView()
    my_user: MyUser | None = None
    all_languages: tuple[Language, ...] = ()


class CommunityView(ApiModel):
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


class CommunityResponse(ApiModel):
    community_view: CommunityView
    discussion_languages: tuple[int, ...] = ()


class SearchResponse(ApiModel):
    communities: tuple[CommunityView, ...] = ()
