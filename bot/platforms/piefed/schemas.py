"""The shapes of PieFed's answers (`/api/alpha`), as far as Precis reads them, and what becomes of them.

Source: answers of a real 1.6.27 server.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.core.models import Comment, Post
from bot.platforms.api_call import Malformed
from bot.platforms.lemmy.schemas_v3 import ActorId, Time, host_of, is_carried_over
from bot.platforms.pagination import PostPage, Unreadable

AnyRow = TypeVar("AnyRow", bound="Row")


class Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Person(Row):
    id: int
    user_name: str
    actor_id: ActorId
    bot: bool = False
    about: str | None = None
    published: Time

    @property
    def handle(self) -> str:
        return f"{self.user_name}@{host_of(self.actor_id)}".lower()


class Community(Row):
    id: int
    name: str
    actor_id: ActorId
    nsfw: bool = False
    deleted: bool = False
    removed: bool = False

    @property
    def handle(self) -> str:
        return f"{self.name}@{host_of(self.actor_id)}".lower()


class PostRow(Row):
    id: int
    title: str
    published: Time
    url: str | None = None
    body: str | None = None
    nsfw: bool | None = False
    locked: bool = False
    deleted: bool = False
    removed: bool = False
    sticky: bool = False
    instance_sticky: bool = False
    language_id: int | None = None


class Counts(Row):
    score: int = 0


class PostView(Row):
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


class PostAnswer(Row):
    post_view: PostView


class PostList(Row):
    posts: list[Any]
    next_page: str | None = None


class CommentRow(Row):
    id: int
    post_id: int
    user_id: int
    path: str
    published: Time
    deleted: bool = False
    removed: bool = False


class CommentView(Row):
    comment: CommentRow
    counts: Counts = Counts()


class CommentAnswer(Row):
    comment_view: CommentView


class CommentList(Row):
    comments: list[CommentView]
    next_page: str | None = None


class CommunityView(Row):
    community: Community
    subscribed: str = ""


class CommunityAnswer(Row):
    community_view: CommunityView


class LoginAnswer(Row):
    jwt: str = Field(min_length=1)


class LocalUser(Row):
    show_bot_accounts: bool = True
    show_read_posts: bool = True
    show_nsfw: bool = False


class LocalUserView(Row):
    local_user: LocalUser = LocalUser()
    person: Person


class Follow(Row):
    community: Community


class MeAnswer(Row):
    local_user_view: LocalUserView
    follows: tuple[Follow, ...] = ()


class Language(Row):
    id: int
    code: str


class SiteRow(Row):
    all_languages: tuple[Language, ...] = ()


class SiteAnswer(Row):
    site: SiteRow = SiteRow()


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose eyes an answer is read with."""

    account: str
    base_url: str
    me: Person
    languages: dict[int, str]


def read(model: type[AnyRow], answer: Any) -> AnyRow:
    """Raises Malformed with the first thing that is wrong."""
    try:
        return model.model_validate(answer)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, problem["loc"])) or "the answer"
        raise Malformed(f"{where}: {problem['msg']}") from error


def read_posts(answer: Any, reader: Reader) -> PostPage:
    """One bad post holds up no other."""
    listed = read(PostList, answer)
    return PostPage(tuple(_post_or_why_not(item, reader) for item in listed.posts), listed.next_page)


def _post_or_why_not(item: Any, reader: Reader) -> Post | Unreadable:
    try:
        return post_of(read(PostView, item), reader)
    except Malformed as error:
        row = item.get("post") if isinstance(item, dict) else None
        found = row.get("id") if isinstance(row, dict) else None
        post_id = found if isinstance(found, int) else None
        return Unreadable(post_id, f"post {post_id or '(no id)'}: {error}")


def post_of(view: PostView, reader: Reader) -> Post:
    post, community = view.post, view.community
    return Post(
        account=reader.account,
        id=str(post.id),
        community=community.handle,
        title=post.title,
        url=post.url or None,
        permalink=f"{reader.base_url}/post/{post.id}",
        author=view.creator.handle,
        published=post.published,
        language=reader.languages.get(post.language_id or 0),
        score=view.counts.score,
        nsfw=bool(post.nsfw) or community.nsfw,
        locked=post.locked,
        gone=post.deleted or post.removed or community.deleted or community.removed,
        pinned=post.sticky or post.instance_sticky,
        bot_author=view.creator.bot,
        own=view.creator.id == reader.me.id,
        banned=view.banned_from_community,
        flair=view.flair,
        crosspost=is_carried_over(post.body),
    )


def comment_of(row: CommentRow, reader: Reader) -> Comment:
    ancestors = row.path.split(".")[1:-1]
    return Comment(
        id=str(row.id),
        post_id=str(row.post_id),
        url=f"{reader.base_url}/post/{row.post_id}/comment/{row.id}",
        published=row.published,
        parent_id=ancestors[-1] if ancestors else None,
        gone=row.deleted or row.removed,
    )
