"""Several nodes on one PostgreSQL server: posts a minute, processor time, and that each post has one reply.

    python -m benchmarks.nodes [--posts N] [--first N] [--nodes N ...] [--poll SECONDS]

Each run has four accounts (on Lemmy 0.19, Lemmy 1.0, PieFed and Reddit) on loopback, and real nodes with one
reading process each. The first run is a single machine with SQLite and one reading process. Processor time
begins when the nodes are idle, so that starting them does not count. All parts share one machine.

On a busy machine, the same work takes more processor time: processes take each other's place in the caches.
So as many single machines as nodes run too, with the accounts spread over them. They share nothing except
this machine. What nodes need more than they is overhead, and the rest is contention.

"At rest" is what everything needs without posts in the same time: polls, leaderships, and looks at what is
due. It is part of the sum. With its first posts, each process also does what it does once: load
libraries and models, build SQL, open connections. So the first posts are a table of their own. With more
nodes there are more processes, and the cost of each is divided by fewer posts.

Exits with 1 if a post was read twice, has two replies, or has none.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from benchmarks.node_costs import Cost, Result, print_results
from benchmarks.processor_time import ProcessTime, process_time
from bot.core.database_location import DatabaseLocation, PostgresUrl
from bot.sandbox.account_servers import ALL_SOFTWARE, AccountServer, create_account_server
from bot.sandbox.cluster_environment import ClusterEnvironment, Node, short_temporary_folder
from bot.sandbox.environment import stop_daemon
from bot.sandbox.postgresql import PostgresServer, require_programs
from bot.store import Database
from bot.store.migrate import migrate

NODE_COUNTS = (1, 2, 4)
OUTSTANDING = 300
"""Posts of an account without an outcome; Reddit lists only the newest thousand."""
ONE_PROCESS = "[workers]\nprocesses = 1\n"
REST_SECONDS = 10
SETTLE_SECONDS = 1
POLL_SECONDS = 5.0
"""A real daemon polls every 60 s. Each poll reads the list of an account's posts, however few are new. With
more polls, the cost of a post would depend on how long a busy machine takes for it."""
SECONDS_PER_POST = 3.0
"""The run gives up after so long for each post, and some minutes."""
FINISHED = "SELECT count(*) FROM posts WHERE state IN ('sent', 'skipped', 'dead', 'deleted')"


@dataclass(frozen=True, slots=True)
class Load:
    """What every run has to do."""

    first: int
    """Posts that are measured apart."""
    posts: int
    """Posts after them."""
    poll: float
    """Seconds between two polls of an account."""


@dataclass(frozen=True, slots=True)
class Group:
    """Nodes or a single machine: accounts, and the database that has their posts."""

    environment: ClusterEnvironment
    location: DatabaseLocation
    names: tuple[str, ...]


def run_single(folder: Path, load: Load, machines: int = 1) -> Result:
    """Single machines that share nothing; the accounts are spread over them."""
    accounts = _create_accounts()
    groups = [
        Group(_environment(folder / str(number), accounts[number::machines]), path, ("single",))
        for number in range(machines)
        for path in (folder / f"{number}.db",)
    ]
    name = "single machine, SQLite" if machines == 1 else f"{machines} single machines, SQLite"
    return _run(name, groups, accounts, load, None)


def run_cluster(folder: Path, programs: Path, nodes: int, load: Load) -> Result:
    """The PostgreSQL server has the settings that it is installed with; it also writes to the disk."""
    server = PostgresServer(folder / "server", programs)
    server.start()
    try:
        location = PostgresUrl(server.create_database("precis"))
        migrate(location, datetime.now(UTC))
        accounts = _create_accounts()
        names = tuple(f"node-{number + 1}" for number in range(nodes))
        group = Group(_environment(folder, accounts), location, names)
        return _run(f"nodes: {nodes}", [group], accounts, load, server)
    finally:
        server.stop("immediate")


def _create_accounts() -> list[AccountServer]:
    return [create_account_server(software) for software in ALL_SOFTWARE]


def _environment(folder: Path, accounts: Sequence[AccountServer]) -> ClusterEnvironment:
    return ClusterEnvironment(folder, accounts, settings=ONE_PROCESS)


def _run(
    name: str,
    groups: Sequence[Group],
    accounts: Sequence[AccountServer],
    load: Load,
    server: PostgresServer | None,
) -> Result:
    first, posts = load.first, load.posts
    options = ("--settle", str(SETTLE_SECONDS), "--poll", str(load.poll))
    with ExitStack() as stack:
        nodes: list[Node] = []
        try:
            for group in groups:
                start = stack.enter_context(group.environment).start_node
                nodes.extend(start(each, str(group.location), *options) for each in group.names)
            count = len(nodes)
            _wait_until_idle(nodes)
            before = _times(nodes, server)
            time.sleep(REST_SECONDS)
            at_rest = (_sum(_times(nodes, server)) - _sum(before)) / REST_SECONDS
            databases = [stack.enter_context(closing(Database(group.location, None))) for group in groups]
            adder = PostAdder(databases, [group.environment for group in groups], accounts)
            begun, times = time.monotonic(), _times(nodes, server)
            adder.add_until_finished(0, first)
            warm, warm_times = time.monotonic(), _times(nodes, server)
            adder.add_until_finished(first, first + posts)
            ended, ended_times = time.monotonic(), _times(nodes, server)
        finally:
            for node in nodes:
                stop_daemon(node.process)
        replies = [account.replies()[post] for account in accounts for post in account.posts]
        return Result(
            name,
            count,
            server is not None,
            first + posts,
            lost=replies.count(0),
            doubled=sum(each > 1 for each in replies),
            read_twice=_count_read_twice(nodes),
            first=_cost(first, warm - begun, times, warm_times, count),
            later=_cost(posts, ended - warm, warm_times, ended_times, count),
            at_rest=at_rest,
        )


def _cost(
    posts: int, seconds: float, before: Sequence[ProcessTime], after: Sequence[ProcessTime], nodes: int
) -> Cost:
    """The first times are those of the nodes; that of the server follows."""
    own = sum(new.own - old.own for new, old in zip(after[:nodes], before[:nodes], strict=True))
    everything = _sum(after[:nodes]) - _sum(before[:nodes])
    return Cost(posts, seconds, own, everything - own, _sum(after[nodes:]) - _sum(before[nodes:]))


def _sum(times: Sequence[ProcessTime]) -> float:
    return sum(each.all for each in times)


def _times(nodes: Sequence[Node], server: PostgresServer | None) -> list[ProcessTime]:
    pids = [node.process.pid for node in nodes] + ([] if server is None else [server.pid])
    return [process_time(pid) for pid in pids]


def _wait_until_idle(nodes: Sequence[Node]) -> None:
    """Wait until the nodes have started, and use nearly no processor time; raises if one ended."""
    deadline = time.monotonic() + 120
    last = [0.0 for _ in nodes]
    while time.monotonic() < deadline:
        for node in nodes:
            if node.process.poll() is not None:
                raise SystemExit(f"{node.name} ended by itself:\n{node.log_path.read_text()[-2000:]}")
        now = [process_time(node.process.pid).all for node in nodes]
        if all(new > 1 and new - old < 0.2 for new, old in zip(now, last, strict=True)):
            return
        last = now
        time.sleep(2)


class PostAdder:
    """Adds posts to accounts, and waits until their databases have the outcomes."""

    def __init__(
        self,
        databases: Sequence[Database],
        environments: Sequence[ClusterEnvironment],
        accounts: Sequence[AccountServer],
    ) -> None:
        self._databases = databases
        self._links = {
            account.account: environment.article_urls()
            for environment in environments
            for account in environment.accounts
        }
        self._accounts = accounts

    def add_until_finished(self, added: int, posts: int) -> None:
        """Add posts to the `added` finished ones until there are so many, and wait until all are finished."""
        deadline = time.monotonic() + 300 + posts * SECONDS_PER_POST
        finished = added
        while finished < posts and time.monotonic() < deadline:
            while added < posts and added - finished < OUTSTANDING * len(self._accounts):
                account = self._accounts[added % len(self._accounts)]
                links = self._links[account.account]
                account.add_post(f"Post {added}", f"{links[added % len(links)]}?post={added}")
                added += 1
            finished = sum(each.read_number(FINISHED) or 0 for each in self._databases)
            print(f"\r{finished} of {posts} posts", end="", file=sys.stderr, flush=True)
            time.sleep(0.5)
        print(file=sys.stderr)


def _count_read_twice(nodes: Sequence[Node]) -> int:
    """Posts for which the nodes wrote more than one reply, according to their logs."""
    written = Counter(
        (event["account"], event["post"])
        for node in nodes
        for event in node.events()
        if event.get("event") == "reply written"
    )
    return sum(count > 1 for count in written.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=400, help="after the first ones")
    parser.add_argument("--first", type=int, default=200, help="posts that are a table of their own")
    parser.add_argument("--poll", type=float, default=POLL_SECONDS, help="seconds between two polls")
    parser.add_argument("--nodes", type=int, nargs="*", default=NODE_COUNTS, help="of each run with nodes")
    options = parser.parse_args()
    load = Load(options.first, options.posts, options.poll)
    programs = require_programs()
    with tempfile.TemporaryDirectory() as name:
        results = [run_single(Path(name), load)]
    for nodes in options.nodes:
        if 1 < nodes <= len(ALL_SOFTWARE):
            with tempfile.TemporaryDirectory() as name:
                results.append(run_single(Path(name), load, nodes))
        with short_temporary_folder() as name:
            results.append(run_cluster(Path(name), programs, nodes, load))
    print_results(results, Console(emoji=False))
    sys.exit(any(each.read_twice or each.doubled or each.lost for each in results))


if __name__ == "__main__":
    main()
