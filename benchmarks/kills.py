"""SIGKILLs of the real daemon on two platforms, and the replies in the end: `make kills`.

    python -m benchmarks.kills [--kills N] [--side-by-side N] [--on 0.19|1.0|upgrade|piefed]
        [--outage SECONDS] [--clock]

Each run adds posts, injects random faults and kills the daemon at a random request; the database is lost
once. An outage of the Fediverse server's database takes `--outage` seconds. With `--on upgrade`, Lemmy is
0.19 for a quarter of the runs, and becomes 1.0 in the middle of one. With `--clock`, the daemon's clock is an
hour behind, a day ahead or right in each run, and jumps in the middle of it; in the end it is right.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.sandbox.faults import Fault
from bot.sandbox.server_software import ServerSoftware
from tests.crash.kill_scenario import DAEMON_MODULE, KillScenario

UPGRADE = "upgrade"
HOMES = {
    "0.19": ServerSoftware.LEMMY_0_19,
    "1.0": ServerSoftware.LEMMY_1_0,
    UPGRADE: ServerSoftware.LEMMY_0_19,
    "piefed": ServerSoftware.PIEFED,
}


def run(
    on: str, kills: int, outage: float, wrong_clock: bool, seed: int
) -> tuple[Counter[int], Counter[Fault]]:
    """The number of posts by their number of replies in the end, and the injected faults."""
    with tempfile.TemporaryDirectory() as folder:
        scenario = KillScenario(
            Path(folder),
            DAEMON_MODULE,
            seed,
            ("news",),
            HOMES[on],
            timedelta(seconds=outage),
            wrong_clock=wrong_clock,
        )
        with scenario.environment:
            upgrade_at = kills // 4 if on == UPGRADE else None
            scenario.run_with_kills(kills, lose_database_at=kills // 2, upgrade_at=upgrade_at)
            scenario.run_to_end()
            return Counter(scenario.replies().values()), scenario.injected_faults


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--side-by-side", type=int, default=4)
    parser.add_argument("--on", choices=HOMES, default="0.19", help="the server software beside Reddit")
    parser.add_argument("--outage", type=float, default=2, help="how long a database is down, in seconds")
    parser.add_argument("--clock", action="store_true", help="let the daemon's clock be wrong and jump")
    options = parser.parse_args()
    share = options.kills // options.side_by_side
    started = time.monotonic()
    with ThreadPoolExecutor(options.side_by_side) as threads:
        results = list(
            threads.map(
                partial(run, options.on, share, options.outage, options.clock),
                range(100, 100 + options.side_by_side),
            )
        )
    replies = sum((result[0] for result in results), Counter[int]())
    faults = sum((result[1] for result in results), Counter[Fault]())
    table = Table("measure", "value", title=f"The daemon killed on {_name(options.on)} and Reddit")
    table.add_row("SIGKILLs", str(share * options.side_by_side))
    table.add_row("faults injected", str(faults.total()))
    table.add_row("clock", "wrong, jumping" if options.clock else "right")
    table.add_row("databases lost", str(options.side_by_side))
    table.add_row("posts", str(replies.total()))
    table.add_row("with exactly one reply", str(replies[1]))
    table.add_row("without one", str(replies[0]))
    table.add_row("with two or more", str(sum(count for number, count in replies.items() if number > 1)))
    table.add_row("seconds", f"{time.monotonic() - started:.0f}")
    for fault, count in faults.most_common():
        table.add_row(f"  {fault.value}", str(count))
    Console().print(table)


def _name(on: str) -> str:
    return "Lemmy 0.19, then 1.0," if on == UPGRADE else HOMES[on]


if __name__ == "__main__":
    main()
