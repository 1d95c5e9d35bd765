"""How fast the daemon starts, and how much memory it uses when idle and after many posts.

    python -m benchmarks.daemon [--posts 10000] [--pages]

The real daemon runs against the sandbox's Lemmy on loopback. Memory is the proportional set size (PSS,
which divides shared pages among processes), of the daemon's main process and of all its processes. The
time to the first poll is the best of a few starts on an existing database. CPU seconds are shown too,
because other work on the machine does not change them.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.sandbox.environment import SandboxEnvironment, stop_daemon
from bot.sandbox.lemmy.rate_limits import DEFAULT_LIMITS

STARTS = 5
IDLE_SECONDS = 8.0
"""After this a daemon without work is idle."""
PROCESSES = 5
"""The daemon, the fork server with its resource tracker, and two workers."""
TIMEOUT_SECONDS = 3600.0
COMMUNITIES = tuple(f"community{number}" for number in range(12))
"""Enough communities that none reaches its daily limit."""
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Footprint:
    """Megabytes."""

    main_process: float
    all_processes: float
    process_count: int


def all_processes_of(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return []
    return [pid, *(each for child in children for each in all_processes_of(int(child)))]


def pss(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


def footprint(pid: int) -> Footprint:
    all_processes = all_processes_of(pid)
    return Footprint(pss(pid), sum(map(pss, all_processes)), len(all_processes))


def cpu_seconds(pid: int) -> float:
    """CPU time of a process so far (proc(5), stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def first_poll(folder: Path) -> tuple[float, float]:
    """Seconds and CPU seconds of the daemon's process from its start to its first poll."""
    with SandboxEnvironment(folder) as environment:
        started = time.monotonic()
        daemon = environment.start_daemon()
        try:
            while not any(request.path.endswith("/post/list") for request in environment.lemmy.requests):
                if daemon.poll() is not None or time.monotonic() - started > 60:
                    raise SystemExit(environment.log_path.read_text()[-2000:])
                time.sleep(0.005)
            return time.monotonic() - started, cpu_seconds(daemon.pid)
        finally:
            stop_daemon(daemon)


RUN_ONCE = """
import sys, threading
from pathlib import Path
from bot.daemon.app import App
from bot.config import load
from bot.core.time_limit import TimeLimit
with App(load(Path(sys.argv[1]), {})) as app:
    app.run_once(TimeLimit.start(threading.Event(), 60))
print(*{name.partition(".")[0] for name in sys.modules})
"""
HEAVY = frozenset(
    {"praw", "prawcore", "newspaper", "nltk", "sumy", "numpy", "trafilatura", "starlette", "uvicorn"}
)


def heavy_libraries(folder: Path) -> list[str]:
    """The libraries for Reddit, for articles and for the operator pages that a Lemmy-only daemon imports."""
    with SandboxEnvironment(folder) as environment:
        command = [sys.executable, "-c", RUN_ONCE, str(environment.config_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return sorted(HEAVY & set(done.stdout.split()))


def wait_for_workers(pid: int) -> None:
    """Wait until the fork server and the workers run, which takes longer on a busy machine."""
    end = time.monotonic() + 120
    while len(all_processes_of(pid)) < PROCESSES and time.monotonic() < end:
        time.sleep(0.1)


def long_run(folder: Path, posts: int, pages: bool) -> tuple[Footprint, Footprint, float]:
    """Memory when idle before and after all posts have an outcome, and posts per minute."""
    limits = dict.fromkeys(DEFAULT_LIMITS, (1_000_000, 60))
    with SandboxEnvironment(folder, communities=COMMUNITIES, limits=limits) as environment:
        if pages:
            with environment.config_path.open("a") as file:
                file.write("\n[web]\nenabled = true\nport = 8643\n")
        daemon = environment.start_daemon("--settle", "0.2")
        try:
            wait_for_workers(daemon.pid)
            time.sleep(IDLE_SECONDS)
            idle = footprint(daemon.pid)
            links = [
                environment.site.url + page.path
                for page in environment.site.stories
                if "drip" not in page.path
            ]
            started = time.monotonic()
            for number in range(posts):
                link = f"{links[number % len(links)]}?n={number}"
                community = environment.communities[number % len(COMMUNITIES)]
                environment.lemmy.state.add_post(community, environment.alice, f"Post {number}", link)
                while number - count_finished(environment, number) > 500:
                    time.sleep(0.5)
            while environment.count_finished_posts() < posts:
                if time.monotonic() - started > TIMEOUT_SECONDS:
                    raise SystemExit(
                        f"only {environment.count_finished_posts()} of {posts} posts have an outcome"
                    )
                time.sleep(0.5)
            seconds = time.monotonic() - started
            time.sleep(IDLE_SECONDS)
            return idle, footprint(daemon.pid), posts / seconds * 60
        finally:
            stop_daemon(daemon)


def count_finished(environment: SandboxEnvironment, number: int) -> int:
    """Posts with an outcome; read only for every 250th post, because it reads the whole database."""
    return environment.count_finished_posts() if number % 250 == 0 else number


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--pages", action="store_true", help="with [web] enabled")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        first_poll(folder / "start")  # creates the database
        starts = [first_poll(folder / "start") for _ in range(STARTS)]
        loaded = heavy_libraries(folder / "modules")
        idle, after, rate = long_run(folder / "long", options.posts, options.pages)
    table = Table("measure", "value", title=f"The daemon on {os.cpu_count()} cores")
    table.add_row(f"start to first poll, best of {STARTS}", f"{min(seconds for seconds, _ in starts):.1f} s")
    table.add_row("CPU time of a start, least", f"{min(busy for _, busy in starts):.1f} s")
    table.add_row("heavy libraries in a Lemmy-only daemon", ", ".join(loaded) or "none")
    for name, found in (("when idle", idle), (f"after {options.posts} posts", after)):
        table.add_row(f"memory {name}, the daemon", f"{found.main_process:.0f} MB")
        table.add_row(f"memory {name}, all {found.process_count} processes", f"{found.all_processes:.0f} MB")
    table.add_row("posts per minute through all stages", f"{rate:.0f}")
    Console().print(table)


if __name__ == "__main__":
    main()
