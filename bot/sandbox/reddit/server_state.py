"""What a small Reddit knows: redditors, subreddits, submissions and comments, all in memory.

Every method takes the lock, so that tests and requests may come from any thread.
"""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from bot.sandbox.reddit.records import (
    Comment,
    Conversation,
    Notification,
    PrivateMessage,
    Redditor,
    Revision,
    Submission,
    Subreddit,
    WikiPage,
)

__all__ = [
    "Comment",
    "Conversation",
    "Notification",
    "PrivateMessage",
    "Redditor",
    "ServerState",
    "Submission",
    "Subreddit",
    "WikiPage",
    "utc_now",
]

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


class ServerState:
    def __init__(self, clock: Clock = utc_now) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.redditors: dict[str, Redditor] = {}
        self.subreddits: dict[str, Subreddit] = {}
        self.submissions: dict[str, Submission] = {}
        self._comments: dict[str, Comment] = {}
        self._letters: list[PrivateMessage] = []
        self._notices: list[Notification] = []
        self.conversations: dict[str, Conversation] = {}
        self.wiki: dict[tuple[str, str], WikiPage] = {}
        """By the subreddit's name in lower case, and the page's."""
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
            self._announce(comment)
            return comment

    def _announce(self, comment: Comment) -> None:
        """Whoever is answered is told so; a user who is named, of that."""
        answered = comment.parent.author if comment.parent else comment.submission.author
        for redditor in self.redditors.values():
            named = re.search(
                rf"(?<![\w/])/?u/{re.escape(redditor.name)}(?![\w-])", comment.body, re.IGNORECASE
            )
            if redditor is comment.author or not (named or redditor is answered):
                continue
            kind = "username_mention"
            if redditor is answered:
                kind = "comment_reply" if comment.parent else "post_reply"
            self._notices.append(Notification(redditor, comment, kind))

    def add_private_message(
        self, author: Redditor, subject: str, body: str, **details: object
    ) -> PrivateMessage:
        """To a person, or with `to_place` to moderators: they see it as modmail."""
        with self.lock:
            letter = PrivateMessage(self._new_id(), author, subject, body, self.clock(), **details)  # type: ignore[arg-type]
            self._letters.append(letter)
            if letter.to is not None:
                self._notices.append(Notification(letter.to, letter, "letter"))
            if letter.to_place is not None:
                self._file(letter, letter.to_place)
            return letter

    def _file(self, letter: PrivateMessage, place: Subreddit) -> None:
        """An answer goes to the conversation that holds what it answers."""
        known = (each for each in self.conversations.values() if letter.parent in each.messages)
        talk = next(known, None) or Conversation(self._new_id(), place, letter.subject)
        self.conversations[talk.id] = talk
        talk.messages.append(letter)

    def add_modmail_message(self, talk: Conversation, author: Redditor, body: str) -> PrivateMessage:
        """Another message in a conversation; what came from outside is answered there."""
        with self.lock:
            letter = PrivateMessage(
                self._new_id(), author, talk.subject, body, self.clock(), to_place=talk.subreddit
            )
            self._letters.append(letter)
            talk.messages.append(letter)
            return letter

    def notifications(self, recipient: Redditor) -> list[Notification]:
        """Newest first, those not shown yet left out."""
        with self.lock:
            now = self.clock()
            mine = (notice for notice in reversed(self._notices) if notice.recipient is recipient)
            return [each for each in mine if each.item.shown_from is None or each.item.shown_from <= now]

    def private_messages(self) -> list[PrivateMessage]:
        """Newest first, those not shown yet left out."""
        with self.lock:
            now = self.clock()
            return [
                each for each in reversed(self._letters) if each.shown_from is None or each.shown_from <= now
            ]

    def all_private_messages(self) -> list[PrivateMessage]:
        """Also those that are not shown yet, oldest first."""
        with self.lock:
            return list(self._letters)

    def add_wiki_revision(self, place: Subreddit, page: str, text: str, author: Redditor) -> WikiPage:
        with self.lock:
            kept = self.wiki.setdefault((place.name.lower(), page), WikiPage())
            kept.revisions.append(Revision(self._new_id(), text, author, self.clock()))
            return kept

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
