"""Disk full at every single write, from the making of the database to the last reply.

python -m tests.disk FOLDER      prints a table; exit code 1 when anything was lost, doubled or kept quiet
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.disk.runs import run_all
from tests.disk.verdict import table, violations


def main() -> int:
    found = run_all(Path(sys.argv[1]), step=1)
    print(table(found))
    faults = violations(found)
    print("\n".join(faults) if faults else "Nothing lost, nothing posted twice, each life ended by itself.")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
