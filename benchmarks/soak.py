"""Thousands of posts of mixed kinds through the real daemon, with random faults: `make soak`.

    python -m benchmarks.soak [--posts 10000] [--wave 100] [--seed 1]

Links to ordinary articles, to everything else that people post, and to hostile pages, on Lemmy and Reddit.
The servers' responses fail, come late or are lost. Exits with 1 if a value is not within its limit.
"""

from __future__ import annotations

import argparse
import gzip
import os
import random
import sqlite3
import statistics
import subprocess
import tempfile
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.config import load
from bot.daemon.app import App
from bot.sandbox.environment import SandboxEnvironment, stop_daemon
from bot.sandbox.fast_tuning import fast_tuning
from bot.sandbox.faults import Fault, FaultInjector
from bot.sandbox.lemmy.rate_limits import DEFAULT_LIMITS
from bot.sandbox.loopback_server import LoopbackServer, Request, Response
from bot.store.sqlite_engine import POOL_OVERFLOW, POOL_SIZE

COMMUNITIES = 12
SUBREDDITS = 4
"""Enough communities: each gets at most 1,000 replies per day."""
SETTLE = 1.2
POLL = 5.0
NO_LIMIT = dict.fromkeys(DEFAULT_LIMITS, (1000000, 60))
"""Lemmy publishes its rate limits to clients; with the real ones a soak would take days."""
STALL_SECONDS = 180.0
"""The longest time without an outcome of any post."""
MAX_GROWTH = 1.10
MIN_POSTS = 300
FIXED_THREADS = 5
"""The main thread, the scheduler's, and three that manage the worker processes."""
DATABASE = "precis.db"
MAX_DATABASE_FILES = 2 * POOL_SIZE + POOL_OVERFLOW + 2
"""Each pooled connection has the database and its WAL open; all share the index and the lock. When a
connection is closed while others are in use, SQLite keeps the database's descriptor for the next one,
because closing it would drop all locks of the process (https://www.sqlite.org/howtocorrupt.html, 2.2)."""
LINK_WEIGHTS = {"/live/drip": 0.05}
"""Links that occupy a fetch until its timeout are less frequent than others, which have the weight 1."""
FAULTS = {
    Fault.FAIL: 0.03,
    Fault.DROP: 0.03,
    Fault.STORE_THEN_FAIL: 0.04,
    Fault.STORE_THEN_DROP: 0.04,
    Fault.LATE_COMMIT: 0.03,
    Fault.LATE_LISTING: 0.03,
}
WORDS = b"<p>The harbour board counted the boats again and found that three of them were not there.</p>"
HOSTILE: dict[str, tuple[bytes, dict[str, str]]] = {
    "/attributes": (b"<p " + b" ".join(b"a%d=1" % n for n in range(50_000)) + b">" + WORDS * 20, {}),
    "/nested": (b"<div>" * 100_000 + WORDS * 20, {}),
    "/bomb": (gzip.compress(b"\0" * 50_000_000), {"Content-Encoding": "gzip"}),
    "/large": (WORDS * 60_000, {}),
    "/markdown": (b"<article>" + b"<p>[a](http://x.example) ![b](c) **d** @all u/precis !m@n.</p>" * 40, {}),
    "/binary": (bytes(range(256)) * 400, {}),
    "/nothing": (b"", {}),
}


@dataclass
class ProcessSample:
    """The daemon's process at one point in time."""

    ended: int
    rss: int
    threads: int
    files: Counter[str]
    """Open files, by kind."""

    @property
    def databases(self) -> int:
        return sum(count for kind, count in self.files.items() if kind.startswith(DATABASE))

    @property
    def others(self) -> Counter[str]:
        return Counter({kind: count for kind, count in self.files.items() if not kind.startswith(DATABASE)})


@dataclass
class SoakResult:
    """The result of a soak."""

    posts: int
    samples: list[ProcessSample] = field(default_factory=list)
    idle: list[ProcessSample] = field(default_factory=list)
    """The idle daemon: after the first tenth, when pools have reached their size, and at the end."""
    states: Counter[str] = field(default_factory=Counter)
    replies: Counter[int] = field(default_factory=Counter)
    """Number of replies -> number of posts."""
    faults: int = 0
    seconds: float = 0.0
    max_threads: int = 0
    """The limit of all thread pools of the daemon; a pool adds a thread when all of its threads are busy."""
    exit_code: int = 0
    bugs: int = 0
    """Log lines that report a bug in Precis."""


def hostile(request: Request) -> Response:
    body, headers = HOSTILE.get(request.path, (b"", {}))
    return Response(200, body, {"Content-Type": "text/html", **headers})


class SoakRun:
    """One soak in one environment."""

    def __init__(
        self, environment: SandboxEnvironment, hostile_url: str, soak: SoakResult, seed: int
    ) -> None:
        self._stage = environment
        self._soak = soak
        self._random = random.Random(seed)
        self._added = 0
        links = [
            (environment.site.url + story.path, LINK_WEIGHTS.get(story.path, 1.0))
            for story in environment.site.stories
        ]
        links += [(hostile_url + path, 0.1) for path in HOSTILE]
        self._links, self._weights = zip(*links, strict=True)

    def run(self, daemon: subprocess.Popen[bytes], wave: int) -> None:
        soak = self._soak
        for goal in (max(wave, soak.posts // 10), soak.posts):
            self._process_until(daemon, goal, wave)
            soak.idle.append(self._idle_sample(daemon))

    def _process_until(self, daemon: subprocess.Popen[bytes], goal: int, wave: int) -> None:
        """Add posts, with about `wave` in progress at a time, until `goal` of them have an outcome."""
        while (ended := self._ended()) < goal:
            more = min(wave, goal - self._added)
            if more > 0 and self._added - ended < wave:
                self._add_posts(more)
            self._wait_until(daemon, min(ended + wave // 2, goal))

    def _add_posts(self, count: int) -> None:
        self._added += count
        lemmy, reddit = self._stage.lemmy.state, self._stage.reddit.state
        for link in self._random.choices(self._links, self._weights, k=count):
            index = self._random.randrange(COMMUNITIES + SUBREDDITS)
            if index < COMMUNITIES:
                lemmy.add_post(self._stage.communities[index], self._stage.alice, "A post", link)
            else:
                reddit.add_submission(
                    self._stage.subreddits[index - COMMUNITIES], self._stage.rosa, "A post", link
                )

    def _wait_until(self, daemon: subprocess.Popen[bytes], ended: int) -> None:
        """Wait until so many posts have an outcome. Raises SystemExit if nothing happens any more."""
        seen, moved = self._ended(), time.monotonic()
        while seen < ended:
            time.sleep(0.5)
            if daemon.poll() is not None:
                raise SystemExit(f"the daemon ended by itself: {self._stage.log_path.read_text()[-2000:]}")
            now = self._ended()
            if now > seen:
                seen, moved = now, time.monotonic()
                self._soak.samples.append(sample(daemon.pid, now))
            if time.monotonic() - moved > STALL_SECONDS:
                raise SystemExit(
                    f"nothing happens after {seen} posts: {self._stage.log_path.read_text()[-2000:]}"
                )

    def _idle_sample(self, daemon: subprocess.Popen[bytes]) -> ProcessSample:
        """The minimum over some seconds, because the daemon still polls, each time with a connection."""
        time.sleep(8)  # until the threads of fetches end and the connections to servers are closed
        found = sample(daemon.pid, self._ended())
        for _ in range(20):
            time.sleep(0.5)
            other = sample(daemon.pid, self._ended())
            found = replace(found, threads=min(found.threads, other.threads), files=found.files & other.files)
        return found

    def _ended(self) -> int:
        return sum(states(self._stage.database_path).get(state, 0) for state in ("sent", "skipped", "dead"))


def states(database: Path) -> Counter[str]:
    if not database.exists():
        return Counter()
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as connection:
        try:
            return Counter(dict(connection.execute("SELECT state, count(*) FROM posts GROUP BY state")))
        except sqlite3.OperationalError:  # not created yet
            return Counter()


def sample(pid: int, ended: int) -> ProcessSample:
    status = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line
    )
    return ProcessSample(ended, int(status["VmRSS"].split()[0]), int(status["Threads"]), open_files(pid))


def open_files(pid: int) -> Counter[str]:
    """The open files of the process by kind: the file's name, or the type of another descriptor."""
    kinds: Counter[str] = Counter()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed in the meantime
            target = str(link.readlink())
            kinds[Path(target).name if target.startswith("/") else target.split(":")[0]] += 1
    return kinds


def max_threads(environment: SandboxEnvironment) -> int:
    """One thread per job and per fetch, and those that exist from the start."""
    with App(
        load(environment.config_path, os.environ),
        fast_tuning(frozenset(), SETTLE, POLL, environment.reddit.url),
    ) as app:
        return len(app.jobs()) + app.config.fetch.at_once + FIXED_THREADS


def to_text(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


def soak(folder: Path, posts: int, wave: int, seed: int) -> SoakResult:
    """Add so many posts, `wave` at a time, and wait until each has an outcome."""
    lemmy_faults = FaultInjector(probabilities=FAULTS, delay=timedelta(seconds=0.4), seed=seed)
    reddit_faults = FaultInjector(
        calls=("POST /api/comment",),
        probabilities={**FAULTS, Fault.EMPTY_THINGS: 0.03, Fault.TOKEN_EXPIRED: 0.02},
        delay=timedelta(seconds=0.4),
        seed=seed,
    )
    found = SoakResult(posts)
    names = tuple(f"news{n}" for n in range(COMMUNITIES)), tuple(f"links{n}" for n in range(SUBREDDITS))
    server = LoopbackServer(hostile, 0)
    server.start()
    environment = SandboxEnvironment(
        folder,
        communities=names[0],
        subreddits=names[1],
        limits=NO_LIMIT,
        faults=lemmy_faults,
        reddit_faults=reddit_faults,
    )
    started = time.monotonic()
    with environment:
        local = server.url.removeprefix("http://")
        daemon = environment.start_daemon(
            "--settle", str(SETTLE), "--poll", str(POLL), "--allow-local", local
        )
        try:
            SoakRun(environment, server.url, found, seed).run(daemon, wave)
        finally:
            found.exit_code = stop_daemon(daemon)
        found.seconds = time.monotonic() - started
        found.max_threads = max_threads(environment)
        found.states = states(environment.database_path)
        found.faults = len(lemmy_faults.injected) + len(reddit_faults.injected)
        found.replies = Counter(Counter((r.account, r.post_id) for r in environment.replies()).values())
        found.bugs = sum(
            words in line
            for line in environment.log_path.read_text().splitlines()
            for words in ("unexpected error", "a job failed", "could not be recorded", "Traceback")
        )
    server.stop()
    return found


def tenths(found: SoakResult) -> list[float]:
    """Mean memory in each tenth of the posts, in MB."""

    def tenth(number: int) -> float:
        low, high = found.posts * number / 10, found.posts * (number + 1) / 10
        return statistics.mean(each.rss for each in found.samples if low <= each.ended <= high) / 1024

    return [tenth(number) for number in range(10)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--wave", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.posts < MIN_POSTS:
        parser.error(f"--posts must be at least {MIN_POSTS}, so that something is measured in each tenth")
    with tempfile.TemporaryDirectory() as folder:
        found = soak(Path(folder), options.posts, options.wave, options.seed)
    memory = tenths(found)
    second, last = memory[1], memory[-1]
    early, late = found.idle
    ended = sum(found.states[state] for state in ("sent", "skipped", "dead"))
    twice = sum(count for number, count in found.replies.items() if number > 1)
    table = Table("measure", "value", "limit", title=f"A soak on {os.cpu_count()} cores")
    rows = [
        ("posts", f"{found.posts}", "", True),
        ("with an outcome", f"{ended}", f"{found.posts}", ended == found.posts),
        ("  " + to_text(found.states), "", "", True),
        ("posts with one reply", f"{found.replies[1]}", f"{found.states['sent']}",
         found.replies[1] == found.states["sent"]),
        ("posts with two replies", f"{twice}", "0", twice == 0),
        ("faults of the servers", f"{found.faults}", "", True),
        ("memory in the second tenth, MB", f"{second:.1f}", "", True),
        ("memory in the last tenth, MB", f"{last:.1f}", f"at most {second * MAX_GROWTH:.1f}",
         last <= second * MAX_GROWTH),
        ("  in each tenth: " + ", ".join(f"{each:.0f}" for each in memory), "", "", True),
        ("threads when idle, after a tenth and at the end", f"{early.threads}, {late.threads}",
         f"at most {found.max_threads}", late.threads <= found.max_threads),
        ("open files when idle, except the database's, likewise",
         f"{early.others.total()}, {late.others.total()}", "no more", late.others <= early.others),
        ("  added: " + (to_text(late.others - early.others) or "nothing"), "", "", True),
        ("open files of the database, likewise", f"{early.databases}, {late.databases}",
         f"at most {MAX_DATABASE_FILES}", late.databases <= MAX_DATABASE_FILES),
        ("bugs in the log", f"{found.bugs}", "0", found.bugs == 0),
        ("exit code", f"{found.exit_code}", "0", found.exit_code == 0),
        ("posts per minute", f"{60 * found.posts / found.seconds:.0f}", "", True),
    ]  # fmt: skip
    for measure, value, limit, within in rows:
        table.add_row(measure, value, limit, style=None if within else "bold red")
    Console(width=100).print(table)
    raise SystemExit(0 if all(within for *_, within in rows) else 1)


if __name__ == "__main__":
    main()
