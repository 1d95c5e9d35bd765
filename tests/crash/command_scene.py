"""What people ask of a daemon that is killed while it does so, on both servers of a stage."""

from __future__ import annotations

import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from bot.sandbox.environment import Stage, stop
from bot.sandbox.server_software import Home

SETTLE = 1.2
PATIENCE = 300.0
"""Seconds; a busy machine takes half a minute to start a daemon."""
NEWS, HALL = "news", "hall"
"""In the second one replies are paused and resumed."""
LEFT, BACK = "`opt in` takes it back", "Welcome back"
"""Words of the answers to an opt-out and to an opt-in."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Something that people are to see so many times, and how often they do."""

    kind: str
    wanted: int
    seen: Callable[[], int]


class People(ABC):
    """Those who live on one server, and what they can do there."""

    def __init__(self, stage: Stage, bot: object) -> None:
        self._stage = stage
        self._bot = bot
        self._names = count(1)

    @abstractmethod
    def settle_in(self, name: str) -> Any:
        """A new account."""

    @abstractmethod
    def appoint(self, person: Any) -> None:
        """Make somebody a moderator of all places."""

    @abstractmethod
    def post(self, author: Any, place: str) -> Any: ...
    @abstractmethod
    def answer(self, author: Any, reply: Any, text: str) -> None: ...
    @abstractmethod
    def write(self, author: Any, text: str) -> None:
        """A private message to the bot."""

    @abstractmethod
    def letters(self, person: Any) -> list[str]:
        """The bot's private messages to somebody."""

    @abstractmethod
    def replies(self, post: Any) -> list[Any]:
        """The bot's, under a post, also deleted ones."""

    @abstractmethod
    def name(self, place: str) -> str:
        """A community as people write it."""

    def count_letters(self, person: Any, words: str) -> int:
        return sum(words in letter for letter in self.letters(person))

    def newcomer(self) -> Any:
        return self.settle_in(f"guest{next(self._names)}")

    def deleted(self, post: Any) -> int:
        """How many replies are gone, when none stands."""
        replies = self.replies(post)
        return len(replies) if all(each.deleted for each in replies) else 0

    def standing(self, post: Any) -> int:
        return sum(not each.deleted for each in self.replies(post))


class AtHome(People):
    def settle_in(self, name: str) -> Any:
        return self._stage.home.world.add_person(name)

    def appoint(self, person: Any) -> None:
        for community in self._stage.communities:
            community.moderators.append(person)

    def post(self, author: Any, place: str) -> Any:
        community = next(each for each in self._stage.communities if each.name == place)
        return self._stage.home.world.add_post(community, author, "A post", self._stage.article_urls()[0])

    def answer(self, author: Any, reply: Any, text: str) -> None:
        self._stage.home.world.add_comment(reply.post, author, text, reply)

    def write(self, author: Any, text: str) -> None:
        self._stage.home.world.add_letter(author, self._stage.bot, text)

    def letters(self, person: Any) -> list[str]:
        letters = self._stage.home.world.all_letters()
        return [each.content for each in letters if each.creator is self._bot and each.recipient is person]

    def replies(self, post: Any) -> list[Any]:
        comments = self._stage.home.world.all_comments()
        return [each for each in comments if each.post is post and each.creator is self._bot]

    def name(self, place: str) -> str:
        return f"!{place}@{self._stage.home.world.host}"


class OnReddit(People):
    def settle_in(self, name: str) -> Any:
        return self._stage.reddit.world.add_redditor(name)

    def appoint(self, person: Any) -> None:
        for subreddit in self._stage.subreddits:
            subreddit.moderators.append(person)

    def post(self, author: Any, place: str) -> Any:
        subreddit = next(each for each in self._stage.subreddits if each.name == place)
        url = self._stage.article_urls()[0]
        return self._stage.reddit.world.add_submission(subreddit, author, "A post", url)

    def answer(self, author: Any, reply: Any, text: str) -> None:
        self._stage.reddit.world.add_comment(reply.submission, author, text, reply)

    def write(self, author: Any, text: str) -> None:
        self._stage.reddit.world.add_letter(author, "hello", text, to=self._stage.redditor)

    def letters(self, person: Any) -> list[str]:
        letters = self._stage.reddit.world.all_letters()
        return [each.body for each in letters if each.author is self._bot and each.to is person]

    def replies(self, post: Any) -> list[Any]:
        comments = self._stage.reddit.world.all_comments()
        return [each for each in comments if each.submission is post and each.author is self._bot]

    def name(self, place: str) -> str:
        return f"r/{place}"


@dataclass
class Village:
    """One server's people through all lives of the daemon."""

    people: People
    wishes: list[Wish] = field(default_factory=list)
    _posts: list[tuple[Any, Any]] = field(default_factory=list)
    """Who posted what in this life."""
    _leaver: Any = None
    """Who opted out in the newest life."""
    _returner: Any = None
    _mod: Any = None
    _paused: bool = False

    def post(self) -> None:
        authors = [self.people.newcomer(), self.people.newcomer()]
        self._posts = [(author, self.people.post(author, NEWS)) for author in authors]

    def ask(self) -> None:
        """Everything at once: two deletes, an opt-out, the opt-in of the one before, a pause or its end."""
        people = self.people
        (poster, first), (_, second) = self._posts
        leaver, returner, mod = people.newcomer(), self._leaver, people.newcomer()
        people.appoint(mod)
        people.answer(poster, people.replies(first)[0], "delete")
        people.answer(mod, people.replies(second)[0], "delete")
        people.write(leaver, "opt out")
        self._paused = not self._paused
        verb = "pause" if self._paused else "resume"
        people.write(mod, f"{verb} {people.name(HALL)}")
        self.wishes += [
            Wish("delete, by the poster", 1, lambda: people.deleted(first)),
            Wish("delete, by a moderator", 1, lambda: people.deleted(second)),
            Wish("opt out", 1, lambda: people.count_letters(leaver, LEFT)),
            Wish(verb, 1, lambda: len(people.letters(mod))),
        ]
        if returner is not None:
            people.write(returner, "opt in")
            self.wishes.append(Wish("opt in", 1, lambda: people.count_letters(returner, BACK)))
        self._leaver, self._returner, self._mod = leaver, returner, mod

    def is_heard(self) -> bool:
        return all(wish.seen() >= wish.wanted for wish in self.wishes)

    def try_out(self) -> None:
        """Later posts, which show what the words have changed."""
        self._expect("reply to who opted out", 0, self._leaver, NEWS)
        if self._paused:
            self._expect("reply where it is paused", 0, self._mod, HALL)
        else:
            self._expect("reply where it was resumed", 1, self._mod, HALL)
        if self._returner is not None:
            self._expect("reply to who opted in again", 1, self._returner, NEWS)

    def _expect(self, kind: str, wanted: int, author: Any, place: str) -> None:
        post = self.people.post(author, place)
        self.wishes.append(Wish(kind, wanted, lambda: len(self.people.replies(post))))


class Scene:
    """A home and a Reddit, and one daemon for both."""

    def __init__(self, folder: Path, home: Home) -> None:
        self.stage = Stage(folder, home=home, communities=(NEWS, HALL), subreddits=(NEWS, HALL))
        self.villages = {
            home.value: Village(AtHome(self.stage, self.stage.bot)),
            "Reddit": Village(OnReddit(self.stage, self.stage.redditor)),
        }

    def live(self, steps: Iterable[int]) -> None:
        """A life for each step: the daemon is killed so many requests after people have had their say."""
        villages = self.villages.values()
        daemon = self._start()
        try:
            for step in steps:
                for village in villages:
                    village.post()
                self._until(daemon, self._is_idle)
                before = self._requests()
                for village in villages:
                    village.ask()
                self._until(daemon, lambda until=before + step: self._requests() >= until, pause=0.002)
                daemon.kill()
                daemon.wait()
                daemon = self._start()
                self._until(daemon, lambda: all(village.is_heard() for village in villages))
                for village in villages:
                    village.try_out()
            self._until(daemon, self._is_idle)
        finally:
            code = stop(daemon)
        assert code == 0, f"exit {code}:\n{self.stage.log.read_text()[-2000:]}"

    def _is_idle(self) -> bool:
        return self.stage.ended() == self.stage.posts()

    def _requests(self) -> int:
        return len(self.stage.home.seen) + len(self.stage.reddit.seen)

    def _start(self) -> subprocess.Popen[bytes]:
        return self.stage.start_daemon("--settle", str(SETTLE))

    def _until(self, daemon: subprocess.Popen[bytes], holds: Callable[[], bool], pause: float = 0.05) -> None:
        began = time.monotonic()
        while not holds():
            assert daemon.poll() is None, f"the daemon ended by itself:\n{self._log()}"
            assert time.monotonic() - began < PATIENCE, f"{self._unheard()}\n{self._log()}"
            time.sleep(pause)

    def _unheard(self) -> str:
        return "\n".join(
            f"{name}: {wish.kind} {wish.seen()}, not {wish.wanted}"
            for name, village in self.villages.items()
            for wish in village.wishes
            if wish.seen() != wish.wanted
        )

    def _log(self) -> str:
        return self.stage.log.read_text()[-2000:]
