"""SIGKILLs of the real daemon while it does what people ask, and how often it was done: `make wishes`.

    python -m benchmarks.command_kills [--steps 30]

On each platform a poster and a moderator have a reply deleted, people opt out and in again, and a
moderator pauses and resumes a place, all at once; the daemon is killed one request later in each life,
and started again. Later posts show what the words have changed. Ends with 1 when anything was not done
exactly once.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.sandbox.server_software import ServerSoftware
from tests.crash.command_scenario import CommandKillScenario, ExpectedEffect


@dataclass
class EffectCount:
    """Wishes of one kind on one platform."""

    asked: int = 0
    less: int = 0
    more: int = 0

    def add(self, wish: ExpectedEffect) -> None:
        seen = wish.count()
        self.asked += 1
        self.less += seen < wish.expected
        self.more += seen > wish.expected

    @property
    def right(self) -> bool:
        return self.less == self.more == 0

    def __str__(self) -> str:
        kept = f"{self.asked - self.less - self.more} of {self.asked}"
        return kept if self.right else f"{kept} ({self.less} too seldom, {self.more} too often)"


def run(home: ServerSoftware, steps: int, tallies: dict[tuple[str, str], EffectCount]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        scene = CommandKillScenario(Path(folder), home)
        with scene.environment:
            scene.run(range(1, steps + 1))
        for place, village in scene.platforms.items():
            for wish in village.effects:
                tallies.setdefault((wish.name, place), EffectCount()).add(wish)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--steps", type=int, default=30)
    chosen = options.parse_args()
    tallies: dict[tuple[str, str], EffectCount] = {}
    for home in ServerSoftware:
        run(home, chosen.steps, tallies)
    places = list(dict.fromkeys(place for _, place in tallies))
    title = f"{len(ServerSoftware)} x {chosen.steps} SIGKILLs: as wished, of all that was wished"
    table = Table("what", *places, title=title)
    for kind in dict.fromkeys(kind for kind, _ in tallies):
        table.add_row(kind, *(str(tallies[kind, place]) for place in places))
    Console().print(table)
    sys.exit(0 if all(tally.right for tally in tallies.values()) else 1)


if __name__ == "__main__":
    main()
