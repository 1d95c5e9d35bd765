"""What a small Lemmy server knows: people, communities, posts and comments, all in memory.

Every method takes the lock, so that tests and requests may come from any thread.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

Clock = Callable[[], datetime]

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


def utc_now() -> datetime:
    return datetime.now(UTC)


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
    totp: bool = False
    pending: bool = False


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
    consents: bool = True
    """Whether it lets people subscribe at once, or keeps them waiting."""
    followers: dict[int, str] = field(default_factory=dict)
    """Person -> "Subscribed" or "Pending"."""

    def standing(self, person: Person | None) -> str:
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
    liked: bool = True
    """The author's own vote; a half-stored comment lacks it."""
    shown_from: datetime | None = None
    """Before this time nobody sees it (a late commit, a lagging replica)."""

    @property
    def depth(self) -> int:
        return self.path.count(".")


_Named = TypeVar("_Named", Person, Community)


class World:
    def __init__(self, host: str, clock: Clock = utc_now) -> None:
        self.host = host
        self.clock = clock
        self.lock = threading.RLock()
        self.began = clock()
        self.people: dict[int, Person] = {}
        self.communities: dict[int, Community] = {}
        self.posts: dict[int, Post] = {}
        self._comments: dict[int, Comment] = {}
        self._ids = {kind: itertools.count(1) for kind in ("person", "community", "post", "comment")}

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
            return post

    def add_comment(
        self,
        post: Post,
        creator: Person,
        content: str,
        parent: Comment | None = None,
        *,
        language_id: int = 0,
        liked: bool = True,
        shown_from: datetime | None = None,
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
                liked=liked,
                shown_from=shown_from,
            )
            self._comments[number] = comment
            return comment

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

    def comments(self) -> list[Comment]:
        """Those that anybody can see by now, oldest first."""
        with self.lock:
            now = self.clock()
            return [
                item for item in self._comments.values() if item.shown_from is None or item.shown_from <= now
            ]

    def all_comments(self) -> list[Comment]:
        """Also those that are not shown yet."""
        with self.lock:
            return list(self._comments.values())
