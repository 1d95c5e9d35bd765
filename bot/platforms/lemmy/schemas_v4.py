"""The shapes of API v4's answers where they differ from v3's in `wire`.

Source: answers of a real 1.0.0-beta.1 server.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from bot.platforms.lemmy import schemas_v3
from bot.platforms.lemmy.schemas_v3 import ActorId, Time, Wire


class Person(schemas_v3.Person):
    actor_id: ActorId = Field(validation_alias="ap_id")


class Community(schemas_v3.Community):
    actor_id: ActorId = Field(validation_alias="ap_id")
    local_removed: bool = False


class Post(schemas_v3.Post):
    published: Time = Field(validation_alias="published_at")
    score: int = 0


class CommunityActions(Wire):
    """What lies between the reader and the community; left out as a whole when nothing does."""

    received_ban_at: Time | None = None
    follow_state: str = ""


class PostView(Wire):
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


class PostAnswer(Wire):
    post_view: PostView


class Items(Wire):
    """One page of posts."""

    items: list[Any]
    next_page: str | None = None


class Comment(schemas_v3.Comment):
    published: Time = Field(validation_alias="published_at")
    score: int = 0


class CommentView(Wire):
    comment: Comment


class CommentAnswer(Wire):
    comment_view: CommentView


class CommentPage(Wire):
    items: list[CommentView]
    next_page: str | None = None


class RateLimits(Wire):
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


class SiteView(Wire):
    local_site_rate_limit: RateLimits = RateLimits()


class SiteAnswer(Wire):
    version: str
    site_view: SiteView = SiteView()
    all_languages: tuple[schemas_v3.Language, ...] = ()


class LocalUserView(Wire):
    local_user: schemas_v3.LocalUser = schemas_v3.LocalUser()
    person: Person


class Follow(Wire):
    community: Community


class AccountAnswer(Wire):
    local_user_view: LocalUserView
    discussion_languages: tuple[int, ...] = ()
    follows: tuple[Follow, ...] = ()


class CommunityView(Wire):
    community: Community
    community_actions: CommunityActions = CommunityActions()


class CommunityAnswer(Wire):
    community_view: CommunityView
    discussion_languages: tuple[int, ...] = ()


class SearchAnswer(Wire):
    communities: tuple[CommunityView, ...] = ()
