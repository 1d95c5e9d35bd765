"""`precis demo --nodes 2`: several nodes on one PostgreSQL server, of which one is killed in the middle."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bot.core.database_location import PostgresUrl
from bot.daemon.signals import Signals
from bot.sandbox.account_servers import ALL_SOFTWARE, create_account_server
from bot.sandbox.cluster_environment import (
    DATABASE,
    NODE_MODULE,
    ClusterEnvironment,
    Node,
    short_temporary_folder,
)
from bot.sandbox.cluster_report import count_replies, print_nodes, print_posts
from bot.sandbox.demo import INTERRUPTED
from bot.sandbox.environment import FINAL_STATES, stop_daemon
from bot.sandbox.postgresql import NOT_DURABLE, PostgresServer, require_programs
from bot.store import Database
from bot.store.account_leaders import CLUSTER_DUTIES, AccountLeader, AccountLeaders
from bot.store.migrate import migrate
from bot.store.post_lookup import all_posts
from bot.store.postgresql_engine import require_driver

POSTS = 6
"""For each account."""
KILL_AT = 0.25
"""The share of the posts that have an outcome when the node is killed."""
LEASE_SECONDS = 5.0
TIMEOUT_SECONDS = 85.0


def run_cluster_demo(
    nodes: int,
    *,
    posts: int = POSTS,
    lease: float = LEASE_SECONDS,
    timeout: float = TIMEOUT_SECONDS,
    module: tuple[str, ...] = NODE_MODULE,
) -> int:
    """Run the nodes until every post has an outcome, and print who did what.

    Returns the exit code: 0 if each post has exactly one reply, `INTERRUPTED` after Ctrl-C or SIGTERM.
    `module` is the Python module that runs as a node. Raises `UserError` if PostgreSQL or its libraries are
    not installed.
    """
    programs, console, signals = require_programs(), Console(emoji=False), Signals()
    with signals.installed(), short_temporary_folder() as name:
        server = PostgresServer(Path(name) / "server", programs, NOT_DURABLE)
        require_driver(PostgresUrl(server.url(DATABASE)))
        server.start()
        try:
            url = server.create_database(DATABASE)
            migrate(PostgresUrl(url), datetime.now(UTC))
            demo = _ClusterDemo(Path(name), url, console, signals.stop.wait, module)
            return demo.run(nodes, posts, lease, timeout)
        finally:
            server.stop("immediate")


class _ClusterDemo:
    def __init__(
        self,
        folder: Path,
        url: str,
        console: Console,
        interrupted: Callable[[float], bool],
        module: tuple[str, ...],
    ) -> None:
        self._url = url
        self._module = module
        self._console = console
        self._interrupted = interrupted
        """Waits so many seconds; whether the demo was interrupted."""
        self._environment = ClusterEnvironment(
            folder,
            [create_account_server(software) for software in ALL_SOFTWARE],
            settings="[workers]\nprocesses = 1\n",
        )
        self._killed: str | None = None

    def run(self, count: int, posts: int, lease: float, timeout: float) -> int:
        with self._environment as environment:
            database = Database(PostgresUrl(self._url), None)
            nodes: list[Node] = []
            try:
                options = ("--settle", str(lease / 2), "--lease", str(lease))
                names = (f"node-{number + 1}" for number in range(count))
                nodes.extend(
                    environment.start_node(each, self._url, *options, module=self._module) for each in names
                )
                self._console.print(
                    f"{count} nodes, one PostgreSQL server, {len(environment.accounts)} accounts with "
                    f"{posts} posts each. One node will be killed.",
                    soft_wrap=True,
                )
                if not self._watch(database, nodes, posts, timeout):
                    self._console.print("Stopping.")
                    return INTERRUPTED
                print_nodes(nodes, led_accounts(database), self._killed, self._console)
                exact = print_posts(environment, self._console)
                return 0 if exact and self._killed is not None else 1
            finally:
                for node in nodes:
                    if node.process.poll() is None:
                        stop_daemon(node.process)
                database.close()

    def _add_posts(self, count: int) -> None:
        links = self._environment.article_urls()
        for account in self._environment.accounts:
            for number in range(count):
                account.add_post(f"Post {number + 1}", links[number % len(links)])

    def _watch(self, database: Database, nodes: list[Node], posts: int, timeout: float) -> bool:
        """Wait until every post has an outcome, or for `timeout` seconds; False if interrupted.

        The posts come when the accounts are spread over the nodes.
        """
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
        total = posts * len(self._environment.accounts)
        started = time.monotonic()
        with Progress(*columns, console=self._console, transient=True) as progress:
            bar = progress.add_task("posts with an outcome", total=total)
            while time.monotonic() - started < timeout:
                if not self._environment.accounts[0].posts and led_by_all(database, nodes):
                    self._add_posts(posts)
                finished = sum(post.state in FINAL_STATES for post in all_posts(database))
                progress.update(bar, completed=finished)
                if self._killed is None and finished >= total * KILL_AT:
                    self._kill_a_leader(database, nodes)
                if finished >= total and count_replies(self._environment).total() >= total:
                    return True
                if self._interrupted(0.1):
                    return False
        return True

    def _kill_a_leader(self, database: Database, nodes: list[Node]) -> None:
        """Kill the node with the most accounts, so that there is something to take over."""
        holders = [leader.holder for leader in led_accounts(database)]
        node = max(nodes, key=lambda each: holders.count(each.name))
        node.process.kill()
        node.process.wait()
        self._killed = node.name
        self._console.print(
            f"{node.name} was killed (kill -9) while it led {holders.count(node.name)} accounts."
        )


def led_accounts(database: Database) -> list[AccountLeader]:
    """The accounts that a node leads now."""
    found = AccountLeaders(database).list_all()
    return [each for each in found if not each.is_free and each.account != CLUSTER_DUTIES]


def led_by_all(database: Database, nodes: list[Node]) -> bool:
    """Whether each node leads an account."""
    return {each.holder for each in led_accounts(database)} == {node.name for node in nodes}
