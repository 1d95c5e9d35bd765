"""Compare the cost of two checkouts, in one run: the commit before a change, and the commit after it.

    git worktree add /tmp/before COMMIT
    python -m benchmarks.compare /tmp/before . [--posts 1000000]
    python -m benchmarks.compare /tmp/before . --pages DATA [--count 200]

Both need the same libraries; the Python that runs this command is used. The old checkout creates a database
with many posts, and each checkout then runs its queries on its own copy. With `--pages`, both checkouts read
pages of a data folder instead (see `benchmarks.page_corpus`).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.page_ratios import compare_pages

HERE = Path(__file__).parent
DEFAULT_POSTS = 100_000


def run(checkout: Path, program: str, *arguments: str) -> str:
    """The output of a program of this folder that imports `bot` from a checkout."""
    done = subprocess.run(
        [sys.executable, str(HERE / program), *arguments],
        env={**os.environ, "PYTHONPATH": str(checkout.resolve())},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout


def compare_queries(old: Path, new: Path, posts: int) -> Table:
    """Milliseconds of processor time of each query of the store."""
    with tempfile.TemporaryDirectory() as folder:
        original, copy = Path(folder, "old.db"), Path(folder, "new.db")
        run(old, "many_posts.py", str(original), str(posts))
        shutil.copy(original, copy)
        before = json.loads(run(old, "store_queries.py", str(original)))
        started = time.monotonic()
        upgrade = "from bot.store import Database; from many_posts import NOW; import pathlib, sys; "
        upgrade += "Database(pathlib.Path(sys.argv[1]), NOW).close()"
        subprocess.run(
            [sys.executable, "-c", upgrade, str(copy)],
            env={**os.environ, "PYTHONPATH": f"{new.resolve()}:{HERE}"},
            check=True,
        )
        seconds = time.monotonic() - started
        after = json.loads(run(new, "store_queries.py", str(copy)))
        sizes = [path.stat().st_size / 2**20 for path in (original, copy)]
    table = Table(
        title=f"{posts:,} posts; upgrade {seconds:.1f} s; files {sizes[0]:.0f} and {sizes[1]:.0f} MB"
    )
    for heading in ("query", "before, ms", "after, ms", "ratio"):
        table.add_column(heading, justify="left" if heading == "query" else "right")
    for name, milliseconds in before.items():
        ratio = after[name] / milliseconds if milliseconds else 0
        table.add_row(name, f"{milliseconds:.2f}", f"{after[name]:.2f}", f"{ratio:.3f}")
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--posts", type=int, default=DEFAULT_POSTS)
    parser.add_argument("--pages", type=Path, help="a folder of pages to read")
    parser.add_argument("--count", type=int, default=200, help="number of pages")
    options = parser.parse_args()
    if options.pages is not None:
        Console().print(compare_pages(options.old, options.new, options.pages, options.count))
        return
    Console().print(compare_queries(options.old, options.new, options.posts))


if __name__ == "__main__":
    main()
