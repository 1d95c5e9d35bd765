"""The time from a post to its reply, and posts per minute through all stages.

    python -m benchmarks.throughput [--posts N] [--singles N]

The real daemon runs against the sandbox on loopback, with the shortest poll interval that the
configuration allows (5 s) and the sandbox's settle time. The servers share the machine with it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.sandbox.environment import SandboxEnvironment, stop_daemon

POLL = 5.0
TIMEOUT_SECONDS = 300.0


def time_to_reply(folder: Path, singles: int) -> list[float]:
    """Seconds from the time of each post to that of its comment; one post every 1.7 s on an idle daemon."""
    with SandboxEnvironment(folder) as environment:
        daemon = environment.start_daemon("--poll", str(POLL))
        try:
            # Wait for the start, and until the time is over in which a new database holds back older posts.
            time.sleep(3)
            links = environment.article_urls()
            for number in range(singles):
                environment.lemmy.state.add_post(
                    environment.communities[0],
                    environment.alice,
                    f"Post {number}",
                    links[number % len(links)],
                )
                time.sleep(1.7)
            _wait_until_finished(environment, singles)
        finally:
            stop_daemon(daemon)
        replies = environment.lemmy.state.all_comments()
        return [(reply.published - reply.post.published) / timedelta(seconds=1) for reply in replies]


def posts_per_minute(folder: Path, posts: int) -> tuple[float, int]:
    """Posts per minute from the first one found to the last outcome, and the number of replies."""
    with SandboxEnvironment(folder) as environment:
        links = [
            environment.site.url + page.path for page in environment.site.stories if "drip" not in page.path
        ]
        for number in range(posts):
            environment.lemmy.state.add_post(
                environment.communities[0], environment.alice, f"Post {number}", links[number % len(links)]
            )
        daemon = environment.start_daemon("--settle", "0.2")
        try:
            _wait_until_finished(environment, posts)
        finally:
            stop_daemon(daemon)
        reports = environment.post_reports()
        first = min(report.discovered_at for report in reports)
        last = max(report.done_at for report in reports if report.done_at is not None)
        return posts / ((last - first) / timedelta(minutes=1)), len(environment.lemmy.state.all_comments())


def _wait_until_finished(environment: SandboxEnvironment, posts: int) -> None:
    started = time.monotonic()
    while environment.count_finished_posts() < posts:
        if time.monotonic() - started > TIMEOUT_SECONDS:
            raise SystemExit(
                f"only {environment.count_finished_posts()} of {posts} posts have an outcome"
                f" after {TIMEOUT_SECONDS:g} s"
            )
        time.sleep(0.2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=200)
    parser.add_argument("--singles", type=int, default=15)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        seconds = sorted(time_to_reply(Path(scratch) / "single", options.singles))
        rate, replies = posts_per_minute(Path(scratch) / "many", options.posts)
    table = Table("measure", "value", title=f"The whole daemon on {os.cpu_count()} cores")
    table.add_row("posts, one at a time", str(len(seconds)))
    table.add_row("time to reply at a poll interval of 5 s, median", f"{statistics.median(seconds):.1f} s")
    table.add_row("the slowest reply", f"{seconds[-1]:.1f} s")
    table.add_row("posts at once", f"{options.posts}, {replies} with a reply")
    table.add_row("posts per minute through all stages", f"{rate:.0f}")
    Console().print(table)


if __name__ == "__main__":
    main()
