"""What a small Reddit knows: redditors, subreddits, submissions and comments, all in memory.

Every method takes the lock, so that tests and requests may come from any thread.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

Clock = Callable[[], datetime]

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_FIRST_ID = 36**5


def utc_now() -> datetime:
    return datetime.now(UTC)


def base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"


@dataclass(eq=False, slots=True)
class Redditor:
    id: str
    name: str
    created: datetime
    password: str | None = None
    suspended: bool = False
    deleted: bool = False


@dataclass(eq=False, slots=True)
class Subreddit:
    id: str
    name: str
    created: datetime
    private: bool = False
    gone: bool = False
    """Banned by Reddit: 404 for everybody."""
    quarantine: bool = False
    over18: bool = False
    slow: bool = False
    """Whether plain users wait ten minutes between two comments here."""
    members_comment: bool = False
    """Whether only approved users may comment."""
    banned: list[Redditor] = field(default_factory=list)
    moderators: list[Redditor] = field(default_factory=list)
    contributors: list[Redditor] = field(default_factory=list)

    def lets_in(self, viewer: Redditor) -> bool:
        return not self.private or viewer in self.moderators or viewer in self.contributors


@dataclass(eq=False, slots=True)
class Submission:
    id: str
    subreddit: Subreddit
    author: Redditor
    title: str
    published: datetime
    url: str | None = None
    """None for a self post."""
    over_18: bool = False
    spoiler: bool = False
    locked: bool = False
    archived: bool = False
    stickied: bool = False
    removed_by: str | None = None
    """Reddit's `removed_by_category`: moderator, deleted, automod_filtered, ..."""
    listed: bool = True
    """Whether it is in /new; what a filter holds back is not, until a moderator approves it."""
    is_gallery: bool = False
    is_video: bool = False
    crosspost_of: Submission | None = None
    score: int = 1


@dataclass(eq=False, slots=True)
class Comment:
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
    shown_from: datetime | None = None
    """Before this time nobody sees it (a late commit, a lagging replica)."""

    @property
    def parent_name(self) -> str:
        return f"t1_{self.parent.id}" if self.parent else f"t3_{self.submission.id}"


class World:
    def __init__(self, clock: Clock = utc_now) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.redditors: dict[str, Redditor] = {}
        self.subreddits: dict[str, Subreddit] = {}
        self.submissions: dict[str, Submission] = {}
        self._comments: dict[str, Comment] = {}
        self._ids = itertools.count(_FIRST_ID)

    def _new_id(self) -> str:
        return base36(next(self._ids))

    def add_redditor(self, name: str, **details: object) -> Redditor:
        with self.lock:
            redditor = Redditor(self._new_id(), name, self.clock(), **details)  # type: ignore[arg-type]
            self.redditors[name.lower()] = redditor
            return redditor

    def add_subreddit(self, name: str, **details: object) -> Subreddit:
        with self.lock:
            subreddit = Subreddit(self._new_id(), name, self.clock(), **details)  # type: ignore[arg-type]
            self.subreddits[name.lower()] = subreddit
            return subreddit

    def add_submission(
        self,
        subreddit: Subreddit,
        author: Redditor,
        title: str,
        url: str | None = None,
        *,
        published: datetime | None = None,
        **details: object,
    ) -> Submission:
        with self.lock:
            when = published or self.clock()
            submission = Submission(self._new_id(), subreddit, author, title, when, url, **details)  # type: ignore[arg-type]
            self.submissions[submission.id] = submission
            return submission

    def add_comment(
        self,
        submission: Submission,
        author: Redditor,
        body: str,
        parent: Comment | None = None,
        *,
        published: datetime | None = None,
        shown_from: datetime | None = None,
    ) -> Comment:
        with self.lock:
            comment = Comment(
                self._new_id(),
                submission,
                author,
                body,
                published or self.clock(),
                parent,
                shown_from=shown_from,
            )
            self._comments[comment.id] = comment
            return comment

    def comments(self) -> list[Comment]:
        """Those that anybody can see by now, oldest first."""
        with self.lock:
            now = self.clock()
            return [one for one in self._comments.values() if one.shown_from is None or one.shown_from <= now]

    def all_comments(self) -> list[Comment]:
        """Also those that are not shown yet."""
        with self.lock:
            return list(self._comments.values())

    def comment(self, comment_id: str) -> Comment | None:
        return self._comments.get(comment_id)
