"""The daemon's own processor time and commits: when it is idle, and for each post that it replies to.

    python benchmarks/daemon_cost.py [--posts N] [--minutes N]

Prints one line of JSON. `benchmarks.compare` runs this file with the package `bot` of two checkouts, so it
uses only functions that the older one has too. The real daemon polls the sandbox's Lemmy every 60 s. Only
its main process counts: workers read the pages. Commits are counted in the write-ahead log, where each
costs one fdatasync, as long as a reader keeps SQLite from starting the log anew.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.sandbox.environment import SandboxEnvironment, stop_daemon

POLL_SECONDS = 60
LISTED_POSTS = 60
"""Posts that every poll lists and that are too old for a reply: more than a page of the listing."""
START_SECONDS = 20.0
"""After the first poll: the start of the workers, and the work that is done once."""
TIMEOUT_SECONDS = 300.0
TICKS = os.sysconf("SC_CLK_TCK")
WAL_HEADER, FRAME_HEADER = 32, 24


@dataclass(frozen=True, slots=True)
class Cost:
    """Since the start of the daemon."""

    minutes: float
    milliseconds: float
    commits: float

    def __sub__(self, other: Cost) -> Cost:
        return Cost(
            self.minutes - other.minutes,
            self.milliseconds - other.milliseconds,
            self.commits - other.commits,
        )

    def __mul__(self, factor: float) -> Cost:
        return Cost(self.minutes * factor, self.milliseconds * factor, self.commits * factor)


def count_commits(log: Path) -> int:
    """The commits in a write-ahead log (sqlite.org/fileformat2.html#walformat)."""
    with log.open("rb") as file:
        header = file.read(WAL_HEADER)
        if len(header) < WAL_HEADER:
            return 0
        page_size, salts = struct.unpack(">I", header[8:12])[0], header[16:24]
        commits = 0
        while len(frame := file.read(FRAME_HEADER)) == FRAME_HEADER and frame[8:16] == salts:
            commits += frame[4:8] != b"\0\0\0\0"  # a commit frame has the size of the database
            file.seek(page_size, os.SEEK_CUR)
        return commits


def cpu_seconds(pid: int) -> float:
    """Processor time of a process so far (proc(5), stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


@contextmanager
def running_daemon(environment: SandboxEnvironment) -> Iterator[subprocess.Popen[bytes]]:
    """The daemon after its start, and a reader of its database."""
    daemon = environment.start_daemon("--poll", str(POLL_SECONDS))
    try:
        end = time.monotonic() + TIMEOUT_SECONDS
        while not any(request.path.endswith("/post/list") for request in environment.lemmy.requests):
            if daemon.poll() is not None or time.monotonic() > end:
                raise SystemExit(environment.log_path.read_text()[-2000:])
            time.sleep(0.1)
        time.sleep(START_SECONDS)
        with closing(sqlite3.connect(environment.database_path)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM meta").fetchone()
            yield daemon
    finally:
        stop_daemon(daemon)


def add_post(environment: SandboxEnvironment, title: str, link: str | None, **details: datetime) -> None:
    community, author = environment.communities[0], environment.alice
    environment.lemmy.state.add_post(community, author, title, link, **details)


def add_posts(environment: SandboxEnvironment, first: int, count: int) -> None:
    links = environment.article_urls()
    for number in range(first, first + count):
        add_post(environment, f"Post {number}", f"{links[number % len(links)]}?n={number}")


def wait_for_replies(environment: SandboxEnvironment, posts: int) -> None:
    end = time.monotonic() + TIMEOUT_SECONDS
    while len(environment.replies()) < posts:
        if time.monotonic() > end:
            others = ", ".join(posts_without_reply(environment))
            raise SystemExit(f"only {len(environment.replies())} of {posts} posts have a reply: {others}")
        time.sleep(0.5)


def posts_without_reply(environment: SandboxEnvironment) -> Iterator[str]:
    with closing(sqlite3.connect(environment.database_path)) as database:
        columns = "permalink, state, coalesce(reason, ''), coalesce(error, '')"
        for row in database.execute(f"SELECT {columns} FROM posts WHERE state != 'sent'"):
            yield " ".join(row)


def measure(folder: Path, posts: int, minutes: int) -> dict[str, float]:
    """Milliseconds and commits of an idle minute, and of each post in minutes with posts."""
    with SandboxEnvironment(folder) as environment:
        month_ago = datetime.now(UTC) - timedelta(days=30)
        for number in range(LISTED_POSTS):
            add_post(environment, f"Old {number}", None, published=month_ago)
        with running_daemon(environment) as daemon:
            log = Path(f"{environment.database_path}-wal")

            def so_far() -> Cost:
                minute = time.monotonic() / 60
                return Cost(minute, cpu_seconds(daemon.pid) * 1000, count_commits(log))

            started = so_far()
            time.sleep(minutes * POLL_SECONDS)
            idle = so_far() - started
            idle *= 1 / idle.minutes
            started = so_far()
            for minute in range(minutes):
                at = time.monotonic()
                add_posts(environment, minute * posts, posts)
                wait_for_replies(environment, (minute + 1) * posts)
                time.sleep(max(at + POLL_SECONDS - time.monotonic(), 0))
            busy = so_far() - started
        added = (busy - idle * busy.minutes) * (1 / (posts * minutes))
    return {
        "idle minute with a poll, ms": idle.milliseconds,
        f"each of {posts} posts in a minute, ms": added.milliseconds + idle.milliseconds / posts,
        "added by each post, ms": added.milliseconds,
        "commits in an idle minute": idle.commits,
        "commits added by each replied post": added.commits,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--posts", type=int, default=10, help="in each minute")
    parser.add_argument("--minutes", type=int, default=2, help="idle, and the same number with posts")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        print(json.dumps(measure(Path(scratch), options.posts, options.minutes)))


if __name__ == "__main__":
    main()
