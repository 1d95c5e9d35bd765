"""The statements that nodes send to PostgreSQL for each post that they reply to, and in each idle second.

    python -m benchmarks.statement_counts [--posts N] [--rest SECONDS] [--nodes N]

The server counts them with its module pg_stat_statements: those of SQLAlchemy, of the driver alone, and of
procrastinate, but not those inside triggers and functions. There are four accounts, as in
`benchmarks.nodes`. What it sends in an idle second is not subtracted from the numbers for each post: both are
printed, and the duration of the run.
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from rich.console import Console
from rich.table import Table

from bot.core.database_location import PostgresUrl
from bot.sandbox.account_servers import ALL_SOFTWARE, create_account_server
from bot.sandbox.cluster_environment import ClusterEnvironment, short_temporary_folder
from bot.sandbox.environment import stop_daemon
from bot.sandbox.postgresql import NOT_DURABLE, PostgresServer, require_programs
from bot.store.migrate import migrate

SETTINGS = {
    **NOT_DURABLE,
    "shared_preload_libraries": "pg_stat_statements",
    "track_activity_query_size": "8192",
}
OPTIONS = ("--settle", "1", "--poll", "1")
TIMEOUT_SECONDS = 300.0
_CONTROL = re.compile(r"BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE", re.IGNORECASE)
_OWN = "pg_stat"
"""Is part of each statement of the counter itself."""


@dataclass(frozen=True, slots=True)
class StatementCounts:
    """What a server has executed since its counters were set to zero."""

    seconds: float
    calls: Counter[str]
    """By statement, with placeholders for its values."""
    milliseconds: Counter[str]
    """Of execution in the server, by statement."""

    @property
    def all(self) -> int:
        return self.calls.total()

    @property
    def control(self) -> int:
        """The statements that only begin and end transactions."""
        return sum(count for sql, count in self.calls.items() if _CONTROL.match(sql))

    def containing(self, text: str) -> int:
        """How many of the statements contain a text."""
        return sum(count for sql, count in self.calls.items() if text in sql)


class StatementCounter:
    """Counts the statements in one database of a server that was started with `SETTINGS`."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        self._connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        self.reset()

    def reset(self) -> None:
        self._connection.execute("SELECT pg_stat_statements_reset()")
        self._started = time.monotonic()

    def read(self) -> StatementCounts:
        seconds = time.monotonic() - self._started
        calls: Counter[str] = Counter()
        milliseconds: Counter[str] = Counter()
        sql = (
            "SELECT query, calls, total_exec_time FROM pg_stat_statements JOIN pg_database ON oid = dbid"
            " WHERE datname = current_database()"
        )
        for query, count, duration in self._connection.execute(sql).fetchall():
            if _OWN not in query:
                text = " ".join(query.split())
                calls[text] += count
                milliseconds[text] += duration
        return StatementCounts(seconds, calls, milliseconds)

    def close(self) -> None:
        self._connection.close()


@contextmanager
def counting_server(folder: Path, programs: Path) -> Iterator[tuple[PostgresUrl, StatementCounter]]:
    """A server with a database of Precis, and the counter of its statements."""
    server = PostgresServer(folder, programs, SETTINGS)
    server.start()
    try:
        url = server.create_database("precis")
        location = PostgresUrl(url)
        migrate(location, datetime.now(UTC))
        counter = StatementCounter(url)
        try:
            yield location, counter
        finally:
            counter.close()
    finally:
        server.stop("immediate")


def measure(
    folder: Path, programs: Path, posts: int, rest: float, nodes: int = 1
) -> tuple[StatementCounts, StatementCounts]:
    """What the nodes of four accounts send in `rest` idle seconds, and until all posts have a reply."""
    accounts = [create_account_server(software) for software in ALL_SOFTWARE]
    environment = ClusterEnvironment(folder / "nodes", accounts, settings="[workers]\nprocesses = 1\n")
    with counting_server(folder / "server", programs) as (location, counter), environment:
        running = [
            environment.start_node(f"node-{number + 1}", str(location), *OPTIONS) for number in range(nodes)
        ]
        try:
            links = environment.article_urls()

            def reply_to(count: int) -> None:
                end = time.monotonic() + TIMEOUT_SECONDS
                for number in range(count):
                    account = accounts[number % len(accounts)]
                    account.add_post(f"Post {number}", f"{links[number % len(links)]}?post={number}")
                while any(len(account.replies()) < len(account.posts) for account in accounts):
                    if time.monotonic() > end or any(node.process.poll() is not None for node in running):
                        logs = "\n".join(node.log_path.read_text()[-2000:] for node in running)
                        raise SystemExit(f"not all posts have a reply:\n{logs}")
                    time.sleep(0.2)

            reply_to(len(accounts) * nodes)  # everything has started then
            time.sleep(5)
            counter.reset()
            time.sleep(rest)
            idle = counter.read()
            counter.reset()
            reply_to(posts)
            time.sleep(2)  # for what follows a reply
            return idle, counter.read()
        finally:
            for node in running:
                stop_daemon(node.process)


def print_counts(idle: StatementCounts, busy: StatementCounts, posts: int, console: Console) -> None:
    table = Table("for each post", "in an idle second", "ms for each post", "statement")
    for sql, count in busy.calls.most_common():
        table.add_row(
            f"{count / posts:.2f}",
            f"{idle.calls[sql] / idle.seconds:.2f}",
            f"{busy.milliseconds[sql] / posts:.2f}",
            sql[:150],
        )
    console.print(table)
    for name, counts, divisor in (("post", busy, posts), ("idle second", idle, idle.seconds)):
        console.print(
            f"for each {name}: {counts.all / divisor:.1f} statements, of which {counts.control / divisor:.1f}"
            f" begin or end a transaction; {sum(counts.milliseconds.values()) / divisor:.2f} ms in the server"
        )
    console.print(f"{posts} posts in {busy.seconds:.1f} seconds")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--posts", type=int, default=160)
    parser.add_argument("--rest", type=float, default=10.0, help="idle seconds")
    parser.add_argument("--nodes", type=int, default=1)
    options = parser.parse_args()
    with short_temporary_folder() as folder:
        counts = measure(Path(folder), require_programs(), options.posts, options.rest, options.nodes)
    print_counts(*counts, options.posts, Console(width=200, emoji=False))


if __name__ == "__main__":
    main()
