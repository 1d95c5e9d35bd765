"""A PostgreSQL server that restarts, crashes, fails over, or is out of connections in the middle of a run.

    python -m benchmarks.database_faults [--posts N] [--seconds N] [FAULT …]

Two real nodes reply to posts on Lemmy, PieFed and Reddit on loopback; their workers answer each page with the
same article. When a third of the posts have a reply, the fault happens, and lasts for some seconds. The
failover is to a standby by streaming replication, which has every commit (`synchronous_standby_names`); the
nodes' URL names both servers. The tables show the replies in the end, and how often each node logged each
warning and each return to normal.

Exits with 1 if a post has not exactly one reply, or a node logged the same warning twice for one fault.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from rich.console import Console
from rich.table import Table

from bot.core.database_location import PostgresUrl
from bot.sandbox.account_servers import create_account_server
from bot.sandbox.cluster_environment import (
    DATABASE,
    ClusterEnvironment,
    Node,
    short_temporary_folder,
)
from bot.sandbox.environment import stop_daemon
from bot.sandbox.postgresql import USER, PostgresServer, require_programs
from bot.sandbox.postgresql_standby import create_standby, make_synchronous, promote
from bot.store.migrate import migrate
from tests.quick_daemon import QUICK_DAEMON

SOFTWARE = ("Lemmy 0.19", "PieFed", "Reddit")
NODE_COUNT = 2
MAX_CONNECTIONS = 60
FAULT_AT = 1 / 3
OPTIONS = ("--settle", "1.2", "--poll", "0.5", "--lease", "3")
TIMEOUT_SECONDS = 90.0
SETTINGS = {"fsync": "off", "max_connections": str(MAX_CONNECTIONS)}
PROBLEMS = ("warning", "error", "critical")
BACK_TO_NORMAL = "again"
"""A part of the events that say that a fault is over."""


class DatabaseFault(StrEnum):
    RESTART = "restart"
    CRASH = "crash"
    FAILOVER = "failover"
    CONNECTIONS = "connections"


DESCRIPTIONS = {
    DatabaseFault.RESTART: "stopped and started again",
    DatabaseFault.CRASH: "killed and started again",
    DatabaseFault.FAILOVER: "killed; the standby is promoted",
    DatabaseFault.CONNECTIONS: "out of connections",
}


class FaultyServer:
    """The PostgreSQL of a run, and what happens to it. Lasting parts end with `stack`."""

    def __init__(self, folder: Path, programs: Path, fault: DatabaseFault, stack: ExitStack) -> None:
        self._fault = fault
        self._stack = stack
        self._primary = PostgresServer(folder / "primary", programs, SETTINGS)
        self._primary.start()
        stack.callback(self._primary.stop, "immediate")
        migrate(PostgresUrl(self._primary.create_database(DATABASE)), datetime.now(UTC))
        self._current = self._primary
        self.url = self._primary.url(DATABASE)
        if fault is DatabaseFault.FAILOVER:
            self._standby = create_standby(self._primary, folder / "standby", programs)
            stack.callback(self._standby.stop, "immediate")
            make_synchronous(self._primary)
            hosts = ",".join(quote(str(each.folder), safe="") for each in (self._primary, self._standby))
            self.url = f"postgresql://{USER}@/{DATABASE}?host={hosts}&target_session_attrs=read-write"

    def let_happen(self, seconds: float) -> None:
        match self._fault:
            case DatabaseFault.RESTART | DatabaseFault.CRASH:
                self._primary.stop("fast" if self._fault is DatabaseFault.RESTART else "immediate")
                time.sleep(seconds)
                self._primary.start()
            case DatabaseFault.FAILOVER:
                self._primary.stop("immediate")
                time.sleep(seconds)
                promote(self._standby)
                self._current = self._standby
            case DatabaseFault.CONNECTIONS:
                with _all_connections(self._primary):
                    time.sleep(seconds)

    def count_sent(self) -> int:
        with psycopg.connect(self._current.url(DATABASE)) as connection:
            found = connection.execute("SELECT count(*) FROM posts WHERE state = 'sent'").fetchone()
        return 0 if found is None else int(found[0])

    def unsent(self) -> str:
        """The posts without a reply, for an error message."""
        query = "SELECT account, post_id, state, due_at, lease_until, error FROM posts WHERE state <> 'sent'"
        with psycopg.connect(self._current.url(DATABASE)) as connection:
            return "\n".join(map(str, connection.execute(query).fetchall()))


@contextmanager
def _all_connections(server: PostgresServer) -> Iterator[None]:
    """Use up all connections; those of the nodes are ended by the server, as after a lost network."""
    url = server.url("postgres")
    with ExitStack() as stack:
        first = stack.enter_context(psycopg.connect(url, autocommit=True))
        _connect_until_refused(url, stack)
        first.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (DATABASE,)
        )
        _connect_until_refused(url, stack)
        yield


def _connect_until_refused(url: str, stack: ExitStack) -> None:
    try:
        while True:
            stack.enter_context(psycopg.connect(url))
    except psycopg.OperationalError:  # too many clients
        return


@dataclass(frozen=True, slots=True)
class Result:
    fault: DatabaseFault
    replies: list[int]
    """Of each post."""
    seconds: float
    """From the end of the fault until the next reply."""
    logs: dict[str, Counter[str]]
    """Of each node: warnings, and events that something works again, since the fault began."""

    @property
    def logged_twice(self) -> bool:
        return any(count > 1 for events in self.logs.values() for count in events.values())

    @property
    def is_exact(self) -> bool:
        return all(count == 1 for count in self.replies)


def run(
    fault: DatabaseFault, folder: Path, posts: int, seconds: float, module: tuple[str, ...] = QUICK_DAEMON
) -> Result:
    """Let the fault happen once in a run with so many posts; it lasts for so many seconds."""
    accounts = [create_account_server(software) for software in SOFTWARE]
    with ExitStack() as stack:
        server = FaultyServer(folder, require_programs(), fault, stack)
        environment = stack.enter_context(ClusterEnvironment(folder / "nodes", accounts))
        nodes: list[Node] = []
        stack.callback(lambda: [stop_daemon(node.process) for node in nodes])
        names = [f"node-{number + 1}" for number in range(NODE_COUNT)]
        nodes.extend(environment.start_node(each, server.url, *OPTIONS, module=module) for each in names)
        links = environment.article_urls()

        def add_posts(share: float) -> None:
            while sum(len(account.posts) for account in accounts) < posts * share:
                number = sum(len(account.posts) for account in accounts)
                link = f"{links[number % len(links)]}?post={number}"
                accounts[number % len(accounts)].add_post(f"Post {number}", link)

        add_posts(0.5)
        _wait_until(lambda: _count(environment) >= posts * FAULT_AT, nodes)
        add_posts(1)
        before = {node.name: len(node.events()) for node in nodes}
        server.let_happen(seconds)
        ended, replied = time.monotonic(), _count(environment)
        _wait_until(lambda: _count(environment) > replied, nodes)
        next_reply = time.monotonic() - ended
        try:
            _wait_until(lambda: server.count_sent() >= posts, nodes)
        except SystemExit as error:
            raise SystemExit(f"{error}\n{server.unsent()}") from error
        _wait_until(lambda: all(_is_back(node, before[node.name]) for node in nodes), nodes)
        logs = {node.name: _problems(node.events()[before[node.name] :]) for node in nodes}
        found = [account.replies()[post] for account in accounts for post in account.posts]
    return Result(fault, found, next_reply, logs)


def _count(environment: ClusterEnvironment) -> int:
    return sum(account.replies().total() for account in environment.accounts)


def _wait_until(condition: Callable[[], bool], nodes: Sequence[Node]) -> None:
    started = time.monotonic()
    while not condition():
        for node in nodes:
            if node.process.poll() is not None or time.monotonic() - started > TIMEOUT_SECONDS:
                raise SystemExit(f"{node.name} is stuck:\n{node.log_path.read_text()[-4000:]}")
        time.sleep(0.1)


def _is_back(node: Node, since: int) -> bool:
    """Whether the node has logged that each thing that failed works again."""
    events = [str(event.get("event")) for event in node.events()[since:]]
    pairs = (
        ("the database cannot be written", "the database can be written again"),
        ("the leadership of accounts cannot be renewed", "the leadership of accounts is renewed again"),
        ("no tasks can be read for now", "tasks can be read again"),
    )
    return all(events.count(fails) == events.count(works) for fails, works in pairs)


def _problems(events: Sequence[dict[str, Any]]) -> Counter[str]:
    counted = Counter[str]()
    for event in events:
        text = str(event.get("event"))
        if event.get("level") in PROBLEMS or BACK_TO_NORMAL in text:
            counted[f"{text}: {event['account']}" if "account" in event else text] += 1
    return counted


def print_results(results: Sequence[Result], console: Console) -> None:
    table = Table("the server", "posts", "no reply", "one", "two or more", "seconds until the next reply")
    for each in results:
        counts = each.replies
        numbers = (len(counts), counts.count(0), counts.count(1), sum(count > 1 for count in counts))
        table.add_row(DESCRIPTIONS[each.fault], *map(str, numbers), f"{each.seconds:.1f}")
    console.print(table)
    logs = Table("the server", "node", "times", "what it logged")
    for each in results:
        for node, events in each.logs.items():
            for text, count in events.items():
                logs.add_row(DESCRIPTIONS[each.fault], node, str(count), text)
    console.print(logs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("faults", nargs="*", type=DatabaseFault, default=list(DatabaseFault), metavar="FAULT")
    parser.add_argument("--posts", type=int, default=90)
    parser.add_argument("--seconds", type=float, default=5.0, help="how long the fault lasts")
    options = parser.parse_args()
    results = []
    for fault in options.faults:
        with short_temporary_folder() as name:
            results.append(run(fault, Path(name), options.posts, options.seconds))
    print_results(results, Console(emoji=False))
    sys.exit(any(each.logged_twice or not each.is_exact for each in results))


if __name__ == "__main__":
    main()
