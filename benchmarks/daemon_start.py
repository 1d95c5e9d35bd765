"""The cost of one start of the daemon, until its first poll and until it is idle, and its memory then.

    python benchmarks/daemon_start.py FOLDER [--posts 1000]

Prints one line of JSON. `benchmarks.compare` runs this file with the package `bot` of two checkouts, so it
uses only functions that the older one has too. The real daemon runs against the sandbox's Lemmy. Memory is
the proportional set size (PSS), which divides shared pages among processes. With `--posts`, it is measured
again after so many posts.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from daemon import (  # type: ignore[import-not-found]
    COMMUNITIES,
    all_processes_of,
    cpu_seconds,
    footprint,
    wait_for_workers,
)
from processor_time import process_time  # type: ignore[import-not-found]  # both are beside this script

from bot.sandbox.environment import SandboxEnvironment, stop_daemon
from bot.sandbox.lemmy.rate_limits import DEFAULT_LIMITS

IDLE_SECONDS = 8.0
"""After this, a daemon without work is idle."""
TIMEOUT_SECONDS = 1800.0
MAX_WAITING = 200
"""Posts that wait at one time, as many as a poll lists."""


def measure(folder: Path, posts: int) -> dict[str, float]:
    """Milliseconds of processor time and megabytes. `folder` keeps the database for the next start."""
    limits = dict.fromkeys(DEFAULT_LIMITS, (1_000_000, 60))
    with SandboxEnvironment(folder, communities=COMMUNITIES, limits=limits) as environment:
        daemon = environment.start_daemon("--settle", "0.2")
        try:
            while not any(request.path.endswith("/post/list") for request in environment.lemmy.requests):
                if daemon.poll() is not None:
                    raise SystemExit(environment.log_path.read_text()[-2000:])
                time.sleep(0.002)
            found = {"start to the first poll, ms": cpu_seconds(daemon.pid) * 1000}
            wait_for_workers(daemon.pid)
            time.sleep(IDLE_SECONDS)
            found["start until it is idle, all processes, ms"] = process_time(daemon.pid).all * 1000
            found["start of the fork server, ms"] = cpu_seconds(fork_server_of(daemon.pid)) * 1000
            found |= memory(daemon.pid, "at rest")
            if posts:
                send(environment, posts)
                time.sleep(IDLE_SECONDS)
                found |= memory(daemon.pid, f"after {posts} posts")
        finally:
            stop_daemon(daemon)
    return found


def fork_server_of(pid: int) -> int:
    """The process that the workers are copies of; they are copied when it has loaded everything."""
    child: int
    for child in all_processes_of(pid)[1:]:
        if b"multiprocessing.forkserver" in Path(f"/proc/{child}/cmdline").read_bytes():
            return child
    raise SystemExit("the daemon has no fork server")


def memory(pid: int, when: str) -> dict[str, float]:
    measured = footprint(pid)
    return {
        f"memory {when}, the daemon, MB": measured.main_process,
        f"memory {when}, all processes, MB": measured.all_processes,
    }


def send(environment: SandboxEnvironment, posts: int) -> None:
    """Add posts and wait until each has an outcome."""
    links = [environment.site.url + page.path for page in environment.site.stories if "drip" not in page.path]
    end = time.monotonic() + TIMEOUT_SECONDS
    added = 0
    while (finished := environment.count_finished_posts()) < posts:
        if time.monotonic() > end:
            raise SystemExit(f"only {finished} of {posts} posts have an outcome")
        for number in range(added, min(posts, finished + MAX_WAITING)):
            community = environment.communities[number % len(COMMUNITIES)]
            link = f"{links[number % len(links)]}?n={number}"
            environment.lemmy.state.add_post(community, environment.alice, f"Post {number}", link)
            added = number + 1
        time.sleep(0.5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--posts", type=int, default=0)
    options = parser.parse_args()
    print(json.dumps(measure(options.folder, options.posts)))


if __name__ == "__main__":
    main()
