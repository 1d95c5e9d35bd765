"""Time from a post appearing to its reply, and posts a minute through all stages.

    python -m benchmarks.throughput [--posts N] [--singles N]

The real daemon runs against the sandbox on loopback, at the shortest poll interval that a config
allows (5 s), with the sandbox's settle time; the servers share the machine with it.
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
PATIENCE = 300.0


def time_to_reply(folder: Path, singles: int) -> list[float]:
    """Seconds from each post's time stamp to its comment's, one post every 1.7 s on a quiet daemon."""
    with SandboxEnvironment(folder) as stage:
        daemon = stage.start_daemon("--poll", str(POLL))
        try:
            time.sleep(3)  # up, and past the time that a new database holds back older posts
            links = stage.article_urls()
            for number in range(singles):
                stage.lemmy.state.add_post(
                    stage.communities[0], stage.alice, f"Post {number}", links[number % len(links)]
                )
                time.sleep(1.7)
            _await(stage, singles)
        finally:
            stop_daemon(daemon)
        replies = stage.lemmy.state.all_comments()
        return [(reply.published - reply.post.published) / timedelta(seconds=1) for reply in replies]


def posts_a_minute(folder: Path, posts: int) -> tuple[float, int]:
    """Posts with an outcome a minute, from the first one seen to the last outcome; and the replies."""
    with SandboxEnvironment(folder) as stage:
        links = [stage.site.url + page.path for page in stage.site.stories if "drip" not in page.path]
        for number in range(posts):
            stage.lemmy.state.add_post(
                stage.communities[0], stage.alice, f"Post {number}", links[number % len(links)]
            )
        daemon = stage.start_daemon("--settle", "0.2")
        try:
            _await(stage, posts)
        finally:
            stop_daemon(daemon)
        reports = stage.post_reports()
        first = min(report.discovered_at for report in reports)
        last = max(report.done_at for report in reports if report.done_at is not None)
        return posts / ((last - first) / timedelta(minutes=1)), len(stage.lemmy.state.all_comments())


def _await(stage: SandboxEnvironment, posts: int) -> None:
    began = time.monotonic()
    while stage.count_finished_posts() < posts:
        if time.monotonic() - began > PATIENCE:
            raise SystemExit(
                f"only {stage.count_finished_posts()} of {posts} posts had an outcome after {PATIENCE:g} s"
            )
        time.sleep(0.2)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--posts", type=int, default=200)
    options.add_argument("--singles", type=int, default=15)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        seconds = sorted(time_to_reply(Path(scratch) / "single", chosen.singles))
        rate, replies = posts_a_minute(Path(scratch) / "many", chosen.posts)
    table = Table("what", "figure", title=f"The whole daemon on {os.cpu_count()} cores")
    table.add_row("posts, one by one", str(len(seconds)))
    table.add_row("time to reply at a poll interval of 5 s, median", f"{statistics.median(seconds):.1f} s")
    table.add_row("the slowest of them", f"{seconds[-1]:.1f} s")
    table.add_row("posts at once", f"{chosen.posts}, of them {replies} with a reply")
    table.add_row("posts a minute through all stages", f"{rate:.0f}")
    Console().print(table)


if __name__ == "__main__":
    main()
