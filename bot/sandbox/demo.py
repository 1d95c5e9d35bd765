"""`precis demo`: the real daemon against a Lemmy or PieFed, a Reddit and a news site on loopback."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from datetime import timedelta
from pathlib import Path

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bot.core.errors import UserError
from bot.daemon.signals import Signals
from bot.sandbox.demo_report import (
    count_finished,
    count_states,
    next_steps,
    print_events,
    print_posts,
    visible_replies,
)
from bot.sandbox.environment import FEDIVERSE_ACCOUNT, SandboxEnvironment, stop_daemon
from bot.sandbox.faults import FaultInjector
from bot.sandbox.live_events import EXTRA_COMMUNITIES, MAX_PER_DAY, LiveEvents
from bot.sandbox.seed_posts import seed_posts
from bot.sandbox.server_software import ServerSoftware
from bot.store.post_reports import PostReport

LONGEST_OUTAGE = timedelta(seconds=60)
"""If the events of the outage do not happen."""
CHECK_SECONDS = ("3", "6", "9", "12", "20", "30", "60")
"""When the demo's daemon checks each reply after sending it. The real one waits for hours."""
PAGES_SECONDS = "1"
"""Between two checks of a community's settings page."""
PIEFED_HOST = "piefed.localhost"
"""On PieFed, people on a host with a port cannot be mentioned."""
INTERRUPTED = 128 + signal.SIGINT
TIMEOUT_SECONDS = 180.0
"""After this the demo stops waiting for posts without an outcome."""


def run_demo(
    folder: Path, software: ServerSoftware = ServerSoftware.LEMMY_0_19, *, keep_running: bool
) -> int:
    """Run the daemon until every post has an outcome and print what it did.

    Returns the exit code: 0 if every post has an outcome, none has two replies, and Precis dealt with every
    event as it should; `INTERRUPTED` after Ctrl-C or SIGTERM. Every `software` except the first has its own
    folder in `folder`.
    """
    console, signals = Console(emoji=False), Signals()
    if software is not ServerSoftware.LEMMY_0_19:
        folder = folder / software.lower().replace(" ", "-")
    try:
        environment = SandboxEnvironment(
            folder,
            software=software,
            communities=("news", "world", *EXTRA_COMMUNITIES),
            faults=FaultInjector(outage=LONGEST_OUTAGE),
            max_per_day=MAX_PER_DAY,
            host=PIEFED_HOST if software is ServerSoftware.PIEFED else None,
            subreddits=("news", "worldnews", "Shadows"),
            ports=(_port(folder / "port"), _port(folder / "port-reddit")),
        )
    except UserError as error:  # a port of an earlier run, which this one needs too
        other = "Or start anew in another folder with --store."
        raise UserError(error.message, f"{error.remedy} {other}") from error
    with signals.installed(), environment:
        seed_posts(environment)
        first_run = not (folder / "replies.json").exists()
        events = LiveEvents(environment, first_run=first_run)
        _restore_previous_run(environment)
        console.print(
            f"{software}: {environment.fediverse.url}, Reddit: {environment.reddit.url}, "
            f"news site: {environment.site.url}; {environment.count_posts()} posts for the daemon to process."
        )
        daemon = environment.start_daemon("--check", *CHECK_SECONDS, "--pages", PAGES_SECONDS)
        try:
            posts = _watch(environment, events if first_run else None, daemon, signals, console)
            if signals.stop.is_set():
                console.print("Stopping.")
                return INTERRUPTED
            successful = print_posts(posts, environment, console)
            if first_run:
                successful = print_events(events.outcomes(posts), console) and successful
            console.print(next_steps(posts, environment, keep_running), soft_wrap=True, highlight=False)
            if keep_running:
                _wait_for_interrupt(console, signals, daemon)
        finally:
            stop_daemon(daemon)
            _save_replies(environment)
    return 0 if successful else 1


def _port(file: Path) -> int:
    """The port of the last run, so that the URLs of posts stay valid; 0 for any port."""
    return int(file.read_text()) if file.exists() else 0


def _restore_previous_run(environment: SandboxEnvironment) -> None:
    """Save the servers' ports, and restore the replies of earlier runs in this folder."""
    (environment.folder / "port").write_text(environment.fediverse.url.rpartition(":")[2])
    (environment.folder / "port-reddit").write_text(environment.reddit.url.rpartition(":")[2])
    fediverse, reddit = environment.fediverse.state, environment.reddit.state
    file = environment.folder / "replies.json"
    for account, post_id, content in json.loads(file.read_text()) if file.exists() else ():
        if account == FEDIVERSE_ACCOUNT:
            fediverse.add_comment(fediverse.posts[int(post_id)], environment.bot, content)
        else:
            reddit.add_comment(reddit.submissions[post_id], environment.reddit_bot, content)


def _save_replies(environment: SandboxEnvironment) -> None:
    replies = [(reply.account, reply.post_id, reply.markdown) for reply in visible_replies(environment)]
    (environment.folder / "replies.json").write_text(json.dumps(replies, ensure_ascii=False))


def _watch(
    environment: SandboxEnvironment,
    events: LiveEvents | None,
    daemon: subprocess.Popen[bytes],
    signals: Signals,
    console: Console,
) -> list[PostReport]:
    """Show the progress until all posts have an outcome, the daemon or the demo ends, or the timeout is over.

    The `events` happen meanwhile.
    """
    columns = TextColumn("posts with an outcome"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    progress = Progress(*columns)
    bar = progress.add_task("", total=environment.count_posts())
    started = time.monotonic()
    posts: list[PostReport] = []
    with Live(progress, console=console, refresh_per_second=8, transient=True) as live:
        while time.monotonic() - started < TIMEOUT_SECONDS and daemon.poll() is None:
            posts = environment.post_reports()
            finished = count_finished(posts)
            progress.update(bar, completed=finished, total=environment.count_posts())
            live.update(Group(progress, count_states(posts)))
            if events is not None:
                events.step(posts)
            if finished >= environment.count_posts() and (events is None or events.finished(posts)):
                break
            if signals.stop.wait(0.1):
                break
    return posts


def _wait_for_interrupt(console: Console, signals: Signals, daemon: subprocess.Popen[bytes]) -> None:
    console.print("The servers and the daemon keep running. Press Ctrl-C to stop them.")
    while daemon.poll() is None:
        if signals.stop.wait(0.5):
            console.print("Stopping.")
            return
