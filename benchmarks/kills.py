"""SIGKILLs of the real daemon over both platforms, and what they leave: `make kills`.

    python -m benchmarks.kills [--kills N] [--side-by-side N]

Each life gets new posts, random faults and a kill at a random request; the database is lost once.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.sandbox.faults import Fault
from tests.crash.scene import OURS, Scene


def run(kills: int, seed: int) -> tuple[Counter[int], Counter[Fault]]:
    """How many posts have so many replies in the end, and the faults on the way."""
    with tempfile.TemporaryDirectory() as folder:
        scene = Scene(Path(folder), OURS, seed, ("news",))
        with scene.stage:
            scene.live(kills, lose_database_at=kills // 2)
            scene.finish()
            return Counter(scene.replies().values()), scene.drawn


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--side-by-side", type=int, default=4)
    chosen = options.parse_args()
    share = chosen.kills // chosen.side_by_side
    began = time.monotonic()
    with ThreadPoolExecutor(chosen.side_by_side) as threads:
        ends = list(threads.map(run, [share] * chosen.side_by_side, range(100, 100 + chosen.side_by_side)))
    replies = sum((end[0] for end in ends), Counter[int]())
    faults = sum((end[1] for end in ends), Counter[Fault]())
    table = Table("what", "figure", title="The daemon killed over Lemmy and Reddit")
    table.add_row("SIGKILLs", str(share * chosen.side_by_side))
    table.add_row("faults on the way", str(faults.total()))
    table.add_row("databases lost", str(chosen.side_by_side))
    table.add_row("posts", str(replies.total()))
    table.add_row("with exactly one reply", str(replies[1]))
    table.add_row("without one", str(replies[0]))
    table.add_row("with two or more", str(sum(count for number, count in replies.items() if number > 1)))
    table.add_row("seconds", f"{time.monotonic() - began:.0f}")
    Console().print(table)


if __name__ == "__main__":
    main()
