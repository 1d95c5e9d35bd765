"""SIGKILLs of the real daemon on two platforms, and the replies in the end: `make kills`.

    python -m benchmarks.kills [--kills N] [--side-by-side N] [--on 0.19|1.0|upgrade|piefed]
        [--outage SECONDS] [--clock] [--preloaded]

Each run adds posts, injects random faults and kills the daemon at a random request; the database is lost
once. An outage of the Fediverse server's database is one of the faults; with `--outage`, each of the runs
side by side has at least one, of so many seconds. With `--on upgrade`, Lemmy is 0.19 for a quarter of the
runs, and becomes 1.0 in the middle of one. With `--clock`, the daemon's clock is an hour behind, a day ahead
or right in each run, and jumps in the middle of it; in the end it is right. With `--preloaded`, the daemons
are forks of a process that has imported the daemon and its workers, which saves most of the processor time.

Exits with 1 if a post has not exactly one reply, or an outage that was asked for did not happen.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.sandbox.faults import Fault
from bot.sandbox.server_software import ServerSoftware
from tests.crash.kill_scenario import DAEMON_MODULE, OUTAGE, KillScenario
from tests.preloaded import start_server, stop_server, use_preloaded_daemons

UPGRADE = "upgrade"
HOMES = {
    "0.19": ServerSoftware.LEMMY_0_19,
    "1.0": ServerSoftware.LEMMY_1_0,
    UPGRADE: ServerSoftware.LEMMY_0_19,
    "piefed": ServerSoftware.PIEFED,
}


def run(
    on: str, kills: int, outage: float | None, wrong_clock: bool, seed: int
) -> tuple[Counter[int], Counter[Fault]]:
    """The number of posts by their number of replies in the end, and the injected faults."""
    with tempfile.TemporaryDirectory() as folder:
        scenario = KillScenario(
            Path(folder),
            DAEMON_MODULE,
            seed,
            ("news",),
            HOMES[on],
            OUTAGE if outage is None else timedelta(seconds=outage),
            wrong_clock=wrong_clock,
        )
        with scenario.environment:
            upgrade_at = kills // 4 if on == UPGRADE else None
            outage_at = None if outage is None else kills // 3
            scenario.run_with_kills(
                kills, lose_database_at=kills // 2, upgrade_at=upgrade_at, outage_at=outage_at
            )
            scenario.run_to_end()
            return Counter(scenario.replies().values()), scenario.injected_faults


@contextmanager
def preloaded_daemons() -> Iterator[None]:
    """Let the daemons be forks of one process inside the `with` block."""
    server = start_server()
    use_preloaded_daemons()
    try:
        yield
    finally:
        stop_server(server)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--side-by-side", type=int, default=4)
    parser.add_argument("--on", choices=HOMES, default="0.19", help="the server software beside Reddit")
    parser.add_argument("--outage", type=float, help="at least one outage in each run, of so many seconds")
    parser.add_argument("--clock", action="store_true", help="let the daemon's clock be wrong and jump")
    parser.add_argument("--preloaded", action="store_true", help="import the code of all daemons only once")
    options = parser.parse_args()
    share = options.kills // options.side_by_side
    started = time.monotonic()
    preloaded = preloaded_daemons() if options.preloaded else nullcontext()
    with preloaded, ThreadPoolExecutor(options.side_by_side) as threads:
        results = list(
            threads.map(
                partial(run, options.on, share, options.outage, options.clock),
                range(100, 100 + options.side_by_side),
            )
        )
    outages = [result[1][Fault.DATABASE_DOWN] for result in results]
    replies = sum((result[0] for result in results), Counter[int]())
    faults = sum((result[1] for result in results), Counter[Fault]())
    table = Table("measure", "value", title=f"The daemon killed on {_name(options.on)} and Reddit")
    table.add_row("SIGKILLs", str(share * options.side_by_side))
    table.add_row("faults injected", str(faults.total()))
    table.add_row("outages of the database, of each run", ", ".join(map(str, outages)))
    table.add_row("clock", "wrong, jumping" if options.clock else "right")
    table.add_row("start of the daemon", "preloaded" if options.preloaded else "from disk")
    table.add_row("databases lost", str(options.side_by_side))
    table.add_row("posts", str(replies.total()))
    table.add_row("with exactly one reply", str(replies[1]))
    table.add_row("without one", str(replies[0]))
    table.add_row("with two or more", str(sum(count for number, count in replies.items() if number > 1)))
    table.add_row("seconds", f"{time.monotonic() - started:.0f}")
    for fault, count in faults.most_common():
        table.add_row(f"  {fault.value}", str(count))
    Console().print(table)
    sys.exit(exit_code(replies, None if options.outage is None else outages))


def exit_code(replies: Counter[int], planned_outages: list[int] | None) -> int:
    """1 if a post has not exactly one reply, or a run had no outage although each was to have one."""
    has_outages = planned_outages is None or all(planned_outages)
    return 0 if replies.total() == replies[1] and has_outages else 1


def _name(on: str) -> str:
    return "Lemmy 0.19, then 1.0," if on == UPGRADE else HOMES[on]


if __name__ == "__main__":
    main()
