"""The servers of a cluster's accounts in the sandbox: each has one account of the bot."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from itertools import cycle

from bot.config.setting_types import to_toml
from bot.sandbox.environment import BOT_ACCOUNT_AGE, BOT_PASSWORD, BOT_USERNAME, IDEMPOTENCY_KEY_LIFETIME
from bot.sandbox.fast_tuning import IDLE_TIMEOUT
from bot.sandbox.faults import FaultInjector
from bot.sandbox.lemmy import LemmySandbox
from bot.sandbox.loopback_server import LoopbackService
from bot.sandbox.piefed import PieFedSandbox
from bot.sandbox.reddit import RedditSandbox
from bot.sandbox.reddit.server import CLIENT_ID, CLIENT_SECRET
from bot.sandbox.server_software import ServerSoftware

COMMUNITIES = ("news", "world", "science")
"""On each server. A community can have at most 1000 replies a day."""
REDDIT = "Reddit"
ALL_SOFTWARE = (*(software.value for software in ServerSoftware), REDDIT)
"""The names for `create_account_server`."""


class AccountServer(ABC):
    """A server with one account of the bot."""

    server: LoopbackService

    def __init__(self, account: str, software: str) -> None:
        self.account = account
        """The name of the account in the config."""
        self.software = software
        self.posts: list[str] = []
        """The IDs of all posts."""

    def add_post(self, title: str, link: str) -> str:
        """Post a link in the next community. Returns the ID of the post."""
        post = self._add_post(title, link)
        self.posts.append(post)
        return post

    @abstractmethod
    def _add_post(self, title: str, link: str) -> str: ...

    @abstractmethod
    def replies(self) -> Counter[str]:
        """The number of the bot's comments for each post that has one, also of those not visible yet."""

    @abstractmethod
    def config_section(self) -> str:
        """The section of config.toml for the account."""


class FediverseAccountServer(AccountServer):
    """A Lemmy or a PieFed."""

    def __init__(self, account: str, software: ServerSoftware, faults: FaultInjector | None) -> None:
        super().__init__(account, software.value)
        self._kind = software.account_kind
        self.server: LemmySandbox | PieFedSandbox
        if software is ServerSoftware.PIEFED:
            self.server = PieFedSandbox(faults=faults, limits=None, idle_timeout=IDLE_TIMEOUT)
        else:
            self.server = software.create_server(faults=faults)
        if isinstance(self.server, LemmySandbox):
            self.server.idempotency_key_lifetime = IDEMPOTENCY_KEY_LIFETIME
        self._state = self.server.state
        self._bot = self._state.add_person(BOT_USERNAME, password=BOT_PASSWORD, bot_account=True)
        self._bot.published -= BOT_ACCOUNT_AGE
        self._author = self._state.add_person("alice")
        self._communities = cycle([self._state.add_community(name) for name in COMMUNITIES])

    def _add_post(self, title: str, link: str) -> str:
        return str(self._state.add_post(next(self._communities), self._author, title, link).id)

    def replies(self) -> Counter[str]:
        own = (each for each in self._state.all_comments() if each.creator is self._bot)
        return Counter(str(each.post.id) for each in own)

    def config_section(self) -> str:
        names = [f"{name}@{self._state.host}" for name in COMMUNITIES]
        return f"""
[{self._kind}.{self.account}]
server = "{self.server.url}"
username = "{BOT_USERNAME}"
password = "{BOT_PASSWORD}"
communities = {to_toml(names)}
"""


class RedditAccountServer(AccountServer):
    def __init__(self, account: str, faults: FaultInjector | None) -> None:
        super().__init__(account, REDDIT)
        self.server = RedditSandbox(faults=faults, calls_per_window=1_000_000)
        self._state = self.server.state
        self._bot = self._state.add_redditor(BOT_USERNAME, password=BOT_PASSWORD)
        self._author = self._state.add_redditor("rosa")
        self._subreddits = cycle([self._state.add_subreddit(name) for name in COMMUNITIES])

    def _add_post(self, title: str, link: str) -> str:
        return str(self._state.add_submission(next(self._subreddits), self._author, title, link).id)

    def replies(self) -> Counter[str]:
        own = (each for each in self._state.all_comments() if each.author is self._bot)
        return Counter(each.submission.id for each in own)

    def config_section(self) -> str:
        return f"""
[reddit.{self.account}]
client_id = "{CLIENT_ID}"
client_secret = "{CLIENT_SECRET}"
operator = "demo"
username = "{BOT_USERNAME}"
password = "{BOT_PASSWORD}"
subreddits = {to_toml(list(COMMUNITIES))}
"""


def create_account_server(software: str, faults: FaultInjector | None = None) -> AccountServer:
    """A server that is not started yet; `software` is one of `ALL_SOFTWARE`."""
    account = software.lower().replace(" ", "-").replace(".", "-")
    if software == REDDIT:
        return RedditAccountServer(account, faults)
    return FediverseAccountServer(account, ServerSoftware(software), faults)
