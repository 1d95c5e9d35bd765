"""The shapes of API v4's answers where they differ from v3's in `wire`.

Source: answers of a real 1.0.0-beta.1 server.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from bot.platforms.lemmy import schemas_v3
from bot.platforms.lemmy.schemas_v3 import ActorId, LemmyModel, UtcTime


class Person(schemas_v3.Person):
    actor_id: ActorId = Field(validation_alias="ap_id")


class Community(schemas_v3.Community):
    actor_id: ActorId = Field(validation_alias="ap_id")
    local_removed: bool = False


class Post(schemas_v3.Post):
    published: UtcTime = Field(validation_alias="published_at")
    score: int = 0


class CommunityActions(LemmyModel):
    """What lies between the reader and the community; left out as a whole when nothing does."""

    received_ban_at: UtcTime | None = None
    follow_state: str = ""


class PostView(LemmyModel):
    post: Post
    creator: Person
    community: Community
    community_actions: CommunityActions = CommunityActions()
    tags: tuple[Any, ...] = ()
    """What moderators let posts be labelled with. Source: `lemmy_db_schema` of 1.0; none was recorded, so
    a post is not lost over one that looks otherwise."""

    @property
    def flair(self) -> str | None:
        tags = [tag for tag in self.tags if isinstance(tag, dict)]
        return ", ".join(str(tag.get("display_name") or tag.get("name") or "") for tag in tags) or None


class PostResponse(LemmyModel):
    post_view: PostView


class PostList(LemmyModel):
    """One page of posts."""

    items: list[Any]
    next_page: str | None = None


class Comment(schemas_v3.Comment):
    published: UtcTime = Field(validation_alias="published_at")
    score: int = 0


class CommentView(LemmyModel):
    comment: Comment


class CommentResponse(LemmyModel):
    comment_view: CommentView


class CommentList(LemmyModel):
    items: list[CommentView]
    next_page: str | None = None


class SiteRateLimits(LemmyModel):
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


class SiteView(LemmyModel):
    local_site_rate_limit: SiteRateLimits = SiteRateLimits()


class SiteResponse(LemmyModel):
    version: str
    site_view: SiteView = SiteView()
    all_languages: tuple[schemas_v3.Language, ...] = ()


class LocalUserView(LemmyModel):
    local_user: schemas_v3.LocalUser = schemas_v3.LocalUser()
    person: Person


class Follow(LemmyModel):
    community: Community


class AccountResponse(LemmyModel):
    local_user_view: LocalUserView
    discussion_languages: tuple[int, ...] = ()
    follows: tuple[Follow, ...] = ()


class CommunityView(LemmyModel):
    community: Community
    community_actions: CommunityActions = CommunityActions()


class CommunityResponse(LemmyModel):
    community_view: CommunityView
    discussion_languages: tuple[int, ...] = ()


class SearchResponse(LemmyModel):
    communities: tuple[CommunityView, ...] = ()
