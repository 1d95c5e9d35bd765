"""What the pages show of a server and change on it. Each server has its own `PageBackend`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from bot.core.models import Dialect


class ActionError(Exception):
    """The server refuses an action. The text is for the person who tried it; `status` is of HTTP."""

    def __init__(self, message: str, status: int = 403) -> None:
        super().__init__(message)
        self.status = status


def check_author(person: object, author: object) -> None:
    """Raises `ActionError` if the person is somebody else."""
    if person is not author:
        raise ActionError("Only the author can do this.")


def check_moderator(person: object, moderators: Sequence[object], community: str) -> None:
    """Raises `ActionError` if the person does not moderate the community."""
    if person not in moderators:
        raise ActionError(f"Only moderators of {community} can do this.")


class PostAction(StrEnum):
    """What a moderator does to a post, or its author (`DELETE`)."""

    LOCK = "lock"
    UNLOCK = "unlock"
    REMOVE = "remove"
    RESTORE = "restore"
    DELETE = "delete"


class CommentAction(StrEnum):
    """What a moderator does to a comment, or its author (`DELETE`)."""

    REMOVE = "remove"
    RESTORE = "restore"
    DELETE = "delete"


class PersonView(Struct, frozen=True):
    name: str
    moderates: tuple[str, ...]
    """The names of communities."""


class CommunityView(Struct, frozen=True):
    name: str
    handle: str
    """As people write it: !news@lemmy.example or r/news."""
    path: str
    post_count: int
    moderators: tuple[str, ...]
    settings: str
    """The Markdown of the sidebar, or the text of the wiki page. Empty if there is none."""
    can_invite: bool = False
    """Whether moderators can still invite the bot as a moderator."""


class PostView(Struct, frozen=True):
    id: str
    path: str
    title: str
    url: str | None
    body: str
    """Markdown."""
    author: str
    is_bot: bool
    community: CommunityView
    published: datetime
    comment_count: int
    locked: bool = False
    removed: bool = False
    deleted: bool = False
    """By its author."""
    pinned: bool = False
    nsfw: bool = False


class CommentView(Struct, frozen=True):
    id: str
    author: str
    is_bot: bool
    body: str
    """Markdown."""
    published: datetime
    depth: int
    """0 for a comment that answers the post."""
    edited: datetime | None = None
    removed: bool = False
    deleted: bool = False
    pinned: bool = False
    as_moderator: bool = False


class MessageView(Struct, frozen=True):
    id: str
    author: str
    to: str
    is_bot: bool
    """Whether the bot wrote it."""
    subject: str
    body: str
    """Markdown."""
    published: datetime


class PageWords(Struct, frozen=True):
    """What differs between the servers in paths and texts."""

    software: str
    dialect: Dialect
    community_prefix: str
    """Of paths: `/c/` or `/r/`."""
    post_prefix: str
    """Of paths: `/post/` or `/comments/`."""
    community: str
    """The software's word for it: community or subreddit."""
    settings: str
    """Where moderators put settings: sidebar or wiki page."""


class PageBackend(Protocol):
    """Reads and changes the state of one server. Texts are what people typed; nothing is escaped.

    Methods that name something that does not exist raise `ActionError` with status 404, and those that
    the server refuses raise it with status 403.
    """

    @property
    def words(self) -> PageWords: ...

    @property
    def bot(self) -> str | None:
        """The account that messages go to; None if the server has none."""

    def now(self) -> datetime: ...

    def people(self) -> list[PersonView]:
        """Who can be chosen: everybody without a password, and no bots."""

    def communities(self) -> list[CommunityView]: ...

    def community(self, name: str) -> CommunityView: ...

    def posts(self, limit: int, community: str | None = None) -> list[PostView]:
        """The newest first, including removed and deleted ones."""

    def post(self, post_id: str) -> PostView: ...

    def comments(self, post_id: str) -> list[CommentView]:
        """Each comment is followed by its answers."""

    def post_of_comment(self, comment_id: str) -> PostView: ...

    def messages(self, person: str) -> list[MessageView]:
        """Messages between the person and the bot, newest first."""

    def add_post(self, person: str, community: str, title: str, url: str | None, body: str) -> PostView: ...

    def add_comment(self, person: str, post_id: str, parent_id: str | None, text: str) -> str:
        """Returns the id of the comment."""

    def add_message(self, person: str, text: str) -> None:
        """Send the bot a private message."""

    def change_post(self, person: str, post_id: str, action: PostAction) -> None: ...

    def change_comment(self, person: str, comment_id: str, action: CommentAction) -> None: ...

    def save_settings(self, person: str, community: str, text: str) -> None: ...

    def invite_bot(self, person: str, community: str) -> None: ...
