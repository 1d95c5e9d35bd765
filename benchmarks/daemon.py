"""How soon the daemon is at work, and how much memory it takes: at rest, and after many posts.

    python -m benchmarks.daemon [--posts 10000] [--pages]

The real daemon runs against the sandbox's Lemmy on loopback. Memory is the proportional set size (PSS:
shared pages are shared out), of the daemon's own process and of all its processes together. The time to
the first poll is the best of a few starts on a database that is there already; processor seconds stand
beside it, because other work on the machine does not change them.
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
REST = 8.0
"""Seconds until a daemon without work has settled."""
PATIENCE = 3600.0
COMMUNITIES = tuple(f"town{number}" for number in range(12))
"""So many that none meets its daily cap."""
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Footprint:
    """Megabytes."""

    own: float
    family: float
    processes: int


def family_of(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return []
    return [pid, *(each for child in children for each in family_of(int(child)))]


def pss(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


def footprint(pid: int) -> Footprint:
    family = family_of(pid)
    return Footprint(pss(pid), sum(map(pss, family)), len(family))


def busy_seconds(pid: int) -> float:
    """Processor time of one process so far (proc(5), stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def first_poll(folder: Path) -> tuple[float, float]:
    """Seconds, and processor seconds of the daemon's process, from its start to its first poll."""
    with SandboxEnvironment(folder) as stage:
        began = time.monotonic()
        daemon = stage.start_daemon()
        try:
            while not any(request.path.endswith("/post/list") for request in stage.lemmy.requests):
                if daemon.poll() is not None or time.monotonic() - began > 60:
                    raise SystemExit(stage.log_path.read_text()[-2000:])
                time.sleep(0.005)
            return time.monotonic() - began, busy_seconds(daemon.pid)
        finally:
            stop_daemon(daemon)


ONE_PASS = """
import sys, threading
from pathlib import Path
from bot.daemon.app import App
from bot.config import load
from bot.core.time_limit import Pass
with App(load(Path(sys.argv[1]), {})) as app:
    app.one_pass(Pass.of(threading.Event(), 60))
print(*{name.partition(".")[0] for name in sys.modules})
"""
HEAVY = frozenset(
    {"praw", "prawcore", "newspaper", "nltk", "sumy", "numpy", "trafilatura", "starlette", "uvicorn"}
)


def heavy_libraries(folder: Path) -> list[str]:
    """What of Reddit's client, the readers of pages and the operator's pages a Lemmy-only daemon loads."""
    with SandboxEnvironment(folder) as stage:
        command = [sys.executable, "-c", ONE_PASS, str(stage.config_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return sorted(HEAVY & set(done.stdout.split()))


def long_run(folder: Path, posts: int, pages: bool) -> tuple[Footprint, Footprint, float]:
    """At rest, after all posts have their outcome and it has come to rest, and posts a minute."""
    limits = dict.fromkeys(DEFAULT_LIMITS, (1_000_000, 60))
    with SandboxEnvironment(folder, communities=COMMUNITIES, limits=limits) as stage:
        if pages:
            with stage.config_path.open("a") as file:
                file.write("\n[web]\nenabled = true\nport = 8643\n")
        daemon = stage.start_daemon("--settle", "0.2")
        try:
            time.sleep(REST)
            rest = footprint(daemon.pid)
            links = [stage.site.url + page.path for page in stage.site.stories if "drip" not in page.path]
            began = time.monotonic()
            for number in range(posts):
                link = f"{links[number % len(links)]}?n={number}"
                home = stage.communities[number % len(COMMUNITIES)]
                stage.lemmy.state.add_post(home, stage.alice, f"Post {number}", link)
                while number - stage_ended(stage, number) > 500:
                    time.sleep(0.5)
            while stage.count_finished_posts() < posts:
                if time.monotonic() - began > PATIENCE:
                    raise SystemExit(f"only {stage.count_finished_posts()} of {posts} posts had an outcome")
                time.sleep(0.5)
            seconds = time.monotonic() - began
            time.sleep(REST)
            return rest, footprint(daemon.pid), posts / seconds * 60
        finally:
            stop_daemon(daemon)


def stage_ended(stage: SandboxEnvironment, number: int) -> int:
    """How many have their outcome; asked now and then, as it reads the whole database."""
    return stage.count_finished_posts() if number % 250 == 0 else number


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--posts", type=int, default=10_000)
    options.add_argument("--pages", action="store_true", help="with [web] switched on")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        first_poll(folder / "start")  # makes the database
        starts = [first_poll(folder / "start") for _ in range(STARTS)]
        loaded = heavy_libraries(folder / "modules")
        rest, after, rate = long_run(folder / "long", chosen.posts, chosen.pages)
    table = Table("what", "figure", title=f"The daemon on {os.cpu_count()} cores")
    table.add_row(f"start to first poll, best of {STARTS}", f"{min(seconds for seconds, _ in starts):.1f} s")
    table.add_row("processor time of it, least", f"{min(busy for _, busy in starts):.1f} s")
    table.add_row("heavy libraries in a Lemmy-only daemon", ", ".join(loaded) or "none")
    for name, found in (("at rest", rest), (f"after {chosen.posts} posts", after)):
        table.add_row(f"memory {name}, the daemon", f"{found.own:.0f} MB")
        table.add_row(f"memory {name}, all {found.processes} processes", f"{found.family:.0f} MB")
    table.add_row("posts a minute through all stages", f"{rate:.0f}")
    Console().print(table)


if __name__ == "__main__":
    main()
