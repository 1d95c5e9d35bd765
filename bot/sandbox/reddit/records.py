"""The data of the sandbox's Reddit: one class per table."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct, field


class Redditor(Struct, eq=False):
    id: str
    name: str
    created: datetime
    password: str | None = None
    suspended: bool = False
    deleted: bool = False
    blocked: list[Redditor] = field(default_factory=list)
    """Users who cannot send messages to this user."""


class Subreddit(Struct, eq=False):
    id: str
    name: str
    created: datetime
    private: bool = False
    gone: bool = False
    """Whether Reddit has banned the subreddit: 404 for everyone."""
    quarantine: bool = False
    over18: bool = False
    comment_cooldown: bool = False
    """Whether regular users wait ten minutes between two comments here."""
    approved_users_only: bool = False
    """Whether only approved users may comment."""
    banned: list[Redditor] = field(default_factory=list)
    moderators: list[Redditor] = field(default_factory=list)
    contributors: list[Redditor] = field(default_factory=list)
    invited_moderators: list[Redditor] = field(default_factory=list)
    """Users with a pending invitation to become a moderator."""
    wiki_disabled: bool = False

    def admits(self, viewer: Redditor) -> bool:
        return not self.private or viewer in self.moderators or viewer in self.contributors


class Submission(Struct, eq=False):
    id: str
    subreddit: Subreddit
    author: Redditor
    title: str
    published: datetime
    url: str | None = None
    """None for a self post."""
    selftext: str = ""
    over_18: bool = False
    spoiler: bool = False
    flair: str | None = None
    locked: bool = False
    archived: bool = False
    stickied: bool = False
    removed_by: str | None = None
    """Reddit's `removed_by_category`: moderator, deleted, automod_filtered, ..."""
    listed: bool = True
    """Whether it is in /new. A filtered submission is not until a moderator approves it."""
    is_gallery: bool = False
    is_video: bool = False
    crosspost_of: Submission | None = None
    score: int = 1


class Comment(Struct, eq=False):
    id: str
    submission: Submission
    author: Redditor
    body: str
    published: datetime
    parent: Comment | None = None
    edited: datetime | None = None
    deleted: bool = False
    removed: bool = False
    score: int = 1
    distinguished: bool = False
    stickied: bool = False
    visible_from: datetime | None = None
    """Hidden from everyone before this time (a late commit or a lagging replica)."""

    @property
    def parent_name(self) -> str:
        return f"t1_{self.parent.id}" if self.parent else f"t3_{self.submission.id}"


class PrivateMessage(Struct, eq=False):
    """A private message, from or to a user or the moderators of a subreddit."""

    id: str
    author: Redditor
    subject: str
    body: str
    published: datetime
    to: Redditor | None = None
    to_subreddit: Subreddit | None = None
    from_subreddit: Subreddit | None = None
    """The subreddit as which a moderator writes; the author's name is then hidden."""
    parent: PrivateMessage | None = None
    visible_from: datetime | None = None


class Conversation(Struct, eq=False):
    """A modmail conversation of a subreddit, as its moderators see it."""

    id: str
    subreddit: Subreddit
    subject: str
    messages: list[PrivateMessage] = field(default_factory=list)
    read_counts: dict[str, int] = field(default_factory=dict)
    """Id of a moderator -> number of messages that the moderator has read."""


class Notification(Struct, eq=False):
    """An entry in a user's inbox."""

    recipient: Redditor
    item: Comment | PrivateMessage
    kind: str
    """username_mention, comment_reply, post_reply or message."""
    read: bool = False


def is_visible(item: Comment | PrivateMessage, now: datetime) -> bool:
    return item.visible_from is None or item.visible_from <= now


class Revision(Struct, eq=False):
    id: str
    text: str
    author: Redditor
    published: datetime


class WikiPage(Struct, eq=False):
    revisions: list[Revision] = field(default_factory=list)
    permlevel: int = 0
