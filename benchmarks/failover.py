"""Nodes killed, stopped and cut off at every step of a send, and the comments in the end.

    python -m benchmarks.failover [--rounds N] [--production N] [--minutes N] [--seed N]

Two real nodes share a PostgreSQL server on loopback, on each of Lemmy, PieFed and Reddit. In each round, a
post is added, and something happens to the node that replies to it at one step of the send. The lease is
4 s and the settle time 1.2 s in these rounds. `--production` adds rounds of kill -9 with the lease of 15 s
that a real node has; the settle time, which a real node has beside it, stays short.

Exits with 1 if a post has not exactly one comment, or a recovery with the real lease took over 30 s.
"""

from __future__ import annotations

import argparse
import itertools
import random
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.core.database_location import PostgresUrl
from bot.sandbox.account_servers import create_account_server
from bot.sandbox.cluster_environment import short_temporary_folder
from bot.sandbox.postgresql import NOT_DURABLE, PostgresServer, require_programs
from bot.store.migrate import migrate
from tests.crash.failover_scenario import FailoverScenario, NodeFault, Round, Timing
from tests.crash.send_steps import DESCRIPTIONS, Step

SOFTWARE = ("Lemmy 0.19", "PieFed", "Reddit")
LONGEST_RECOVERY = 30.0
"""Seconds after kill -9, with the real lease."""
PRODUCTION = Timing(lease=15.0)


@dataclass(frozen=True, slots=True)
class Result:
    software: str
    round: Round
    comments: int


def plan(rounds: int, seed: int, faults: Iterable[NodeFault]) -> list[tuple[Step, NodeFault]]:
    """Every fault at every step, in random order, again and again."""
    every = list(itertools.product(DESCRIPTIONS, faults))
    numbers = random.Random(seed)
    planned: list[tuple[Step, NodeFault]] = []
    while len(planned) < rounds:
        planned += numbers.sample(every, len(every))
    return planned[:rounds]


def run(
    folder: Path,
    server: PostgresServer,
    timing: Timing,
    seed: int,
    deadline: float,
    failed: list[str],
    software: str,
    planned: Sequence[tuple[Step, NodeFault]],
    report: Callable[[], None],
) -> list[Result]:
    """Run the planned rounds on one server, and begin none after the time `deadline`.

    A server on which a round does not end is added to `failed`.
    """
    account = create_account_server(software)
    name = f"{account.account}_{seed}".replace("-", "_")
    migrate(PostgresUrl(server.create_database(name)), datetime.now(UTC))
    rounds = []
    with FailoverScenario(folder / name, account, server, name, timing=timing, seed=seed) as scenario:
        try:
            for step, fault in planned:
                if time.monotonic() > deadline:
                    break
                rounds.append(scenario.run_round(step, fault))
                report()
            scenario.wait_until_quiet()
        except AssertionError as error:
            print(f"\n{software}, {step}, {fault}: {error}", file=sys.stderr)
            failed.append(software)
        replies = scenario.replies()
    return [Result(software, each, replies[each.post]) for each in rounds]


def run_all(
    server: PostgresServer,
    folder: Path,
    rounds: int,
    timing: Timing,
    seed: int,
    deadline: float,
    failed: list[str],
) -> list[Result]:
    """Run so many rounds on the three servers, side by side; fewer if the deadline is reached."""
    progress = itertools.count(1)

    def report() -> None:
        print(f"\rround {next(progress)} of {rounds}", end="", file=sys.stderr, flush=True)

    faults = [NodeFault.KILL] if timing == PRODUCTION else list(NodeFault)
    shares = [rounds // len(SOFTWARE) + (number < rounds % len(SOFTWARE)) for number in range(len(SOFTWARE))]
    plans = [plan(share, seed + number, faults) for number, share in enumerate(shares)]
    with ThreadPoolExecutor(len(SOFTWARE)) as threads:
        work = partial(run, folder, server, timing, seed, deadline, failed)
        found = list(threads.map(work, SOFTWARE, plans, itertools.repeat(report)))
    print(file=sys.stderr)
    return [result for results in found for result in results]


def print_results(title: str, results: Sequence[Result], console: Console) -> None:
    columns = ("rounds", "0 comments", "1", "2 or more", "recovery, median", "slowest")
    by_step = Table("step", *columns, title=title)
    for step, name in DESCRIPTIONS.items():
        _add_row(by_step, name, [each for each in results if each.round.step is step])
    _add_row(by_step, "all", results)
    console.print(by_step)
    groups: dict[tuple[NodeFault, str], list[Result]] = defaultdict(list)
    for each in results:
        groups[each.round.fault, each.software].append(each)
    by_fault = Table("fault", "server", *columns)
    for fault, software in itertools.product(NodeFault, SOFTWARE):
        if groups[fault, software]:
            _add_row(by_fault, fault, groups[fault, software], software)
    console.print(by_fault)


def _add_row(table: Table, name: str, results: Sequence[Result], *more: str) -> None:
    if not results:
        return
    comments = [each.comments for each in results]
    seconds = [each.round.seconds for each in results]
    table.add_row(
        name,
        *more,
        *map(str, (len(results), comments.count(0), comments.count(1), sum(each > 1 for each in comments))),
        f"{statistics.median(seconds):.1f} s",
        f"{max(seconds):.1f} s",
    )


def exit_code(results: Iterable[Result], in_production: Iterable[Result]) -> int:
    """1 if a post has not exactly one comment, or a recovery with the real lease took too long."""
    results, in_production = list(results), list(in_production)
    exact = all(each.comments == 1 for each in [*results, *in_production])
    soon = all(each.round.seconds <= LONGEST_RECOVERY for each in in_production)
    return 0 if exact and soon else 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--production", type=int, default=6, help="further rounds of kill -9, real lease")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60, help="begin no more rounds after so long")
    options = parser.parse_args()
    console, started = Console(emoji=False), time.monotonic()
    deadline = started + options.minutes * 60
    failed: list[str] = []
    with short_temporary_folder() as name:
        server = PostgresServer(Path(name) / "server", require_programs(), NOT_DURABLE)
        server.start()
        try:
            folder, seed = Path(name), options.seed
            real = run_all(server, folder, options.production, PRODUCTION, seed + 100, deadline, failed)
            results = run_all(server, folder, options.rounds, Timing(), seed, deadline, failed)
        finally:
            server.stop("immediate")
    print_results(f"{len(results)} rounds with a lease of {Timing().lease:g} s", results, console)
    if real:
        print_results(f"{len(real)} rounds with a lease of {PRODUCTION.lease:g} s", real, console)
    console.print(f"{time.monotonic() - started:.0f} seconds")
    if failed:
        console.print(f"A round did not end on: {', '.join(failed)}")
    sys.exit(1 if failed else exit_code(results, real))


if __name__ == "__main__":
    main()
