"""What a small Lemmy server knows: people, communities, posts and comments, all in memory.

Every method takes the lock, so that tests and requests may come from any thread.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterable
from datetime import datetime
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

_CODES = (
    "und aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv "
    "dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig "
    "ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh "
    "mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru "
    "rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug "
    "uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
LANGUAGES = tuple(_CODES.split())
"""Language codes (ISO 639-1, after "undetermined") by their number on a Lemmy server."""


_Named = TypeVar("_Named", Person, Community)


class ServerState:
    def __init__(self, host: str, clock: Clock = utc_now, mentions: MentionRule = mentions_on_lemmy) -> None:
        """`names` says whom a text names."""
        self.host = host
        self.clock = clock
        self._names = mentions
        self.lock = threading.RLock()
        self.started_at = clock()
        self.people: dict[int, Person] = {}
        self.communities: dict[int, Community] = {}
        self.posts: dict[int, Post] = {}
        self._comments: dict[int, Comment] = {}
        self._below: dict[int, list[Comment]] = {}
        """All comments of a post, by its id."""
        self._notices: list[Notification] = []
        self._letters: list[PrivateMessage] = []
        kinds = ("person", "community", "post", "comment", "notice", "letter")
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
            when = published or self.clock()
            post = Post(number, name, community, creator, when, url, **details)  # type: ignore[arg-type]
            self.posts[number] = post
            self._announce(post, post.body or "", creator, None)
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
            self._below.setdefault(post.id, []).append(comment)
            if author_upvoted:
                self.notify(comment)
            for notice in self.notifications(creator):
                if notice.item is parent and parent is not None:  # whoever answers has read it
                    notice.read = True
            return comment

    def add_private_message(
        self, creator: Person, recipient: Person, content: str, visible_from: datetime | None = None
    ) -> PrivateMessage:
        with self.lock:
            now = self.clock()
            letter = PrivateMessage(
                next(self._ids["letter"]), creator, recipient, content, now, visible_from=visible_from
            )
            self._letters.append(letter)
            self._notices.append(Notification(next(self._ids["notice"]), recipient, letter, now))
            return letter

    def notify(self, comment: Comment) -> None:
        """Tell whoever is answered or named: at first, and where the server does so, at each edit."""
        ancestors = comment.path.split(".")[1:-1]
        parent = self._comments[int(ancestors[-1])] if ancestors else None
        answered = parent.creator if parent else comment.post.creator
        self._announce(comment, comment.content, comment.creator, answered)

    def mentions_someone_new(self, text: str, before: str) -> bool:
        """Whether a text names somebody whom it did not name before."""
        return any(
            self._names(text, each.name, each.host) and not self._names(before, each.name, each.host)
            for each in self.people.values()
        )

    def _announce(self, about: Comment | Post, text: str, creator: Person, answered: Person | None) -> None:
        for person in self.people.values():
            named, replied = self._names(text, person.name, person.host), person is answered
            if person is not creator and (named or replied):
                number = next(self._ids["notice"])
                self._notices.append(Notification(number, person, about, self.clock(), named, replied))

    def notifications(self, recipient: Person) -> list[Notification]:
        """Newest first; those of deleted comments too."""
        with self.lock:
            now = self.clock()
            return [
                notice
                for notice in reversed(self._notices)
                if notice.recipient is recipient and is_visible(notice.item, now)
            ]

    def notification(self, number: int) -> Notification | None:
        with self.lock:
            return next((notice for notice in self._notices if notice.id == number), None)

    def notification_of(self, letter: PrivateMessage) -> Notification:
        with self.lock:
            return next(notice for notice in self._notices if notice.item is letter)

    def private_messages(self) -> list[PrivateMessage]:
        """Those that can be seen by now, newest first."""
        with self.lock:
            now = self.clock()
            return [letter for letter in reversed(self._letters) if is_visible(letter, now)]

    def all_private_messages(self) -> list[PrivateMessage]:
        """Also those that are not shown yet, oldest first."""
        with self.lock:
            return list(self._letters)

    def person(self, handle: str) -> Person | None:
        """By `name` or `name@host`, in any case."""
        return self._by_handle(self.people.values(), handle)

    def community(self, handle: str) -> Community | None:
        return self._by_handle(self.communities.values(), handle)

    def _by_handle(self, items: Iterable[_Named], handle: str) -> _Named | None:
        name, _, host = handle.lower().partition("@")
        wanted = (name, host or self.host.lower())
        with self.lock:
            return next((item for item in items if (item.name.lower(), item.host.lower()) == wanted), None)

    def comments(self, post: Post | None = None) -> list[Comment]:
        """Those that anybody can see by now, of one post or of all, oldest first."""
        with self.lock:
            now = self.clock()
            among = self._comments.values() if post is None else self._below.get(post.id, ())
            return [item for item in among if is_visible(item, now)]

    def all_comments(self) -> list[Comment]:
        """Also those that are not shown yet."""
        with self.lock:
            return list(self._comments.values())
