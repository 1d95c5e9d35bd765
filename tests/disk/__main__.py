"""The disk is full at every single write, from creating the database to the last reply.

python -m tests.disk FOLDER      prints a table; exits with 1 if anything was lost, sent twice or not reported
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.disk.runs import run_all
from tests.disk.verdict import table, violations


def main() -> int:
    results = run_all(Path(sys.argv[1]), step=1)
    print(table(results))
    found = violations(results)
    print("\n".join(found) if found else "Nothing lost, nothing posted twice, every run ended normally.")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
