"""The cost of imports: `python -m benchmarks.import_cost [--runs N]`.

CPU time and wall time from the start of Python to its end, the median of N fresh processes each, run in
turn, and the ratio to `import trafilatura`. `bot.extract` delays most of its imports until the first page
that may be an article; `bot.extract, all` includes them. `bot.workers.preload` is what the fork server
imports once for all workers.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import time

STATEMENTS = {
    "python alone": "pass",
    "numpy": "import numpy",
    "trafilatura": "import trafilatura",
    "bot.extract": "import bot.extract",
    "bot.extract, all": "import bot.extract.extraction_steps",
    "bot.workers.preload": "import bot.workers.preload",
}


def cost(statement: str) -> tuple[float, float]:
    """CPU seconds and wall seconds of a fresh Python that runs `statement`."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    rounds = [{name: cost(statement) for name, statement in STATEMENTS.items()} for _ in range(runs)]
    median = {
        name: [statistics.median(one[name][at] for one in rounds) for at in (0, 1)] for name in STATEMENTS
    }
    print(f"{'':<18}      CPU      wall   ratio")
    for name, (cpu, wall) in median.items():
        ratio = cpu / median["trafilatura"][0]
        print(f"{name:<18}{cpu:>7.3f} s  {wall:>6.3f} s  {ratio:>6.2f}")


if __name__ == "__main__":
    main()
