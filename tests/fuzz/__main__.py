"""Search for inputs that break something, for a number of minutes per target: `make fuzz MINUTES=20`.

python -m tests.fuzz [--minutes 20] [--inputs 10000] [--pages FOLDER] [TARGET...]

`--inputs` ends the search of a target after this many inputs. `--pages` are real pages for the target
"pages".

Exits with 1 and the smallest input found if a check fails. Add this input to a test when you fix the bug.
"""

from __future__ import annotations

import argparse
import math
import resource
import sys
import time
import traceback
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings

from tests.fuzz.pages import use_pages
from tests.fuzz.target import Target
from tests.fuzz.targets import TARGETS

EXAMPLES_PER_BATCH = 200
WARM_UP_SECONDS = 60.0
"""Seconds after which memory should not grow."""


def search(target: Target, seconds: float, inputs: float) -> bool:
    """Try new examples until time or `inputs` run out, or one fails. Returns whether all passed."""
    tried = 0
    started = time.monotonic()
    warmed_up = 0

    @settings(
        max_examples=EXAMPLES_PER_BATCH,
        deadline=None,
        derandomize=False,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(target.values)
    def check(value: object) -> None:
        nonlocal tried
        tried += 1
        target.check(value)

    while (elapsed := time.monotonic() - started) < seconds and tried < inputs:
        if not warmed_up and elapsed > min(WARM_UP_SECONDS, seconds / 4):
            warmed_up = peak_memory()
        try:
            check()
        except Exception:  # noqa: BLE001 (any error is a finding)
            traceback.print_exc()
            print(f"{target.name}: FAILED after {tried} inputs in {elapsed:.0f} s")
            return False
    growth = peak_memory() - warmed_up if warmed_up else 0
    print(
        f"{target.name}: {tried} inputs in {elapsed:.0f} s, all passed; memory grew by {growth} MB",
        flush=True,
    )
    return True


def peak_memory() -> int:
    """The largest size of the process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--inputs", type=float, default=math.inf)
    parser.add_argument("--pages", type=Path)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    if options.pages:
        use_pages(options.pages)
    targets = [each for each in TARGETS if not options.names or each.name in options.names]
    passed = [search(target, 60 * options.minutes, options.inputs) for target in targets]
    sys.exit(0 if all(passed) else 1)


if __name__ == "__main__":
    main()
