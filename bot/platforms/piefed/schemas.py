"""Schemas of PieFed's responses (`/api/alpha`), and their conversion to `Post` and `Comment`.

Source: responses of a real 1.6.27 server.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from bot.core.models import Comment, Post
from bot.platforms.api_models import ActorId, UtcTime, handle_of, is_crosspost, parent_of, parse
from bot.platforms.pagination import PostPage, parse_each_post


class PieFedModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Person(PieFedModel):
    id: int
    user_name: str
    actor_id: ActorId
    bot: bool = False
    about: str | None = None
    published: UtcTime

    @property
    def handle(self) -> str:
        return handle_of(self.user_name, self.actor_id)


class Community(PieFedModel):
    id: int
    name: str
    actor_id: ActorId
    nsfw: bool = False
    deleted: bool = False
    removed: bool = False

    @property
    def handle(self) -> str:
        return handle_of(self.name, self.actor_id)


class PostRow(PieFedModel):
    id: int
    title: str
    published: UtcTime
    url: str | None = None
    body: str | None = None
    nsfw: bool | None = False
    locked: bool = False
    deleted: bool = False
    removed: bool = False
    sticky: bool = False
    instance_sticky: bool = False
    language_id: int | None = None


class Counts(PieFedModel):
    score: int = 0


class PostView(PieFedModel):
    post: PostRow
    creator: Person
    community: Community
    counts: Counts = Counts()
    banned_from_community: bool = False
    flair_list: tuple[Any, ...] = ()

    @property
    def flair(self) -> str | None:
        known = [flair for flair in self.flair_list if isinstance(flair, dict)]
        return ", ".join(str(flair.get("flair_title") or "") for flair in known) or None


class PostResponse(PieFedModel):
    post_view: PostView


class PostList(PieFedModel):
    posts: list[Any]
    next_page: str | None = None


class CommentRow(PieFedModel):
    id: int
    post_id: int
    user_id: int
    path: str
    published: UtcTime
    deleted: bool = False
    removed: bool = False


class CommentView(PieFedModel):
    comment: CommentRow
    counts: Counts = Counts()


class CommentResponse(PieFedModel):
    comment_view: CommentView


class CommentList(PieFedModel):
    comments: list[CommentView]
    next_page: str | None = None


class CommunityView(PieFedModel):
    community: Community
    subscribed: str = ""


class CommunityResponse(PieFedModel):
    community_view: CommunityView


class LoginResponse(PieFedModel):
    jwt: str = Field(min_length=1)


class LocalUser(PieFedModel):
    show_bot_accounts: bool = True
    show_read_posts: bool = True
    show_nsfw: bool = False


class LocalUserView(PieFedModel):
    local_user: LocalUser = LocalUser()
    person: Person


class Follow(PieFedModel):
    community: Community


class MeResponse(PieFedModel):
    local_user_view: LocalUserView
    follows: tuple[Follow, ...] = ()


class Language(PieFedModel):
    id: int
    code: str


class SiteRow(PieFedModel):
    all_languages: tuple[Language, ...] = ()


class SiteResponse(PieFedModel):
    site: SiteRow = SiteRow()


@dataclass(frozen=True, slots=True)
class Viewer:
    """The account that made the request, and the server's languages."""

    account: str
    base_url: str
    me: Person
    languages: dict[int, str]


def parse_posts(response: Any, viewer: Viewer) -> PostPage:
    """The posts of a page. A post that cannot be parsed does not affect the others."""
    post_list = parse(PostList, response)
    posts = parse_each_post(post_list.posts, lambda item: post_of(parse(PostView, item), viewer))
    return PostPage(posts, post_list.next_page)


def post_of(view: PostView, viewer: Viewer) -> Post:
    post, community = view.post, view.community
    return Post(
        account=viewer.account,
        id=str(post.id),
        community=community.handle,
        title=post.title,
        url=post.url or None,
        permalink=f"{viewer.base_url}/post/{post.id}",
        author=view.creator.handle,
        published=post.published,
        language=viewer.languages.get(post.language_id or 0),
        score=view.counts.score,
        nsfw=bool(post.nsfw) or community.nsfw,
        locked=post.locked,
        gone=post.deleted or post.removed or community.deleted or community.removed,
        pinned=post.sticky or post.instance_sticky,
        bot_author=view.creator.bot,
        own=view.creator.id == viewer.me.id,
        banned=view.banned_from_community,
        flair=view.flair,
        crosspost=is_crosspost(post.body),
    )


def comment_of(row: CommentRow, viewer: Viewer) -> Comment:
    return Comment(
        id=str(row.id),
        post_id=str(row.post_id),
        url=f"{viewer.base_url}/post/{row.post_id}/comment/{row.id}",
        published=row.published,
        parent_id=parent_of(row.path),
        gone=row.deleted or row.removed,
    )
