"""SIGKILLs of the real daemon while it executes commands, and how often each had its effect.

    make command-kills
    python -m benchmarks.command_kills [--steps 30] [--outage SECONDS]

On each platform a poster and a moderator delete a reply, people opt out and in again, and a moderator
pauses and resumes a community, all at once. In each run the daemon is killed one request later than in
the run before, and started again. With `--outage`, the database of the Fediverse server also goes down for
so long while the commands are executed. Later posts show what the commands changed. Exits with 1 if any
command was not executed exactly once.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.sandbox.server_software import ServerSoftware
from tests.crash.command_scenario import CommandKillScenario, ExpectedEffect


@dataclass
class EffectCount:
    """How often the effects of one kind were seen on one platform."""

    expected: int = 0
    too_few: int = 0
    too_many: int = 0

    def add(self, effect: ExpectedEffect) -> None:
        seen = effect.count()
        self.expected += 1
        self.too_few += seen < effect.expected
        self.too_many += seen > effect.expected

    @property
    def correct(self) -> bool:
        return self.too_few == self.too_many == 0

    def __str__(self) -> str:
        correct = f"{self.expected - self.too_few - self.too_many} of {self.expected}"
        return correct if self.correct else f"{correct} ({self.too_few} too few, {self.too_many} too many)"


def run(
    software: ServerSoftware, steps: int, outage: timedelta, counts: dict[tuple[str, str], EffectCount]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        scenario = CommandKillScenario(Path(folder), software, outage)
        with scenario.environment:
            scenario.run(range(1, steps + 1))
        for name, platform in scenario.platforms.items():
            for effect in platform.effects:
                counts.setdefault((effect.name, name), EffectCount()).add(effect)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--outage", type=float, default=0, help="how long a database is down, in seconds")
    options = parser.parse_args()
    counts: dict[tuple[str, str], EffectCount] = {}
    for software in ServerSoftware:
        run(software, options.steps, timedelta(seconds=options.outage), counts)
    platforms = list(dict.fromkeys(platform for _, platform in counts))
    title = f"{len(ServerSoftware)} x {options.steps} SIGKILLs: commands with the expected effect, of all"
    table = Table("effect", *platforms, title=title)
    for name in dict.fromkeys(name for name, _ in counts):
        table.add_row(name, *(str(counts[name, platform]) for platform in platforms))
    Console().print(table)
    sys.exit(0 if all(count.correct for count in counts.values()) else 1)


if __name__ == "__main__":
    main()
