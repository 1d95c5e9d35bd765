"""Thousands of posts of mixed kinds through the real daemon, with faults at random: `make soak`.

    python -m benchmarks.soak [--posts 10000] [--wave 100] [--seed 1]

Ordinary articles, everything else that people link to, and hostile pages, on Lemmy and on Reddit, whose
answers fail, come late or get lost. Ends with 1 when a figure is not what was promised.
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
from bot.store.engine import POOL_OVERFLOW, POOL_SIZE

COMMUNITIES = 12
SUBREDDITS = 4
"""A community gets at most 1,000 replies a day."""
SETTLE = 1.2
POLL = 5.0
NO_LIMIT = dict.fromkeys(DEFAULT_LIMITS, (1000000, 60))
"""Lemmy's limits, which it tells its clients: a soak at their pace would take days."""
STALLED = 180.0
"""Seconds without any post ending."""
MOST_GROWTH = 1.10
LEAST = 300
FIXED_THREADS = 5
"""The main one, the scheduler's, and three that mind the processes which read pages."""
DATABASE = "precis.db"
MOST_DATABASES = 2 * POOL_SIZE + POOL_OVERFLOW + 2
"""Each kept connection has the database and its log open, and all together the index and the lock. Of a
connection that was closed while others work, SQLite keeps the database's descriptor for the next one:
closing it would take all locks of the process (https://www.sqlite.org/howtocorrupt.html, 2.2)."""
RARE = {"/live/drip": 0.05}
"""Links that hold a fetch for its whole time come by less often than others, which have a weight of 1."""
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
    """The daemon's process at one moment."""

    ended: int
    rss: int
    threads: int
    files: Counter[str]
    """Open ones, by kind."""

    @property
    def databases(self) -> int:
        return sum(count for kind, count in self.files.items() if kind.startswith(DATABASE))

    @property
    def others(self) -> Counter[str]:
        return Counter({kind: count for kind, count in self.files.items() if not kind.startswith(DATABASE)})


@dataclass
class SoakResult:
    """What happened."""

    posts: int
    samples: list[ProcessSample] = field(default_factory=list)
    rest: list[ProcessSample] = field(default_factory=list)
    """With nothing to do: after the first tenth, when pools have grown to their size, and at the end."""
    states: Counter[str] = field(default_factory=Counter)
    replies: Counter[int] = field(default_factory=Counter)
    """How many posts have so many replies."""
    faults: int = 0
    seconds: float = 0.0
    most_threads: int = 0
    """That the daemon's pools may have in all: they make one whenever all that they have are busy."""
    exit_code: int = 0
    bugs: int = 0
    """Lines of the log that speak of a mistake in Precis."""


def hostile(request: Request) -> Response:
    body, headers = HOSTILE.get(request.path, (b"", {}))
    return Response(200, body, {"Content-Type": "text/html", **headers})


class SoakRun:
    """One soak on one stage."""

    def __init__(self, stage: SandboxEnvironment, hostile_url: str, soak: SoakResult, seed: int) -> None:
        self._stage = stage
        self._soak = soak
        self._random = random.Random(seed)
        self._fed = 0
        links = [(stage.site.url + story.path, RARE.get(story.path, 1.0)) for story in stage.site.stories]
        links += [(hostile_url + path, 0.1) for path in HOSTILE]
        self._links, self._weights = zip(*links, strict=True)

    def go(self, daemon: subprocess.Popen[bytes], wave: int) -> None:
        soak = self._soak
        for goal in (max(wave, soak.posts // 10), soak.posts):
            self._live_until(daemon, goal, wave)
            soak.rest.append(self._at_rest(daemon))

    def _live_until(self, daemon: subprocess.Popen[bytes], goal: int, wave: int) -> None:
        """Feed posts, about `wave` under way at a time, until `goal` of them have ended."""
        while (ended := self._ended()) < goal:
            more = min(wave, goal - self._fed)
            if more > 0 and self._fed - ended < wave:
                self._feed(more)
            self._until(daemon, min(ended + wave // 2, goal))

    def _feed(self, count: int) -> None:
        self._fed += count
        lemmy, reddit = self._stage.lemmy.state, self._stage.reddit.state
        for link in self._random.choices(self._links, self._weights, k=count):
            place = self._random.randrange(COMMUNITIES + SUBREDDITS)
            if place < COMMUNITIES:
                lemmy.add_post(self._stage.communities[place], self._stage.alice, "A post", link)
            else:
                reddit.add_submission(
                    self._stage.subreddits[place - COMMUNITIES], self._stage.rosa, "A post", link
                )

    def _until(self, daemon: subprocess.Popen[bytes], ended: int) -> None:
        """Wait until so many posts have their outcome; raises SystemExit when nothing moves any more."""
        seen, moved = self._ended(), time.monotonic()
        while seen < ended:
            time.sleep(0.5)
            if daemon.poll() is not None:
                raise SystemExit(f"the daemon ended by itself: {self._stage.log_path.read_text()[-2000:]}")
            now = self._ended()
            if now > seen:
                seen, moved = now, time.monotonic()
                self._soak.samples.append(sample(daemon.pid, now))
            if time.monotonic() - moved > STALLED:
                raise SystemExit(
                    f"nothing moves after {seen} posts: {self._stage.log_path.read_text()[-2000:]}"
                )

    def _at_rest(self, daemon: subprocess.Popen[bytes]) -> ProcessSample:
        """The least of some seconds: it still polls, each time with a connection."""
        time.sleep(8)  # the fetches' threads and the servers' connections run out
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
        except sqlite3.OperationalError:  # not made yet
            return Counter()


def sample(pid: int, ended: int) -> ProcessSample:
    status = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line
    )
    return ProcessSample(ended, int(status["VmRSS"].split()[0]), int(status["Threads"]), open_files(pid))


def open_files(pid: int) -> Counter[str]:
    """How many of each kind the process holds: a kind is a file's name, or what a descriptor is otherwise."""
    kinds: Counter[str] = Counter()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed just now
            target = str(link.readlink())
            kinds[Path(target).name if target.startswith("/") else target.split(":")[0]] += 1
    return kinds


def most_threads(stage: SandboxEnvironment) -> int:
    """One for each job and for each fetch, and those that are there from the start."""
    with App(
        load(stage.config_path, os.environ), fast_tuning(frozenset(), SETTLE, POLL, stage.reddit.url)
    ) as app:
        return len(app.jobs()) + app.config.fetch.at_once + FIXED_THREADS


def spelled(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


def soak(folder: Path, posts: int, wave: int, seed: int) -> SoakResult:
    """Let so many posts come, `wave` at a time, and live to their end."""
    calls = FaultInjector(probabilities=FAULTS, delay=timedelta(seconds=0.4), seed=seed)
    reddits = FaultInjector(
        calls=("POST /api/comment",),
        probabilities={**FAULTS, Fault.EMPTY_THINGS: 0.03, Fault.TOKEN_EXPIRED: 0.02},
        delay=timedelta(seconds=0.4),
        seed=seed,
    )
    found = SoakResult(posts)
    names = tuple(f"news{n}" for n in range(COMMUNITIES)), tuple(f"links{n}" for n in range(SUBREDDITS))
    server = LoopbackServer(hostile, 0)
    server.start()
    stage = SandboxEnvironment(
        folder,
        communities=names[0],
        subreddits=names[1],
        limits=NO_LIMIT,
        faults=calls,
        reddit_faults=reddits,
    )
    began = time.monotonic()
    with stage:
        local = server.url.removeprefix("http://")
        daemon = stage.start_daemon("--settle", str(SETTLE), "--poll", str(POLL), "--allow-local", local)
        try:
            SoakRun(stage, server.url, found, seed).go(daemon, wave)
        finally:
            found.exit_code = stop_daemon(daemon)
        found.seconds = time.monotonic() - began
        found.most_threads = most_threads(stage)
        found.states = states(stage.database_path)
        found.faults = len(calls.injected) + len(reddits.injected)
        found.replies = Counter(Counter((r.account, r.post_id) for r in stage.replies()).values())
        found.bugs = sum(
            words in line
            for line in stage.log_path.read_text().splitlines()
            for words in (
                "unforeseen error",
                "unexpected error",
                "a job failed",
                "could not be recorded",
                "Traceback",
            )
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
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--posts", type=int, default=10_000)
    options.add_argument("--wave", type=int, default=100)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    if chosen.posts < LEAST:
        options.error(f"--posts: give at least {LEAST}, for fewer leave tenths in which nothing was measured")
    with tempfile.TemporaryDirectory() as folder:
        found = soak(Path(folder), chosen.posts, chosen.wave, chosen.seed)
    memory = tenths(found)
    second, last = memory[1], memory[-1]
    early, late = found.rest
    ended = sum(found.states[state] for state in ("sent", "skipped", "dead"))
    twice = sum(count for number, count in found.replies.items() if number > 1)
    table = Table("what", "figure", "promised", title=f"A soak on {os.cpu_count()} cores")
    rows = [
        ("posts", f"{found.posts}", "", True),
        ("with their outcome", f"{ended}", f"{found.posts}", ended == found.posts),
        ("  " + spelled(found.states), "", "", True),
        ("replies that should stand", f"{found.replies[1]}", f"{found.states['sent']}",
         found.replies[1] == found.states["sent"]),
        ("posts with two replies", f"{twice}", "0", twice == 0),
        ("faults of the servers on the way", f"{found.faults}", "", True),
        ("memory in the second tenth, MB", f"{second:.1f}", "", True),
        ("memory in the last tenth, MB", f"{last:.1f}", f"at most {second * MOST_GROWTH:.1f}",
         last <= second * MOST_GROWTH),
        ("  in each tenth: " + ", ".join(f"{each:.0f}" for each in memory), "", "", True),
        ("threads at rest, after a tenth and at the end", f"{early.threads}, {late.threads}",
         f"at most {found.most_threads}", late.threads <= found.most_threads),
        ("open files at rest but the database's, then and at the end",
         f"{early.others.total()}, {late.others.total()}", "no more", late.others <= early.others),
        ("  more of: " + (spelled(late.others - early.others) or "nothing"), "", "", True),
        ("the database's, then and at the end", f"{early.databases}, {late.databases}",
         f"at most {MOST_DATABASES}", late.databases <= MOST_DATABASES),
        ("bugs in the log", f"{found.bugs}", "0", found.bugs == 0),
        ("exit code", f"{found.exit_code}", "0", found.exit_code == 0),
        ("posts a minute", f"{60 * found.posts / found.seconds:.0f}", "", True),
    ]  # fmt: skip
    for what, figure, promised, kept in rows:
        table.add_row(what, figure, promised, style=None if kept else "bold red")
    Console(width=100).print(table)
    raise SystemExit(0 if all(kept for *_, kept in rows) else 1)


if __name__ == "__main__":
    main()
