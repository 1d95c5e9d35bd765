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

from bot.sandbox.environment import SandboxEnvironment, stop_daemon
from bot.sandbox.server_software import ServerSoftware

SETTLE = 1.2
PATIENCE = 300.0
"""Seconds; a busy machine takes half a minute to start a daemon."""
NEWS, HALL = "news", "hall"
"""In the second one replies are paused and resumed."""
LEFT, BACK = "To undo this, write `opt in`", "your posts can get replies again"
"""Words of the answers to an opt-out and to an opt-in."""


@dataclass(frozen=True, slots=True)
class ExpectedEffect:
    """Something that people are to see so many times, and how often they do."""

    name: str
    expected: int
    count: Callable[[], int]


class PlatformActions(ABC):
    """Those who live on one server, and what they can do there."""

    def __init__(self, stage: SandboxEnvironment, bot: object) -> None:
        self._stage = stage
        self._bot = bot
        self._names = count(1)

    @abstractmethod
    def create_account(self, name: str) -> Any:
        """A new account."""

    @abstractmethod
    def make_moderator(self, person: Any) -> None:
        """Make somebody a moderator of all places."""

    @abstractmethod
    def post(self, author: Any, place: str) -> Any: ...
    @abstractmethod
    def reply_to(self, author: Any, reply: Any, text: str) -> None: ...
    @abstractmethod
    def send_message(self, author: Any, text: str) -> None:
        """A private message to the bot."""

    @abstractmethod
    def messages_from_bot(self, person: Any) -> list[str]:
        """The bot's private messages to somebody."""

    @abstractmethod
    def replies(self, post: Any) -> list[Any]:
        """The bot's, under a post, also deleted ones."""

    @abstractmethod
    def community_name(self, place: str) -> str:
        """A community as people write it."""

    def count_messages(self, person: Any, words: str) -> int:
        return sum(words in letter for letter in self.messages_from_bot(person))

    def new_user(self) -> Any:
        return self.create_account(f"guest{next(self._names)}")

    def count_deleted(self, post: Any) -> int:
        """How many replies are gone, when none stands."""
        replies = self.replies(post)
        return len(replies) if all(each.deleted for each in replies) else 0

    def count_visible(self, post: Any) -> int:
        return sum(not each.deleted for each in self.replies(post))


class FediverseActions(PlatformActions):
    def create_account(self, name: str) -> Any:
        return self._stage.fediverse.state.add_person(name)

    def make_moderator(self, person: Any) -> None:
        for community in self._stage.communities:
            community.moderators.append(person)

    def post(self, author: Any, place: str) -> Any:
        community = next(each for each in self._stage.communities if each.name == place)
        return self._stage.fediverse.state.add_post(
            community, author, "A post", self._stage.article_urls()[0]
        )

    def reply_to(self, author: Any, reply: Any, text: str) -> None:
        self._stage.fediverse.state.add_comment(reply.post, author, text, reply)

    def send_message(self, author: Any, text: str) -> None:
        self._stage.fediverse.state.add_private_message(author, self._stage.bot, text)

    def messages_from_bot(self, person: Any) -> list[str]:
        letters = self._stage.fediverse.state.all_private_messages()
        return [each.content for each in letters if each.creator is self._bot and each.recipient is person]

    def replies(self, post: Any) -> list[Any]:
        comments = self._stage.fediverse.state.all_comments()
        return [each for each in comments if each.post is post and each.creator is self._bot]

    def community_name(self, place: str) -> str:
        return f"!{place}@{self._stage.fediverse.state.host}"


class RedditActions(PlatformActions):
    def create_account(self, name: str) -> Any:
        return self._stage.reddit.state.add_redditor(name)

    def make_moderator(self, person: Any) -> None:
        for subreddit in self._stage.subreddits:
            subreddit.moderators.append(person)

    def post(self, author: Any, place: str) -> Any:
        subreddit = next(each for each in self._stage.subreddits if each.name == place)
        url = self._stage.article_urls()[0]
        return self._stage.reddit.state.add_submission(subreddit, author, "A post", url)

    def reply_to(self, author: Any, reply: Any, text: str) -> None:
        self._stage.reddit.state.add_comment(reply.submission, author, text, reply)

    def send_message(self, author: Any, text: str) -> None:
        self._stage.reddit.state.add_private_message(author, "hello", text, to=self._stage.reddit_bot)

    def messages_from_bot(self, person: Any) -> list[str]:
        letters = self._stage.reddit.state.all_private_messages()
        return [each.body for each in letters if each.author is self._bot and each.to is person]

    def replies(self, post: Any) -> list[Any]:
        comments = self._stage.reddit.state.all_comments()
        return [each for each in comments if each.submission is post and each.author is self._bot]

    def community_name(self, place: str) -> str:
        return f"r/{place}"


@dataclass
class PlatformScenario:
    """One server's people through all lives of the daemon."""

    actions: PlatformActions
    effects: list[ExpectedEffect] = field(default_factory=list)
    _posts: list[tuple[Any, Any]] = field(default_factory=list)
    """Who posted what in this life."""
    _leaver: Any = None
    """Who opted out in the newest life."""
    _returner: Any = None
    _mod: Any = None
    _paused: bool = False

    def post(self) -> None:
        authors = [self.actions.new_user(), self.actions.new_user()]
        self._posts = [(author, self.actions.post(author, NEWS)) for author in authors]

    def send_commands(self) -> None:
        """Everything at once: two deletes, an opt-out, the opt-in of the one before, a pause or its end."""
        people = self.actions
        (poster, first), (_, second) = self._posts
        leaver, returner, mod = people.new_user(), self._leaver, people.new_user()
        people.make_moderator(mod)
        people.reply_to(poster, people.replies(first)[0], "delete")
        people.reply_to(mod, people.replies(second)[0], "delete")
        people.send_message(leaver, "opt out")
        self._paused = not self._paused
        verb = "pause" if self._paused else "resume"
        people.send_message(mod, f"{verb} {people.community_name(HALL)}")
        self.effects += [
            ExpectedEffect("delete, by the poster", 1, lambda: people.count_deleted(first)),
            ExpectedEffect("delete, by a moderator", 1, lambda: people.count_deleted(second)),
            ExpectedEffect("opt out", 1, lambda: people.count_messages(leaver, LEFT)),
            ExpectedEffect(verb, 1, lambda: len(people.messages_from_bot(mod))),
        ]
        if returner is not None:
            people.send_message(returner, "opt in")
            self.effects.append(ExpectedEffect("opt in", 1, lambda: people.count_messages(returner, BACK)))
        self._leaver, self._returner, self._mod = leaver, returner, mod

    def all_effects_seen(self) -> bool:
        return all(wish.count() >= wish.expected for wish in self.effects)

    def post_again(self) -> None:
        """Later posts, which show what the words have changed."""
        self._expect("reply to who opted out", 0, self._leaver, NEWS)
        if self._paused:
            self._expect("reply where it is paused", 0, self._mod, HALL)
        else:
            self._expect("reply where it was resumed", 1, self._mod, HALL)
        if self._returner is not None:
            self._expect("reply to who opted in again", 1, self._returner, NEWS)

    def _expect(self, kind: str, wanted: int, author: Any, place: str) -> None:
        post = self.actions.post(author, place)
        self.effects.append(ExpectedEffect(kind, wanted, lambda: len(self.actions.replies(post))))


class CommandKillScenario:
    """A home and a Reddit, and one daemon for both."""

    def __init__(self, folder: Path, home: ServerSoftware) -> None:
        self.environment = SandboxEnvironment(
            folder, software=home, communities=(NEWS, HALL), subreddits=(NEWS, HALL)
        )
        self.platforms = {
            home.value: PlatformScenario(FediverseActions(self.environment, self.environment.bot)),
            "Reddit": PlatformScenario(RedditActions(self.environment, self.environment.reddit_bot)),
        }

    def run(self, steps: Iterable[int]) -> None:
        """A life for each step: the daemon is killed so many requests after people have had their say."""
        villages = self.platforms.values()
        daemon = self._start()
        try:
            for step in steps:
                for village in villages:
                    village.post()
                self._until(daemon, self._is_idle)
                before = self._requests()
                for village in villages:
                    village.send_commands()
                self._until(daemon, lambda until=before + step: self._requests() >= until, pause=0.002)
                daemon.kill()
                daemon.wait()
                daemon = self._start()
                self._until(daemon, lambda: all(village.all_effects_seen() for village in villages))
                for village in villages:
                    village.post_again()
            self._until(daemon, self._is_idle)
        finally:
            code = stop_daemon(daemon)
        assert code == 0, f"exit {code}:\n{self.environment.log_path.read_text()[-2000:]}"

    def _is_idle(self) -> bool:
        return self.environment.count_finished_posts() == self.environment.count_posts()

    def _requests(self) -> int:
        return len(self.environment.fediverse.requests) + len(self.environment.reddit.requests)

    def _start(self) -> subprocess.Popen[bytes]:
        return self.environment.start_daemon("--settle", str(SETTLE))

    def _until(self, daemon: subprocess.Popen[bytes], holds: Callable[[], bool], pause: float = 0.05) -> None:
        began = time.monotonic()
        while not holds():
            assert daemon.poll() is None, f"the daemon ended by itself:\n{self._log()}"
            assert time.monotonic() - began < PATIENCE, f"{self._unheard()}\n{self._log()}"
            time.sleep(pause)

    def _unheard(self) -> str:
        return "\n".join(
            f"{name}: {wish.name} {wish.count()}, not {wish.expected}"
            for name, village in self.platforms.items()
            for wish in village.effects
            if wish.count() != wish.expected
        )

    def _log(self) -> str:
        return self.environment.log_path.read_text()[-2000:]
