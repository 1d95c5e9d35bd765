"""What stands in the database of the sandbox's Lemmy: one class for each table."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(eq=False, slots=True)
class Person:
    id: int
    name: str
    host: str
    published: datetime
    password: str | None = None
    display_name: str | None = None
    bio: str | None = None
    bot_account: bool = False
    banned: bool = False
    deleted: bool = False
    admin: bool = False
    show_nsfw: bool = False
    show_bot_accounts: bool = True
    show_read_posts: bool = True
    languages: tuple[int, ...] = ()
    totp_enabled: bool = False
    application_pending: bool = False
    accepts_private_messages: bool = True
    blocked: set[int] = field(default_factory=set)
    """People whose messages do not reach this one."""


@dataclass(eq=False, slots=True)
class Community:
    id: int
    name: str
    title: str
    host: str
    published: datetime
    description: str | None = None
    nsfw: bool = False
    removed: bool = False
    languages: tuple[int, ...] = ()
    banned: set[int] = field(default_factory=set)
    moderators: list[Person] = field(default_factory=list)
    accepts_followers: bool = True
    """Whether it lets people subscribe at once, or keeps them waiting."""
    followers: dict[int, str] = field(default_factory=dict)
    """Person -> "Subscribed" or "Pending"."""

    def subscription_of(self, person: Person | None) -> str:
        return self.followers.get(person.id, "NotSubscribed") if person else "NotSubscribed"


@dataclass(eq=False, slots=True)
class Post:
    id: int
    name: str
    community: Community
    creator: Person
    published: datetime
    url: str | None = None
    body: str | None = None
    updated: datetime | None = None
    language_id: int = 0
    nsfw: bool = False
    locked: bool = False
    deleted: bool = False
    removed: bool = False
    featured_community: bool = False
    featured_local: bool = False
    score: int = 1
    tags: tuple[str, ...] = ()
    """1.0's tags, PieFed's flair."""
    read_by: set[int] = field(default_factory=set)


@dataclass(eq=False, slots=True)
class Comment:
    id: int
    post: Post
    creator: Person
    content: str
    path: str
    published: datetime
    language_id: int = 0
    updated: datetime | None = None
    deleted: bool = False
    removed: bool = False
    distinguished: bool = False
    votes_of_others: int = 0
    """The balance of other people's."""
    author_upvoted: bool = True
    """The author's own vote; a half-stored comment lacks it."""
    visible_from: datetime | None = None
    """Before this time nobody sees it (a late commit, a lagging replica)."""

    @property
    def depth(self) -> int:
        return self.path.count(".")


@dataclass(eq=False, slots=True)
class PrivateMessage:
    """A private message."""

    id: int
    creator: Person
    recipient: Person
    content: str
    published: datetime
    deleted: bool = False
    visible_from: datetime | None = None


@dataclass(eq=False, slots=True)
class Notification:
    """What one person is told of: a comment, a post that names the person, or a letter.

    Whether a mention inside a reply counts as the one or as the other differs between servers.
    """

    id: int
    recipient: Person
    item: Comment | Post | PrivateMessage
    published: datetime
    is_mention: bool = False
    is_reply: bool = False
    read: bool = False


def is_visible(item: Comment | Post | PrivateMessage, now: datetime) -> bool:
    """Whether people can see it by now."""
    return isinstance(item, Post) or item.visible_from is None or item.visible_from <= now
