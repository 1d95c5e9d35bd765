"""The state of a small Reddit in memory: redditors, subreddits, submissions, comments and messages.

Every method takes the lock, so tests and requests can come from any thread.
"""

from __future__ import annotations

import itertools
import re
import threading
from datetime import datetime

from bot.sandbox.clock import Clock, utc_now
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
    is_visible,
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
]

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_FIRST_ID = 36**5


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
        self._private_messages: list[PrivateMessage] = []
        self._notifications: list[Notification] = []
        self.conversations: dict[str, Conversation] = {}
        self.wiki: dict[tuple[str, str], WikiPage] = {}
        """Subreddit name in lower case and page name -> page."""
        self.share_links: dict[str, Submission | Comment] = {}
        """Codes of share links -> what they lead to."""
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
        visible_from: datetime | None = None,
    ) -> Comment:
        with self.lock:
            comment = Comment(
                self._new_id(),
                submission,
                author,
                body,
                published or self.clock(),
                parent,
                visible_from=visible_from,
            )
            self._comments[comment.id] = comment
            self._notify(comment)
            return comment

    def _notify(self, comment: Comment) -> None:
        """Notify the user who is answered, and every user who is mentioned."""
        answered = comment.parent.author if comment.parent else comment.submission.author
        for redditor in self.redditors.values():
            mentioned = re.search(
                rf"(?<![\w/])/?u/{re.escape(redditor.name)}(?![\w-])", comment.body, re.IGNORECASE
            )
            if redditor is comment.author or not (mentioned or redditor is answered):
                continue
            kind = "username_mention"
            if redditor is answered:
                kind = "comment_reply" if comment.parent else "post_reply"
            self._notifications.append(Notification(redditor, comment, kind))

    def add_private_message(
        self, author: Redditor, subject: str, body: str, **details: object
    ) -> PrivateMessage:
        """Send to the user `to`, or to the moderators of `to_subreddit`, who see it as modmail."""
        with self.lock:
            message = PrivateMessage(self._new_id(), author, subject, body, self.clock(), **details)  # type: ignore[arg-type]
            self._private_messages.append(message)
            if message.to is not None:
                self._notifications.append(Notification(message.to, message, "message"))
            if message.to_subreddit is not None:
                self._add_to_conversation(message, message.to_subreddit)
            return message

    def _add_to_conversation(self, message: PrivateMessage, subreddit: Subreddit) -> None:
        """An answer joins the conversation of the message that it answers."""
        known = (each for each in self.conversations.values() if message.parent in each.messages)
        conversation = next(known, None) or Conversation(self._new_id(), subreddit, message.subject)
        self.conversations[conversation.id] = conversation
        conversation.messages.append(message)

    def add_modmail_message(self, conversation: Conversation, author: Redditor, body: str) -> PrivateMessage:
        """Add a moderator's message to a conversation."""
        with self.lock:
            message = PrivateMessage(
                self._new_id(),
                author,
                conversation.subject,
                body,
                self.clock(),
                to_subreddit=conversation.subreddit,
            )
            self._private_messages.append(message)
            conversation.messages.append(message)
            return message

    def notifications(self, recipient: Redditor) -> list[Notification]:
        """Visible notifications, newest first."""
        with self.lock:
            now = self.clock()
            own = (each for each in reversed(self._notifications) if each.recipient is recipient)
            return [each for each in own if is_visible(each.item, now)]

    def private_messages(self) -> list[PrivateMessage]:
        """Visible messages, newest first."""
        with self.lock:
            now = self.clock()
            return [each for each in reversed(self._private_messages) if is_visible(each, now)]

    def all_private_messages(self) -> list[PrivateMessage]:
        """All messages, also those not visible yet, oldest first."""
        with self.lock:
            return list(self._private_messages)

    def add_wiki_revision(self, subreddit: Subreddit, name: str, text: str, author: Redditor) -> WikiPage:
        with self.lock:
            page = self.wiki.setdefault((subreddit.name.lower(), name), WikiPage())
            page.revisions.append(Revision(self._new_id(), text, author, self.clock()))
            return page

    def comments(self) -> list[Comment]:
        """Visible comments, oldest first."""
        with self.lock:
            now = self.clock()
            return [each for each in self._comments.values() if is_visible(each, now)]

    def all_comments(self) -> list[Comment]:
        """All comments, also those not visible yet."""
        with self.lock:
            return list(self._comments.values())

    def comment(self, comment_id: str) -> Comment | None:
        return self._comments.get(comment_id)
