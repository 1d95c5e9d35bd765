"""People send commands on a Fediverse server and Reddit, and the daemon is killed while it executes them."""

from __future__ import annotations

import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from bot.sandbox.environment import SandboxEnvironment, stop_daemon
from bot.sandbox.lemmy.server_state import ServerState as FediverseState
from bot.sandbox.reddit.server_state import ServerState as RedditState
from bot.sandbox.server_software import ServerSoftware

SETTLE = 1.2
TIMEOUT_SECONDS = 300.0
"""A busy machine takes half a minute to start a daemon."""
NEWS, HALL = "news", "hall"
"""Communities on both platforms. Replies are paused and resumed in the second one."""
OPT_OUT_ANSWER, OPT_IN_ANSWER = "To undo this, write `opt in`", "your posts can get replies again"
"""Parts of the bot's answers to an opt-out and an opt-in."""


@dataclass(frozen=True, slots=True)
class ExpectedEffect:
    """An effect of a command that must be seen exactly `expected` times; `count` returns how often it is."""

    name: str
    expected: int
    count: Callable[[], int]


class PlatformActions(ABC):
    """What people do on one server, and what they see there."""

    def __init__(self, environment: SandboxEnvironment, bot: object) -> None:
        self._environment = environment
        self._bot = bot
        self._names = count(1)

    @abstractmethod
    def create_account(self, name: str) -> Any:
        """A new account on the server."""

    @abstractmethod
    def make_moderator(self, person: Any) -> None:
        """Make a person a moderator of all communities."""

    @abstractmethod
    def post(self, author: Any, community: str) -> Any: ...
    @abstractmethod
    def reply_to(self, author: Any, reply: Any, text: str) -> None: ...
    @abstractmethod
    def send_message(self, author: Any, text: str) -> None:
        """Send a private message to the bot."""

    @abstractmethod
    def messages_from_bot(self, person: Any) -> list[str]:
        """The bot's private messages to a person."""

    @abstractmethod
    def replies(self, post: Any) -> list[Any]:
        """The bot's replies to a post, including deleted ones."""

    @abstractmethod
    def community_name(self, community: str) -> str:
        """A community, as people write its name."""

    def count_messages(self, person: Any, words: str) -> int:
        return sum(words in message for message in self.messages_from_bot(person))

    def new_user(self) -> Any:
        return self.create_account(f"guest{next(self._names)}")

    def count_deleted(self, post: Any) -> int:
        """The number of replies if all are deleted, else 0."""
        replies = self.replies(post)
        return len(replies) if all(each.deleted for each in replies) else 0

    def count_visible(self, post: Any) -> int:
        return sum(not each.deleted for each in self.replies(post))


class FediverseActions(PlatformActions):
    @property
    def _state(self) -> FediverseState:
        return self._environment.fediverse.state

    def create_account(self, name: str) -> Any:
        return self._state.add_person(name)

    def make_moderator(self, person: Any) -> None:
        for community in self._environment.communities:
            community.moderators.append(person)

    def post(self, author: Any, community: str) -> Any:
        found = next(each for each in self._environment.communities if each.name == community)
        return self._state.add_post(found, author, "A post", self._environment.article_urls()[0])

    def reply_to(self, author: Any, reply: Any, text: str) -> None:
        self._state.add_comment(reply.post, author, text, reply)

    def send_message(self, author: Any, text: str) -> None:
        self._state.add_private_message(author, self._environment.bot, text)

    def messages_from_bot(self, person: Any) -> list[str]:
        messages = self._state.all_private_messages()
        return [each.content for each in messages if each.creator is self._bot and each.recipient is person]

    def replies(self, post: Any) -> list[Any]:
        comments = self._state.all_comments()
        return [each for each in comments if each.post is post and each.creator is self._bot]

    def community_name(self, community: str) -> str:
        return f"!{community}@{self._state.host}"


class RedditActions(PlatformActions):
    @property
    def _state(self) -> RedditState:
        return self._environment.reddit.state

    def create_account(self, name: str) -> Any:
        return self._state.add_redditor(name)

    def make_moderator(self, person: Any) -> None:
        for subreddit in self._environment.subreddits:
            subreddit.moderators.append(person)

    def post(self, author: Any, community: str) -> Any:
        subreddit = next(each for each in self._environment.subreddits if each.name == community)
        url = self._environment.article_urls()[0]
        return self._state.add_submission(subreddit, author, "A post", url)

    def reply_to(self, author: Any, reply: Any, text: str) -> None:
        self._state.add_comment(reply.submission, author, text, reply)

    def send_message(self, author: Any, text: str) -> None:
        self._state.add_private_message(author, "hello", text, to=self._environment.reddit_bot)

    def messages_from_bot(self, person: Any) -> list[str]:
        messages = self._state.all_private_messages()
        return [each.body for each in messages if each.author is self._bot and each.to is person]

    def replies(self, post: Any) -> list[Any]:
        comments = self._state.all_comments()
        return [each for each in comments if each.submission is post and each.author is self._bot]

    def community_name(self, community: str) -> str:
        return f"r/{community}"


@dataclass
class PlatformScenario:
    """What happens on one server while the daemon is killed and restarted."""

    actions: PlatformActions
    effects: list[ExpectedEffect] = field(default_factory=list)
    _posts: list[tuple[Any, Any]] = field(default_factory=list)
    """Author and post since the last restart."""
    _opted_out: Any = None
    """The person who opted out since the last restart."""
    _opted_in: Any = None
    _moderator: Any = None
    _paused: bool = False

    def post(self) -> None:
        authors = [self.actions.new_user(), self.actions.new_user()]
        self._posts = [(author, self.actions.post(author, NEWS)) for author in authors]

    def send_commands(self) -> None:
        """Send all at once: two deletes, an opt-out, an opt-in of the last opt-out, a pause or a resume."""
        actions = self.actions
        (poster, first), (_, second) = self._posts
        leaving, returning, moderator = actions.new_user(), self._opted_out, actions.new_user()
        actions.make_moderator(moderator)
        actions.reply_to(poster, actions.replies(first)[0], "delete")
        actions.reply_to(moderator, actions.replies(second)[0], "delete")
        actions.send_message(leaving, "opt out")
        self._paused = not self._paused
        verb = "pause" if self._paused else "resume"
        actions.send_message(moderator, f"{verb} {actions.community_name(HALL)}")
        self.effects += [
            ExpectedEffect("delete, by the poster", 1, lambda: actions.count_deleted(first)),
            ExpectedEffect("delete, by a moderator", 1, lambda: actions.count_deleted(second)),
            ExpectedEffect("opt out", 1, lambda: actions.count_messages(leaving, OPT_OUT_ANSWER)),
            ExpectedEffect(verb, 1, lambda: len(actions.messages_from_bot(moderator))),
        ]
        if returning is not None:
            actions.send_message(returning, "opt in")
            self.effects.append(
                ExpectedEffect("opt in", 1, lambda: actions.count_messages(returning, OPT_IN_ANSWER))
            )
        self._opted_out, self._opted_in, self._moderator = leaving, returning, moderator

    def all_effects_seen(self) -> bool:
        return all(effect.count() >= effect.expected for effect in self.effects)

    def post_again(self) -> None:
        """Add posts that show what the commands have changed."""
        self._expect("reply to a person who opted out", 0, self._opted_out, NEWS)
        if self._paused:
            self._expect("reply in a paused community", 0, self._moderator, HALL)
        else:
            self._expect("reply in a resumed community", 1, self._moderator, HALL)
        if self._opted_in is not None:
            self._expect("reply to a person who opted in again", 1, self._opted_in, NEWS)

    def _expect(self, name: str, expected: int, author: Any, community: str) -> None:
        post = self.actions.post(author, community)
        self.effects.append(ExpectedEffect(name, expected, lambda: len(self.actions.replies(post))))


class CommandKillScenario:
    """A Fediverse server and a Reddit, with one daemon for both.

    With `outage`, the database of the Fediverse server goes down for so long each time commands are sent.
    """

    def __init__(self, folder: Path, software: ServerSoftware, outage: timedelta = timedelta()) -> None:
        self._outage = outage
        self._timeout = TIMEOUT_SECONDS + 3 * outage.total_seconds()
        self.environment = SandboxEnvironment(
            folder, software=software, communities=(NEWS, HALL), subreddits=(NEWS, HALL)
        )
        self.platforms = {
            software.value: PlatformScenario(FediverseActions(self.environment, self.environment.bot)),
            "Reddit": PlatformScenario(RedditActions(self.environment, self.environment.reddit_bot)),
        }

    def run(self, steps: Iterable[int]) -> None:
        """For each step: send commands, kill the daemon after so many requests, and start it again."""
        platforms = self.platforms.values()
        daemon = self._start()
        try:
            for step in steps:
                for platform in platforms:
                    platform.post()
                self._wait_until(daemon, self._is_idle)
                before = self._requests()
                for platform in platforms:
                    platform.send_commands()
                if self._outage:
                    self.environment.fediverse.outage.begin(self._outage)
                self._wait_until(daemon, partial(self._has_requests, before + step), pause=0.002)
                daemon.kill()
                daemon.wait()
                daemon = self._start()
                self._wait_until(daemon, lambda: all(platform.all_effects_seen() for platform in platforms))
                for platform in platforms:
                    platform.post_again()
            self._wait_until(daemon, self._is_idle)
        finally:
            code = stop_daemon(daemon)
        assert code == 0, f"exit {code}:\n{self.environment.log_path.read_text()[-2000:]}"

    def _is_idle(self) -> bool:
        return self.environment.count_finished_posts() == self.environment.count_posts()

    def _has_requests(self, number: int) -> bool:
        return self._requests() >= number

    def _requests(self) -> int:
        return len(self.environment.fediverse.requests) + len(self.environment.reddit.requests)

    def _start(self) -> subprocess.Popen[bytes]:
        return self.environment.start_daemon("--settle", str(SETTLE))

    def _wait_until(
        self, daemon: subprocess.Popen[bytes], condition: Callable[[], bool], pause: float = 0.05
    ) -> None:
        started = time.monotonic()
        while not condition():
            assert daemon.poll() is None, f"the daemon ended by itself:\n{self._log()}"
            assert time.monotonic() - started < self._timeout, f"{self._missing_effects()}\n{self._log()}"
            time.sleep(pause)

    def _missing_effects(self) -> str:
        return "\n".join(
            f"{name}: {effect.name} {effect.count()}, not {effect.expected}"
            for name, platform in self.platforms.items()
            for effect in platform.effects
            if effect.count() != effect.expected
        )

    def _log(self) -> str:
        return self.environment.log_path.read_text()[-2000:]
