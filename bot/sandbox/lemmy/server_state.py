"""The data of a small Lemmy or PieFed server, in memory: people, communities, posts, comments and messages.

Every method takes the lock, so tests and requests may call from any thread.
"""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from bot.sandbox.clock import Clock, utc_now
from bot.sandbox.lemmy.mentions import MentionRule, mentions_on_lemmy
from bot.sandbox.lemmy.records import (
    Comment,
    Community,
    Notification,
    Person,
    Post,
    PrivateMessage,
    is_visible,
)

__all__ = [
    "LANGUAGES",
    "Clock",
    "Comment",
    "Community",
    "Notification",
    "Person",
    "Post",
    "PrivateMessage",
    "ServerState",
    "utc_now",
]

_LANGUAGE_CODES = (
    "und aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv "
    "dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig "
    "ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh "
    "mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru "
    "rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug "
    "uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
LANGUAGES = tuple(_LANGUAGE_CODES.split())
"""Language codes (ISO 639-1, after "undetermined") by their number on a Lemmy server."""


_LOCAL_ADDRESS = re.compile(r"https?://(?P<host>[^/]+)/(?P<kind>post|comment)/(?P<number>\d+)")

_Named = TypeVar("_Named", Person, Community)


def _no_delay() -> timedelta | None:
    return None


class ServerState:
    def __init__(self, host: str, clock: Clock = utc_now, mentions: MentionRule = mentions_on_lemmy) -> None:
        """`mentions` decides whether a text mentions a person."""
        self.host = host
        self.clock = clock
        self._mentions = mentions
        self.lock = threading.RLock()
        self.started_at = clock()
        self.remote_addresses: dict[str, Post | Comment] = {}
        """Addresses on other servers -> the copies of their posts and comments here."""
        self.unreachable_hosts: dict[str, str] = {}
        """Servers whose communities cannot be looked up, and the message of that error."""
        self.people: dict[int, Person] = {}
        self.communities: dict[int, Community] = {}
        self.posts: dict[int, Post] = {}
        self._comments: dict[int, Comment] = {}
        self._comments_by_post: dict[int, list[Comment]] = {}
        """Post id -> all its comments."""
        self._notifications: list[Notification] = []
        self._private_messages: list[PrivateMessage] = []
        kinds = ("person", "community", "post", "comment", "notification", "message")
        self.next_link_delay: Callable[[], timedelta | None] = _no_delay
        """How long after the next post its link is added; None if it is saved with its link."""
        self._ids = {kind: itertools.count(1) for kind in kinds}

    def add_person(self, name: str, host: str | None = None, **details: object) -> Person:
        with self.lock:
            person = Person(next(self._ids["person"]), name, host or self.host, self.clock(), **details)  # type: ignore[arg-type]
            self.people[person.id] = person
            return person

    def add_community(self, name: str, host: str | None = None, **details: object) -> Community:
        with self.lock:
            number = next(self._ids["community"])
            title = str(details.pop("title", name.capitalize()))
            community = Community(number, name, title, host or self.host, self.clock(), **details)  # type: ignore[arg-type]
            self.communities[number] = community
            return community

    def add_post(
        self,
        community: Community,
        creator: Person,
        name: str,
        url: str | None = None,
        *,
        published: datetime | None = None,
        **details: object,
    ) -> Post:
        with self.lock:
            number = next(self._ids["post"])
            published = published or self.clock()
            post = Post(number, name, community, creator, published, url, **details)  # type: ignore[arg-type]
            if url is not None and post.link_visible_from is None:
                delay = self.next_link_delay()
                post.link_visible_from = None if delay is None else self.clock() + delay
            self.posts[number] = post
            self._notify(post, post.body or "", creator, None)
            return post

    def add_comment(
        self,
        post: Post,
        creator: Person,
        content: str,
        parent: Comment | None = None,
        *,
        language_id: int = 0,
        author_upvoted: bool = True,
        visible_from: datetime | None = None,
    ) -> Comment:
        with self.lock:
            number = next(self._ids["comment"])
            path = f"{parent.path if parent else '0'}.{number}"
            comment = Comment(
                number,
                post,
                creator,
                content,
                path,
                self.clock(),
                language_id,
                author_upvoted=author_upvoted,
                visible_from=visible_from,
            )
            self._comments[number] = comment
            self._comments_by_post.setdefault(post.id, []).append(comment)
            if author_upvoted:
                self.notify(comment)
            for notification in self.notifications(creator):
                if notification.item is parent and parent is not None:  # a reply marks it as read
                    notification.read = True
            return comment

    def add_private_message(
        self, creator: Person, recipient: Person, content: str, visible_from: datetime | None = None
    ) -> PrivateMessage:
        with self.lock:
            now = self.clock()
            message = PrivateMessage(
                next(self._ids["message"]), creator, recipient, content, now, visible_from=visible_from
            )
            self._private_messages.append(message)
            self._notifications.append(Notification(next(self._ids["notification"]), recipient, message, now))
            return message

    def notify(self, comment: Comment) -> None:
        """Notify the person whom the comment replies to and the people it mentions.

        For a new comment, and on servers that do so for each edit.
        """
        ancestors = comment.path.split(".")[1:-1]
        parent = self._comments[int(ancestors[-1])] if ancestors else None
        replied_to = parent.creator if parent else comment.post.creator
        self._notify(comment, comment.content, comment.creator, replied_to)

    def mentions_someone_new(self, text: str, before: str) -> bool:
        """Whether a text mentions somebody whom the text before did not."""
        return any(
            self._mentions(text, each.name, each.host) and not self._mentions(before, each.name, each.host)
            for each in self.people.values()
        )

    def _notify(self, item: Comment | Post, text: str, creator: Person, replied_to: Person | None) -> None:
        for person in self.people.values():
            mentioned = self._mentions(text, person.name, person.host)
            replied = person is replied_to
            if person is not creator and (mentioned or replied):
                number = next(self._ids["notification"])
                self._notifications.append(
                    Notification(number, person, item, self.clock(), mentioned, replied)
                )

    def notifications(self, recipient: Person) -> list[Notification]:
        """Newest first, including those of deleted comments."""
        with self.lock:
            now = self.clock()
            return [
                notification
                for notification in reversed(self._notifications)
                if notification.recipient is recipient and is_visible(notification.item, now)
            ]

    def notification(self, number: int) -> Notification | None:
        with self.lock:
            return next(
                (notification for notification in self._notifications if notification.id == number), None
            )

    def notification_of(self, message: PrivateMessage) -> Notification:
        with self.lock:
            return next(notification for notification in self._notifications if notification.item is message)

    def private_messages(self) -> list[PrivateMessage]:
        """Those that are visible by now, newest first."""
        with self.lock:
            now = self.clock()
            return [message for message in reversed(self._private_messages) if is_visible(message, now)]

    def all_private_messages(self) -> list[PrivateMessage]:
        """Including those that are not visible yet, oldest first."""
        with self.lock:
            return list(self._private_messages)

    def person(self, handle: str) -> Person | None:
        """The person with the handle `name` or `name@host`, in any case."""
        return self._by_handle(self.people.values(), handle)

    def community(self, handle: str) -> Community | None:
        return self._by_handle(self.communities.values(), handle)

    def _by_handle(self, items: Iterable[_Named], handle: str) -> _Named | None:
        name, _, host = handle.lower().partition("@")
        wanted = (name, host or self.host.lower())
        with self.lock:
            return next((item for item in items if (item.name.lower(), item.host.lower()) == wanted), None)

    def comments(self, post: Post | None = None) -> list[Comment]:
        """Those that are visible by now, of one post or of all, oldest first."""
        with self.lock:
            now = self.clock()
            comments = self._comments.values() if post is None else self._comments_by_post.get(post.id, ())
            return [item for item in comments if is_visible(item, now)]

    def all_comments(self) -> list[Comment]:
        """Including those that are not visible yet."""
        with self.lock:
            return list(self._comments.values())

    def find_object(self, address: str) -> Post | Comment | None:
        """The post or comment that is not deleted, by its address here (`/post/1`) or on another server."""
        with self.lock:
            local = _LOCAL_ADDRESS.fullmatch(address)
            found: Post | Comment | None = self.remote_addresses.get(address)
            if local is not None and local["host"] == self.host:
                rows: dict[int, Post] | dict[int, Comment]
                rows = self.posts if local["kind"] == "post" else self._comments
                found = rows.get(int(local["number"]))
            return None if found is None or found.deleted or found.removed else found

    def purge(self, comment: Comment) -> None:
        """Remove a comment as an admin does who purges it: nothing is left of it."""
        with self.lock:
            del self._comments[comment.id]
            self._comments_by_post[comment.post.id].remove(comment)

    def ban_from_community(self, person: Person, community: Community) -> None:
        """Ban a person. This also ends the subscription, which does not come back when the ban is lifted.

        Measured on Lemmy 0.19.20 and 1.0.
        """
        with self.lock:
            community.banned.add(person.id)
            community.followers.pop(person.id, None)
