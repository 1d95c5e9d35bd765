"""The rows of the database of the sandbox's Lemmy: one class per table."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct, field


class Person(Struct, eq=False):
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
    """Ids of people who cannot send messages to this one."""


class Community(Struct, eq=False):
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
    """Whether it accepts a subscription at once; otherwise the subscription stays pending."""
    followers: dict[int, str] = field(default_factory=dict)
    """Person id -> "Subscribed" or "Pending"."""

    def subscription_of(self, person: Person | None) -> str:
        return self.followers.get(person.id, "NotSubscribed") if person else "NotSubscribed"


class Post(Struct, eq=False):
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
    """Tags of Lemmy 1.0, flair of PieFed."""
    read_by: set[int] = field(default_factory=set)
    link_visible_from: datetime | None = None
    """PieFed saves a post without its link, and adds the link at this time."""


class Comment(Struct, eq=False):
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
    locked: bool = False
    """Lemmy 1.0: nobody can reply below it."""
    distinguished: bool = False
    votes_of_others: int = 0
    """Upvotes minus downvotes of other people."""
    author_upvoted: bool = True
    """The author's own vote; a partly stored comment has none."""
    visible_from: datetime | None = None
    """Nobody sees the comment before this time (late commit, lagging replica)."""

    @property
    def depth(self) -> int:
        return self.path.count(".")


class PrivateMessage(Struct, eq=False):
    id: int
    creator: Person
    recipient: Person
    content: str
    published: datetime
    deleted: bool = False
    visible_from: datetime | None = None


class Notification(Struct, eq=False):
    """A notification of one person: a comment, a post that mentions the person, or a private message.

    Servers differ in whether a mention in a reply counts as a mention or as a reply.
    """

    id: int
    recipient: Person
    item: Comment | Post | PrivateMessage
    published: datetime
    is_mention: bool = False
    is_reply: bool = False
    read: bool = False


def is_visible(item: Comment | Post | PrivateMessage, now: datetime) -> bool:
    """Whether people can see it at the time `now`."""
    return isinstance(item, Post) or item.visible_from is None or item.visible_from <= now
