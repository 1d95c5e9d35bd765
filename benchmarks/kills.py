"""SIGKILLs of the real daemon over two platforms, and what they leave: `make kills`.

    python -m benchmarks.kills [--kills N] [--side-by-side N] [--on 0.19|1.0|upgrade|piefed]

Each life gets new posts, random faults and a kill at a random request; the database is lost once.
With `--on upgrade` the Lemmy is 0.19 for a quarter of the lives and 1.0 from the middle of one on.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
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


def run(on: str, kills: int, seed: int) -> tuple[Counter[int], Counter[Fault]]:
    """How many posts have so many replies in the end, and the faults on the way."""
    with tempfile.TemporaryDirectory() as folder:
        scene = KillScenario(Path(folder), DAEMON_MODULE, seed, ("news",), HOMES[on])
        with scene.environment:
            upgrade_at = kills // 4 if on == UPGRADE else None
            scene.run_with_kills(kills, lose_database_at=kills // 2, upgrade_at=upgrade_at)
            scene.run_to_end()
            return Counter(scene.replies().values()), scene.injected_faults


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--side-by-side", type=int, default=4)
    options.add_argument("--on", choices=HOMES, default="0.19", help="what there is beside Reddit")
    chosen = options.parse_args()
    share = chosen.kills // chosen.side_by_side
    began = time.monotonic()
    with ThreadPoolExecutor(chosen.side_by_side) as threads:
        ends = list(threads.map(partial(run, chosen.on, share), range(100, 100 + chosen.side_by_side)))
    replies = sum((end[0] for end in ends), Counter[int]())
    faults = sum((end[1] for end in ends), Counter[Fault]())
    table = Table("what", "figure", title=f"The daemon killed over {_name(chosen.on)} and Reddit")
    table.add_row("SIGKILLs", str(share * chosen.side_by_side))
    table.add_row("faults on the way", str(faults.total()))
    table.add_row("databases lost", str(chosen.side_by_side))
    table.add_row("posts", str(replies.total()))
    table.add_row("with exactly one reply", str(replies[1]))
    table.add_row("without one", str(replies[0]))
    table.add_row("with two or more", str(sum(count for number, count in replies.items() if number > 1)))
    table.add_row("seconds", f"{time.monotonic() - began:.0f}")
    for fault, count in faults.most_common():
        table.add_row(f"  {fault.value}", str(count))
    Console().print(table)


def _name(on: str) -> str:
    return "Lemmy 0.19, then 1.0," if on == UPGRADE else HOMES[on]


if __name__ == "__main__":
    main()
