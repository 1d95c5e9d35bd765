"""The daemon's memory with a database of many posts, beside one with few.

    python -m benchmarks.memory_at_size [--posts 10000 1000000] [--folder FOLDER]

The real daemon runs against the sandbox's Lemmy, replies to posts, and serves its pages. Memory is the
proportional set size (PSS) of its main process; the others never open the database. The databases are
created in `--folder` unless they are there. A million posts take some minutes.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
import urllib.request
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import many_posts
from benchmarks.daemon import pss, wait_for_workers
from benchmarks.daemon_cost import add_posts, wait_for_replies
from benchmarks.newcomer_path import free_ports
from bot.sandbox.environment import SandboxEnvironment, stop_daemon

DEFAULT_POSTS = (10_000, 1_000_000)
REPLIES = 20
PATHS = ("/", "/posts", "/posts?q=xylophone", "/metrics", "/healthz")
PAGE_ROUNDS = 5
IDLE_SECONDS = 8.0


def measure(original: Path, folder: Path) -> dict[str, float]:
    """Megabytes at rest, after replies, and after pages were requested."""
    with SandboxEnvironment(folder) as environment:
        shutil.copy(original, environment.database_path)
        port = free_ports()
        with environment.config_path.open("a", encoding="utf-8") as config:
            config.write(f"\n[web]\nenabled = true\nport = {port}\n")
        daemon = environment.start_daemon("--settle", "0.2")
        try:
            wait_for_workers(daemon.pid)
            time.sleep(IDLE_SECONDS)
            found = {"at rest": pss(daemon.pid)}
            add_posts(environment, 0, REPLIES)
            wait_for_replies(environment, REPLIES)
            time.sleep(IDLE_SECONDS)
            found[f"after {REPLIES} replies"] = pss(daemon.pid)
            for path in PATHS * PAGE_ROUNDS:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
                    answer.read()
            found["after pages"] = pss(daemon.pid)
        finally:
            stop_daemon(daemon)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--posts", type=int, nargs=2, default=DEFAULT_POSTS, help="few, and many")
    parser.add_argument("--folder", type=Path, help="keeps the databases")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder, results = options.folder or Path(scratch), []
        for posts in options.posts:
            original = folder / f"posts-{posts}.db"
            if not original.exists():
                many_posts.fill(original, posts)
            results.append(measure(original, Path(scratch) / str(posts)))
    few, many = results
    table = Table(title="Memory of the daemon's main process, MB")
    table.add_column("when")
    for posts in options.posts:
        table.add_column(f"{posts:,} posts", justify="right")
    table.add_column("ratio", justify="right")
    for when, megabytes in few.items():
        table.add_row(when, f"{megabytes:.1f}", f"{many[when]:.1f}", f"{many[when] / megabytes:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
