"""The parts of API v4's responses that differ from v3's.

A field that only v3 sends keeps its default here. Source: responses of a real 1.0.0-beta.1 server.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from bot.platforms.api_models import ActorId, ApiModel, RowId, UtcTime
from bot.platforms.lemmy import schemas_v3


class Person(schemas_v3.Person):
    actor_id: ActorId = Field(validation_alias="ap_id")


class Community(schemas_v3.Community):
    actor_id: ActorId = Field(validation_alias="ap_id")
    local_removed: bool = False


class Post(schemas_v3.Post):
    published: UtcTime = Field(validation_alias="published_at")
    score: int = 0


class CommunityActions(ApiModel):
    """Bans and subscription of the account; left out as a whole when there are none."""

    received_ban_at: UtcTime | None = None
    follow_state: str = ""


class PostView(schemas_v3.PostView):
    post: Post
    creator: Person
    community: Community
    community_actions: CommunityActions = CommunityActions()
    tags: tuple[Any, ...] = ()
    """Labels that moderators define for posts. Source: `lemmy_db_schema` of 1.0. None was recorded, so a
    tag in an unknown form does not make the post unreadable."""

    @property
    def score(self) -> int:
        return self.post.score

    @property
    def is_banned(self) -> bool:
        return self.community_actions.received_ban_at is not None

    @property
    def flair(self) -> str | None:
        tags = [tag for tag in self.tags if isinstance(tag, dict)]
        return ", ".join(str(tag.get("display_name") or tag.get("name") or "") for tag in tags) or None


class PostResponse(schemas_v3.PostResponse):
    post_view: PostView


class PostList(ApiModel):
    """One page of posts."""

    items: list[Any]
    next_page: str | None = None


class Comment(schemas_v3.Comment):
    published: UtcTime = Field(validation_alias="published_at")
    score: int = 0


class CommentView(schemas_v3.CommentView):
    comment: Comment

    @property
    def score(self) -> int:
        return self.comment.score


class CommentResponse(schemas_v3.CommentResponse):
    comment_view: CommentView


class CommentList(ApiModel):
    items: list[CommentView]
    next_page: str | None = None


class ResolvedObject(ApiModel):
    kind: str = Field(validation_alias="type_")
    post: RowId | None = None
    comment: RowId | None = None


class SiteRateLimits(ApiModel):
    message_max_requests: int = 0
    message_interval_seconds: int = 0
    post_max_requests: int = 0
    post_interval_seconds: int = 0
    register_max_requests: int = 0
    register_interval_seconds: int = 0
    comment_max_requests: int = 0
    comment_interval_seconds: int = 0
    search_max_requests: int = 0
    search_interval_seconds: int = 0


class SiteView(ApiModel):
    local_site_rate_limit: SiteRateLimits = SiteRateLimits()


class SiteResponse(ApiModel):
    version: str
    site_view: SiteView = SiteView()
    all_languages: tuple[schemas_v3.Language, ...] = ()


class LocalUserView(schemas_v3.LocalUserView):
    person: Person


class Follow(schemas_v3.Follow):
    community: Community


class AccountResponse(schemas_v3.MyUser):
    local_user_view: LocalUserView
    follows: tuple[Follow, ...] = ()


class CommunityView(schemas_v3.CommunityView):
    community: Community
    community_actions: CommunityActions = CommunityActions()

    @property
    def follow_state(self) -> str:
        return self.community_actions.follow_state

    @property
    def is_banned(self) -> bool:
        return self.community_actions.received_ban_at is not None

    @property
    def is_removed(self) -> bool:
        return super().is_removed or self.community.local_removed


class CommunityResponse(schemas_v3.CommunityResponse):
    community_view: CommunityView


class SearchResponse(schemas_v3.SearchResponse):
    communities: tuple[CommunityView, ...] = ()
