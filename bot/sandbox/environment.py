"""A Lemmy or PieFed, a Reddit, a news site and a folder for one daemon: for demo, tests and benchmarks."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from msgspec import Struct

from bot.config.setting_types import to_toml
from bot.core.database_location import DatabaseLocation, PostgresUrl
from bot.core.errors import StoreError
from bot.sandbox.faults import FaultInjector
from bot.sandbox.lemmy import LemmySandbox
from bot.sandbox.lemmy.server_state import Community, Person
from bot.sandbox.news import NewsSite
from bot.sandbox.reddit import RedditSandbox
from bot.sandbox.reddit.server import CLIENT_ID, CLIENT_SECRET
from bot.sandbox.server_software import ServerSoftware
from bot.store import Database, State
from bot.store.post_lookup import all_posts
from bot.store.post_reports import PostReport

FINAL_STATES = (State.SENT, State.DELETED, State.SKIPPED, State.DEAD)
BOT_USERNAME = "precis"
BOT_PASSWORD = "sandbox"  # noqa: S105 (of an account that exists only in the sandbox)
FEDIVERSE_ACCOUNT, REDDIT_ACCOUNT = "demo", "demo-reddit"
"""The names of the accounts in the config."""
IDEMPOTENCY_KEY_LIFETIME = timedelta(seconds=1)
"""Shorter than on a real server, like the settle time of `bot.sandbox.daemon_process`."""
BOT_ACCOUNT_AGE = timedelta(days=30)
"""Old enough for PieFed, which reports texts with dashes from new accounts."""


class StoredReply(Struct, frozen=True):
    """A reply of the bot as a server has it."""

    account: str
    post_id: str
    title: str
    """The title of the post."""
    markdown: str
    deleted: bool = False


class SandboxEnvironment:
    """The servers run inside a `with` block. The caller stops the daemons."""

    process_type: ClassVar[type[subprocess.Popen[bytes]]] = subprocess.Popen
    """How daemons and commands are started; tests replace it."""

    def __init__(
        self,
        folder: Path,
        *,
        software: ServerSoftware = ServerSoftware.LEMMY_0_19,
        communities: tuple[str, ...] = ("news",),
        subreddits: tuple[str, ...] = (),
        limits: Mapping[str, tuple[int, int]] | None = None,
        faults: FaultInjector | None = None,
        reddit_faults: FaultInjector | None = None,
        ports: tuple[int, int] = (0, 0),
        max_per_day: Mapping[str, int] | None = None,
        host: str | None = None,
        database: PostgresUrl | None = None,
    ) -> None:
        """`software` is the Fediverse server with the communities.

        `limits`, `faults` and the first of the `ports` are for this server. Without subreddits the daemon
        has no account on Reddit. `max_per_day` has the maximum of single communities. `host` is the name
        of the Fediverse server in handles, if that is not its address. `database` is on a PostgreSQL
        server, instead of a file.
        """
        self.folder = folder
        self._server_database = database
        self._max_per_day = dict(max_per_day or {})
        self.site = NewsSite()
        self.software = software
        self.fediverse = software.create_server(limits=limits, faults=faults, port=ports[0], host=host)
        if isinstance(self.fediverse, LemmySandbox):
            self.fediverse.idempotency_key_lifetime = IDEMPOTENCY_KEY_LIFETIME
        self.reddit = RedditSandbox(faults=reddit_faults, calls_per_window=1_000_000, port=ports[1])
        state = self.fediverse.state
        self.bot: Person = state.add_person(BOT_USERNAME, password=BOT_PASSWORD, bot_account=True)
        self.bot.published -= BOT_ACCOUNT_AGE
        self.alice: Person = state.add_person("alice")
        self.communities: list[Community] = [state.add_community(name) for name in communities]
        self.reddit_bot = self.reddit.state.add_redditor(BOT_USERNAME, password=BOT_PASSWORD)
        self.rosa = self.reddit.state.add_redditor("rosa")
        self.subreddits = [self.reddit.state.add_subreddit(name) for name in subreddits]

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.site.start()
        self.fediverse.start()
        self.reddit.start()
        self._write_config()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.fediverse.stop()
        self.reddit.stop()
        self.site.stop()

    @property
    def lemmy(self) -> LemmySandbox:
        """The Fediverse server, which must be a Lemmy."""
        assert isinstance(self.fediverse, LemmySandbox)
        return self.fediverse

    @property
    def config_path(self) -> Path:
        return self.folder / "config.toml"

    @property
    def log_path(self) -> Path:
        return self.folder / "daemon.log"

    @property
    def database_path(self) -> Path:
        return self.folder / "precis.db"

    @property
    def database(self) -> DatabaseLocation:
        """Of the daemon."""
        return self._server_database or self.database_path

    def article_urls(self) -> list[str]:
        """Links to the news site that get a reply."""
        return [self.site.url + page.path for page in self.site.stories if page.expected is None]

    def write_node_config(self, node: str, database: str, roles: tuple[str, ...] = ()) -> Path:
        """Write the config of a node of a cluster, with a folder of its own; return its path.

        `database` is the URL of a PostgreSQL database. Without `roles`, the node has all of them.
        """
        path = self.folder / node / "config.toml"
        path.parent.mkdir(exist_ok=True)
        cluster = f"[cluster]\nnode = {to_toml(node)}\n" + (
            f"roles = {to_toml(list(roles))}\n" if roles else ""
        )
        shared = self.config_path.read_text()
        path.write_text(shared.replace("[bot]\n", f"{cluster}\n[bot]\ndatabase = {to_toml(database)}\n", 1))
        path.chmod(0o600)
        return path

    def start_daemon(
        self,
        *options: str,
        module: tuple[str, ...] = ("bot.sandbox.daemon_process",),
        config: Path | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start the real daemon as a process; `options` are those of `bot.sandbox.daemon_process`.

        With the `config` of a node, it is one of several.
        """
        command = [
            sys.executable,
            "-m",
            *module,
            "--config",
            str(config or self.config_path),
            "--reddit",
            self.reddit.url,
        ]
        with self.log_path.open("ab") as log:
            return self.process_type(
                [*command, "--allow-local", self.site.url.removeprefix("http://"), *options],
                stdout=log,
                stderr=log,
                env=child_environment(),
            )

    def post_reports(self) -> list[PostReport]:
        """All posts that the daemon has found so far; none before its database exists."""
        try:
            database = Database(self.database, None)
        except StoreError:
            return []
        try:
            return all_posts(database)
        finally:
            database.close()

    def count_posts(self) -> int:
        """The number of posts on both servers."""
        return len(self.fediverse.state.posts) + len(self.reddit.state.submissions)

    def replies(self) -> list[StoredReply]:
        """The bot's replies on both servers, including those that are deleted or not visible yet."""
        on_fediverse = [
            StoredReply(FEDIVERSE_ACCOUNT, str(reply.post.id), reply.post.name, reply.content, reply.deleted)
            for reply in self.fediverse.state.all_comments()
            if reply.creator is self.bot
        ]
        return on_fediverse + [
            StoredReply(
                REDDIT_ACCOUNT, reply.submission.id, reply.submission.title, reply.body, reply.deleted
            )
            for reply in self.reddit.state.all_comments()
            if reply.author is self.reddit_bot
        ]

    def count_finished_posts(self) -> int:
        """The number of posts that have an outcome."""
        return sum(post.state in FINAL_STATES for post in self.post_reports())

    def _write_config(self) -> None:
        names = [f"{community.name}@{self.fediverse.state.host}" for community in self.communities]
        self.config_path.write_text(
            f"""# The configuration of the sandbox's daemon; overwritten at each start.
[bot]
owner = "demo@localhost.invalid"
{self._database_setting()}
[fetch]
timeout = "4s"
host_delay = "0s"

[rules]
max_per_day = 1000
reposts = true

[{self.software.account_kind}.{FEDIVERSE_ACCOUNT}]
server = "{self.fediverse.url}"
username = "{BOT_USERNAME}"
password = "{BOT_PASSWORD}"
communities = {to_toml(names)}
{self._community_rules()}{self._reddit_section()}"""
        )
        self.config_path.chmod(0o600)

    def _database_setting(self) -> str:
        url = self._server_database
        return "" if url is None else f"database = {to_toml(url.address)}\n"

    def _community_rules(self) -> str:
        return "".join(
            f'\n[rules."{name}@{self.fediverse.state.host}"]\nmax_per_day = {maximum}\n'
            for name, maximum in self._max_per_day.items()
        )

    def _reddit_section(self) -> str:
        if not self.subreddits:
            return ""
        return f"""
[moderators]
invitations = {to_toml([subreddit.name for subreddit in self.subreddits])}

[reddit.{REDDIT_ACCOUNT}]
client_id = "{CLIENT_ID}"
client_secret = "{CLIENT_SECRET}"
operator = "demo"
username = "{BOT_USERNAME}"
password = "{BOT_PASSWORD}"
subreddits = {to_toml([subreddit.name for subreddit in self.subreddits])}
"""


def child_environment() -> dict[str, str]:
    """The environment of a child process: with a byte code cache, because many are started."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


def stop_daemon(daemon: subprocess.Popen[bytes]) -> int:
    """Stop a daemon as a service manager does: SIGTERM, SIGKILL after 30 s. Returns its exit code."""
    daemon.terminate()
    try:
        return daemon.wait(30)
    except subprocess.TimeoutExpired:
        daemon.kill()
        return daemon.wait()
