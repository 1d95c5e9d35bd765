"""Several nodes on one PostgreSQL server: posts a minute, processor time, and that each post has one reply.

    python -m benchmarks.nodes [--posts N] [--first N] [--nodes N ...] [--poll SECONDS]

Each run has four accounts (on Lemmy 0.19, Lemmy 1.0, PieFed and Reddit) on loopback, and real nodes with one
reading process each. The first run is a single machine with SQLite and one reading process. Processor time
begins when the nodes are idle, so that starting them does not count. All parts share one machine.

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
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

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
class Cost:
    """Seconds of processor time."""

    posts: int
    seconds: float
    """On the clock, until all posts were finished."""
    nodes: float
    """Of the nodes, without their reading processes."""
    readers: float
    postgresql: float

    @property
    def per_post(self) -> float:
        return (self.nodes + self.readers + self.postgresql) / self.posts


@dataclass(frozen=True, slots=True)
class Result:
    name: str
    posts: int
    lost: int
    doubled: int
    read_twice: int
    first: Cost
    """Of the first posts."""
    later: Cost
    """Of all others."""
    at_rest: float
    """Seconds of processor time of everything in a second without posts."""


@dataclass(frozen=True, slots=True)
class Load:
    """What every run has to do."""

    first: int
    """Posts that are measured apart."""
    posts: int
    """Posts after them."""
    poll: float
    """Seconds between two polls of an account."""


def run_single(folder: Path, load: Load) -> Result:
    return _run("single machine, SQLite", folder, folder / "precis.db", 1, load, None)


def run_cluster(folder: Path, programs: Path, nodes: int, load: Load) -> Result:
    """The PostgreSQL server has the settings that it is installed with; it also writes to the disk."""
    server = PostgresServer(folder / "server", programs)
    server.start()
    try:
        location = PostgresUrl(server.create_database("precis"))
        migrate(location, datetime.now(UTC))
        return _run(f"nodes: {nodes}", folder, location, nodes, load, server)
    finally:
        server.stop("immediate")


def _run(
    name: str,
    folder: Path,
    location: DatabaseLocation,
    count: int,
    load: Load,
    server: PostgresServer | None,
) -> Result:
    first, posts = load.first, load.posts
    options = ("--settle", str(SETTLE_SECONDS), "--poll", str(load.poll))
    accounts = [create_account_server(software) for software in ALL_SOFTWARE]
    environment = ClusterEnvironment(folder, accounts, settings=ONE_PROCESS)
    with environment, ExitStack() as stack:
        nodes: list[Node] = []
        try:
            names = (f"node-{number + 1}" for number in range(count))
            nodes.extend(environment.start_node(each, str(location), *options) for each in names)
            _wait_until_idle(nodes)
            before = _times(nodes, server)
            time.sleep(REST_SECONDS)
            at_rest = (_sum(_times(nodes, server)) - _sum(before)) / REST_SECONDS
            database = Database(location, None)
            stack.callback(database.close)
            begun, times = time.monotonic(), _times(nodes, server)
            _add_posts_until_finished(database, environment, 0, first)
            warm, warm_times = time.monotonic(), _times(nodes, server)
            _add_posts_until_finished(database, environment, first, first + posts)
            ended, ended_times = time.monotonic(), _times(nodes, server)
        finally:
            for node in nodes:
                stop_daemon(node.process)
        replies = [account.replies()[post] for account in accounts for post in account.posts]
        return Result(
            name,
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


def _add_posts_until_finished(
    database: Database, environment: ClusterEnvironment, added: int, posts: int
) -> None:
    """Add posts to the `added` finished ones until there are so many, and wait until all are finished."""
    links, accounts = environment.article_urls(), environment.accounts
    deadline = time.monotonic() + 300 + posts * SECONDS_PER_POST
    finished = added
    while finished < posts and time.monotonic() < deadline:
        while added < posts and added - finished < OUTSTANDING * len(accounts):
            account: AccountServer = accounts[added % len(accounts)]
            account.add_post(f"Post {added}", f"{links[added % len(links)]}?post={added}")
            added += 1
        finished = database.read_number(FINISHED) or 0
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


def print_results(results: Sequence[Result], console: Console) -> None:
    exact = Table("run", "posts", "read twice", "two replies", "no reply", "posts a minute")
    for each in results:
        numbers = (each.posts, each.read_twice, each.doubled, each.lost)
        exact.add_row(each.name, *map(str, numbers), f"{60 * each.later.posts / each.later.seconds:.0f}")
    console.print(exact)
    digest = results[0].later.readers / results[0].later.posts
    first, later = results[0].first.posts, results[0].later.posts
    _print_costs(f"the first {first} posts", results, [each.first for each in results], digest, console)
    _print_costs(f"the {later} posts after them", results, [each.later for each in results], digest, console)
    console.print(
        f"A digest is what the reading process of the single machine needs for a later post:"
        f" {1000 * digest:.1f} ms."
    )


def _print_costs(
    which: str, results: Sequence[Result], costs: Sequence[Cost], digest: float, console: Console
) -> None:
    columns = ("nodes", "reading", "PostgreSQL", "sum", "in it, at rest", "more than a single machine")
    table = Table("run", *columns, title=f"Processor time for each of {which}, in milliseconds")
    single = costs[0]
    for result, cost in zip(results, costs, strict=True):
        parts = (cost.nodes, cost.readers, cost.postgresql)
        overhead = cost.per_post - single.per_post
        table.add_row(
            result.name,
            *(f"{1000 * part / cost.posts:.1f}" for part in parts),
            f"{1000 * cost.per_post:.1f}",
            f"{1000 * result.at_rest * cost.seconds / cost.posts:.1f}",
            "" if cost is single else f"{1000 * overhead:.1f} = {overhead / digest:.2f} of a digest",
        )
    console.print(table)


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
        with short_temporary_folder() as name:
            results.append(run_cluster(Path(name), programs, nodes, load))
    print_results(results, Console(emoji=False))
    sys.exit(any(each.read_twice or each.doubled or each.lost for each in results))


if __name__ == "__main__":
    main()
