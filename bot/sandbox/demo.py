"""`precis demo`: the real daemon against a Lemmy or PieFed, a Reddit and a news site on loopback."""

from __future__ import annotations

import json
import subprocess
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markdown import Markdown
from rich.markup import escape as shown
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bot.daemon.tuning import utc_now
from bot.sandbox.environment import (
    FEDIVERSE_ACCOUNT,
    FINAL_STATES,
    REDDIT_ACCOUNT,
    SandboxEnvironment,
    StoredReply,
    stop_daemon,
)
from bot.sandbox.faults import FaultInjector
from bot.sandbox.live_events import CAPPED_COMMUNITY, EventOutcome, LiveEvents
from bot.sandbox.seed_posts import seed_posts
from bot.sandbox.server_software import ServerSoftware
from bot.store import State
from bot.store.status_reports import PostReport

LONGEST_OUTAGE = timedelta(seconds=60)
"""If the events of the outage do not happen."""
CHECK_SECONDS = ("3", "6", "9", "12", "20", "30", "60")
"""When the demo's daemon checks each reply after sending it. The real one waits for hours."""
TIMEOUT_SECONDS = 180.0
"""After this the demo stops waiting for posts without an outcome."""


def run_demo(
    folder: Path, software: ServerSoftware = ServerSoftware.LEMMY_0_19, *, keep_running: bool
) -> int:
    """Run the daemon until every post has an outcome and print what it did.

    Returns the exit code: 0 if every post has an outcome and none has two replies. Every `software` except
    the first has its own folder in `folder`.
    """
    console = Console(emoji=False)
    if software is not ServerSoftware.LEMMY_0_19:
        folder = folder / software.lower().replace(" ", "-")
    environment = SandboxEnvironment(
        folder,
        software=software,
        communities=("news", "world", CAPPED_COMMUNITY),
        faults=FaultInjector(outage=LONGEST_OUTAGE),
        max_per_day={CAPPED_COMMUNITY: 1},
        subreddits=("news", "worldnews", "Shadows"),
        ports=(_port(folder / "port"), _port(folder / "port-reddit")),
    )
    with environment:
        seed_posts(environment)
        first_run = not (folder / "replies.json").exists()
        events = LiveEvents(environment, first_run=first_run)
        _restore_previous_run(environment)
        console.print(
            f"{software}: {environment.fediverse.url}, Reddit: {environment.reddit.url}, "
            f"news site: {environment.site.url}; {environment.count_posts()} posts for the daemon to process."
        )
        daemon = environment.start_daemon("--check", *CHECK_SECONDS)
        try:
            posts = _watch(environment, events if first_run else None, daemon, console)
            successful = _report(posts, environment, console)
            if first_run:
                successful = _report_events(events.outcomes(posts), console) and successful
            console.print(_next_steps(posts, environment), soft_wrap=True, highlight=False)
            if keep_running:
                _wait_for_interrupt(console, daemon)
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
    replies = [(reply.account, reply.post_id, reply.markdown) for reply in _visible(environment)]
    (environment.folder / "replies.json").write_text(json.dumps(replies, ensure_ascii=False))


def _visible(environment: SandboxEnvironment) -> list[StoredReply]:
    return [reply for reply in environment.replies() if not reply.deleted]


def _watch(
    environment: SandboxEnvironment,
    events: LiveEvents | None,
    daemon: subprocess.Popen[bytes],
    console: Console,
) -> list[PostReport]:
    """Show the progress until all posts have an outcome, the daemon ends, or the timeout is over.

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
            finished = sum(post.state in FINAL_STATES for post in posts)
            progress.update(bar, completed=finished, total=environment.count_posts())
            live.update(Group(progress, _states(posts)))
            if events is not None:
                events.step(posts)
            if finished >= environment.count_posts() and (events is None or events.finished(posts)):
                break
            time.sleep(0.1)
    return posts


def _states(posts: list[PostReport]) -> RenderableType:
    counts = Counter(post.state for post in posts)
    return "   ".join(f"{state.value} {counts[state]}" for state in State)


def _report(posts: list[PostReport], environment: SandboxEnvironment, console: Console) -> bool:
    platforms = {FEDIVERSE_ACCOUNT: environment.software.value, REDDIT_ACCOUNT: "Reddit"}
    table = Table("platform", "post", "outcome", "reason, or words saved", "ms", title="Outcome of each post")
    for post in posts:
        table.add_row(
            platforms[post.account],
            shown(post.title),
            _outcome(post),
            shown(_reason(post)),
            _milliseconds(post),
        )
    console.print(table)
    replies = _visible(environment)
    for account, platform in platforms.items():
        for reply in [reply for reply in replies if reply.account == account][:2]:
            title = f"Reply on {platform} under “{shown(reply.title)}”"
            console.print(Panel(Markdown(reply.markdown), title=title, title_align="left", width=100))
    counts = Counter((reply.account, reply.post_id) for reply in replies)
    doubled = [post for post, count in counts.items() if count > 1]
    waiting = environment.count_posts() - sum(post.state in FINAL_STATES for post in posts)
    console.print(
        f"{len(posts)} posts, {len(replies)} replies on the servers, {len(doubled)} posts with two, "
        f"{waiting} without an outcome."
    )
    return not doubled and not waiting


def _report_events(outcomes: list[EventOutcome], console: Console) -> bool:
    """Print what happened while the daemon ran; return whether Precis dealt with everything as it should."""
    table = Table("what happened", "outcome", "", title="While the daemon ran")
    for each in outcomes:
        mark = "[green]as it should be[/]" if each.as_expected else "[red]wrong[/]"
        table.add_row(each.event, each.outcome, mark)
    console.print(table)
    return all(each.as_expected for each in outcomes)


def _next_steps(posts: list[PostReport], environment: SandboxEnvironment) -> str:
    if not posts:
        return f"The daemon found no posts. See its log: {environment.log_path}."
    return (
        f"Next steps:\n  precis status -c {environment.config_path}\n"
        f"  precis why {posts[0].permalink} -c {environment.config_path}\n  less {environment.log_path}"
    )


def _outcome(post: PostReport) -> str:
    colour = {State.SENT: "green", State.SKIPPED: "yellow", State.DEAD: "red"}.get(post.state, "white")
    word = {State.SENT: "replied"}.get(post.state, post.state.value)
    return f"[{colour}]{word}[/]"


def _reason(post: PostReport) -> str:
    if post.state is State.SENT:
        return f"saved {post.saved}% of {post.article_words} words"
    if post.reason is not None:
        return post.reason.sentence
    return post.sentence(utc_now())


def _milliseconds(post: PostReport) -> str:
    if post.done_at is None:
        return ""
    return f"{(post.done_at - post.discovered_at).total_seconds() * 1000:.0f}"


def _wait_for_interrupt(console: Console, daemon: subprocess.Popen[bytes]) -> None:
    console.print("The servers and the daemon keep running. Press Ctrl-C to stop them.")
    try:
        daemon.wait()
    except KeyboardInterrupt:
        console.print("Stopping.")
