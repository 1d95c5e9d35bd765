"""Look for inputs that break something, for so many minutes a target: `make fuzz MINUTES=20`.

python -m tests.fuzz [--minutes 20] [TARGET...]

Ends with 1 and the smallest input found when a check fails; put it into a test beside the mend.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
import traceback

from hypothesis import HealthCheck, Phase, given, settings

from tests.fuzz.target import Target
from tests.fuzz.targets import TARGETS

BATCH = 200
WARM_UP = 60.0
"""Seconds after which memory should not grow any more."""


def search(target: Target, seconds: float) -> bool:
    """Try new examples until the time is over or one fails; whether all held."""
    tried = 0
    began = time.monotonic()
    warm = 0

    @settings(
        max_examples=BATCH,
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

    while (passed := time.monotonic() - began) < seconds:
        if not warm and passed > min(WARM_UP, seconds / 4):
            warm = peak()
        try:
            check()
        except Exception:  # noqa: BLE001 (whatever it is, it is a find)
            traceback.print_exc()
            print(f"{target.name}: FAILED after {tried} inputs in {passed:.0f} s")
            return False
    grown = peak() - warm if warm else 0
    print(f"{target.name}: {tried} inputs in {passed:.0f} s, all held; memory grew by {grown} MB", flush=True)
    return True


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=20)
    options.add_argument("names", nargs="*")
    chosen = options.parse_args()
    targets = [each for each in TARGETS if not chosen.names or each.name in chosen.names]
    held = [search(target, 60 * chosen.minutes) for target in targets]
    sys.exit(0 if all(held) else 1)


if __name__ == "__main__":
    main()
