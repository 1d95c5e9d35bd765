"""Schemas of PieFed's responses (`/api/alpha`), and their conversion to `Post` and `Comment`.

Source: responses of a real 1.6.27 server.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from pydantic import Field

from bot.core.models import Comment, Post
from bot.platforms.api_call import Call
from bot.platforms.api_models import (
    ActorId,
    ApiModel,
    UtcTime,
    handle_of,
    is_crosspost,
    own_text,
    parent_of,
    parse,
)
from bot.platforms.pagination import PostPage, parse_each_post

_UNDETERMINED = "und"
_LINK_ADDED_WITHIN = timedelta(hours=1)
"""Of the publication; seconds on the same server, longer for posts that arrive late from other servers."""


class Person(ApiModel):
    id: int
    user_name: str
    actor_id: ActorId
    bot: bool = False
    about: str | None = None
    published: UtcTime

    @property
    def handle(self) -> str:
        return handle_of(self.user_name, self.actor_id)


class Community(ApiModel):
    id: int
    name: str
    actor_id: ActorId
    nsfw: bool = False
    deleted: bool = False
    removed: bool = False

    @property
    def handle(self) -> str:
        return handle_of(self.name, self.actor_id)


class PostRow(ApiModel):
    id: int
    title: str
    published: UtcTime
    url: str | None = None
    post_type: str = "Discussion"
    body: str | None = None
    nsfw: bool | None = False
    locked: bool = False
    deleted: bool = False
    removed: bool = False
    sticky: bool = False
    instance_sticky: bool = False
    language_id: int | None = None


class Counts(ApiModel):
    score: int = 0


class PostView(ApiModel):
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


class PostResponse(ApiModel):
    post_view: PostView


class NumberedList(ApiModel):
    """A page of a list."""

    next_page: str | None = None
    """The number of the next page, for pages of the same size."""


class PostList(NumberedList):
    posts: list[Any]


class CommentRow(ApiModel):
    id: int
    post_id: int
    user_id: int
    path: str
    published: UtcTime
    deleted: bool = False
    removed: bool = False


class CommentView(ApiModel):
    comment: CommentRow
    counts: Counts = Counts()


class CommentResponse(ApiModel):
    comment_view: CommentView


class CommentList(NumberedList):
    comments: list[CommentView]


class CommunityView(ApiModel):
    community: Community
    subscribed: str = ""


class CommunityResponse(ApiModel):
    community_view: CommunityView


class LoginResponse(ApiModel):
    jwt: str = Field(min_length=1)


class LocalUser(ApiModel):
    show_bot_accounts: bool = True
    show_read_posts: bool = True
    show_nsfw: bool = False


class LocalUserView(ApiModel):
    local_user: LocalUser = LocalUser()
    person: Person


class Follow(ApiModel):
    community: Community


class MeResponse(ApiModel):
    local_user_view: LocalUserView
    follows: tuple[Follow, ...] = ()


class Language(ApiModel):
    id: int
    code: str


class SiteRow(ApiModel):
    all_languages: tuple[Language, ...] = ()


class SiteResponse(ApiModel):
    site: SiteRow = SiteRow()


class Viewer(Struct, frozen=True):
    """The account that made the request, and the server's languages."""

    account: str
    base_url: str
    me: Person
    languages: dict[int, str]
    """The server's languages by their ids: ISO 639-1, or `und` for an undetermined language."""

    def language_code(self, language_id: int | None) -> str | None:
        code = self.languages.get(language_id or 0)
        return None if code == _UNDETERMINED else code

    def language_id(self, code: str | None) -> int | None:
        """The id of a language; of the undetermined one if the server does not have it.

        Without an id, PieFed stores the language of the site. So it does, in 1.6.27, for ids below 2, and
        the undetermined language normally has the id 1: no request stores a comment without a language.
        """
        ids = {known: language_id for language_id, known in self.languages.items()}
        return ids.get(code or _UNDETERMINED, ids.get(_UNDETERMINED))


def next_page_call(call: Call, page: NumberedList) -> Call | None:
    """The call for the page after one; None after the last."""
    return None if page.next_page is None else replace(call, query={**call.query, "page": page.next_page})


def parse_posts(response: Any, viewer: Viewer, now: datetime) -> PostPage:
    """The posts of a page. A post that cannot be parsed does not affect the others."""
    post_list = parse(PostList, response)
    posts = parse_each_post(post_list.posts, lambda item: _listed_post(item, viewer, now))
    return PostPage(posts, post_list.next_page)


def _listed_post(item: Any, viewer: Viewer, now: datetime) -> Post:
    """An old discussion stays one. Otherwise each one of a new community would be read again twice."""
    post = post_of(parse(PostView, item), viewer, now)
    is_old = now - post.published > _LINK_ADDED_WITHIN
    return replace(post, link_awaited_since=None) if is_old else post


def post_of(view: PostView, viewer: Viewer, now: datetime) -> Post:
    """`now` is when the post was read. A new link post is a discussion until the server adds its link."""
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
        language=viewer.language_code(post.language_id),
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
        body=own_text(post.url, post.body),
        link_awaited_since=None if post.url or post.post_type != "Discussion" else now,
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
