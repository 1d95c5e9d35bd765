"""`precis demo`: a Lemmy or PieFed, a Reddit and a news site on loopback, the real daemon between them."""

from __future__ import annotations

import json
import subprocess
import time
from collections import Counter
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
    stop_daemon,
)
from bot.sandbox.seed_posts import seed_posts
from bot.sandbox.server_software import ServerSoftware
from bot.store import State
from bot.store.status_reports import PostReport

TIMEOUT_SECONDS = 90.0
"""Seconds after which the demo gives up on posts without an outcome."""


def run_demo(
    folder: Path, software: ServerSoftware = ServerSoftware.LEMMY_0_19, *, keep_running: bool
) -> int:
    """Run the daemon until every post has its outcome and show what it did; 0 when all went well.

    Every `home` but the first has a folder of its own in `folder`.
    """
    console = Console(emoji=False)
    if software is not ServerSoftware.LEMMY_0_19:
        folder = folder / software.lower().replace(" ", "-")
    stage = SandboxEnvironment(
        folder,
        software=software,
        communities=("news", "world"),
        subreddits=("news", "worldnews", "Shadows"),
        ports=(_port(folder / "port"), _port(folder / "port-reddit")),
    )
    with stage:
        seed_posts(stage)
        _remember(stage)
        console.print(
            f"A {software} server stands at {stage.fediverse.url}, a Reddit at {stage.reddit.url}, a news site at "
            f"{stage.site.url}; {stage.count_posts()} posts wait for the daemon."
        )
        daemon = stage.start_daemon()
        try:
            posts = _watch(stage, daemon, console)
            well = _report(posts, stage, console)
            if keep_running:
                _stay(console, daemon)
        finally:
            stop_daemon(daemon)
            _keep_replies(stage)
    return 0 if well else 1


def _port(kept: Path) -> int:
    """The port of the last run, so that addresses of posts still hold; 0 for any."""
    return int(kept.read_text()) if kept.exists() else 0


def _remember(stage: SandboxEnvironment) -> None:
    """Note the servers' ports, and put back their replies of earlier runs on this folder."""
    (stage.folder / "port").write_text(stage.fediverse.url.rpartition(":")[2])
    (stage.folder / "port-reddit").write_text(stage.reddit.url.rpartition(":")[2])
    home, reddit = stage.fediverse.state, stage.reddit.state
    kept = stage.folder / "replies.json"
    for account, post_id, content in json.loads(kept.read_text()) if kept.exists() else ():
        if account == FEDIVERSE_ACCOUNT:
            home.add_comment(home.posts[int(post_id)], stage.bot, content)
        else:
            reddit.add_comment(reddit.submissions[post_id], stage.reddit_bot, content)


def _keep_replies(stage: SandboxEnvironment) -> None:
    replies = [(reply.account, reply.post_id, reply.markdown) for reply in stage.replies()]
    (stage.folder / "replies.json").write_text(json.dumps(replies, ensure_ascii=False))


def _watch(stage: SandboxEnvironment, daemon: subprocess.Popen[bytes], console: Console) -> list[PostReport]:
    """Show the posts on their way until all have an outcome, the daemon dies, or patience ends."""
    expected = stage.count_posts()
    columns = TextColumn("posts with an outcome"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    progress = Progress(*columns)
    bar = progress.add_task("", total=expected)
    began = time.monotonic()
    posts: list[PostReport] = []
    with Live(progress, console=console, refresh_per_second=8, transient=True) as live:
        while time.monotonic() - began < TIMEOUT_SECONDS and daemon.poll() is None:
            posts = stage.post_reports()
            ended = sum(post.state in FINAL_STATES for post in posts)
            progress.update(bar, completed=ended)
            live.update(Group(progress, _states(posts)))
            if ended >= expected:
                break
            time.sleep(0.1)
    return posts


def _states(posts: list[PostReport]) -> RenderableType:
    counts = Counter(post.state for post in posts)
    return "   ".join(f"{state.value} {counts[state]}" for state in State)


def _report(posts: list[PostReport], stage: SandboxEnvironment, console: Console) -> bool:
    platforms = {FEDIVERSE_ACCOUNT: stage.software.value, REDDIT_ACCOUNT: "Reddit"}
    table = Table("on", "post", "outcome", "why, or how much saved", "ms", title="What became of each post")
    for post in posts:
        table.add_row(
            platforms[post.account], shown(post.title), _outcome(post), shown(_why(post)), _milliseconds(post)
        )
    console.print(table)
    replies = stage.replies()
    for account, platform in platforms.items():
        for reply in [reply for reply in replies if reply.account == account][:2]:
            title = f"Reply on {platform} under “{shown(reply.title)}”"
            console.print(Panel(Markdown(reply.markdown), title=title, title_align="left", width=100))
    counts = Counter((reply.account, reply.post_id) for reply in replies)
    twice = [post for post, count in counts.items() if count > 1]
    waiting = stage.count_posts() - sum(post.state in FINAL_STATES for post in posts)
    console.print(
        f"{len(posts)} posts, {len(replies)} replies on the servers, {len(twice)} posts with two, "
        f"{waiting} without an outcome."
    )
    console.print(_further(posts, stage), soft_wrap=True, highlight=False)
    return not twice and not waiting


def _further(posts: list[PostReport], stage: SandboxEnvironment) -> str:
    if not posts:
        return f"The daemon saw nothing; its log is {stage.log_path}."
    return (
        f"Look further:\n  precis status -c {stage.config_path}\n"
        f"  precis why {posts[0].permalink} -c {stage.config_path}\n  less {stage.log_path}"
    )


def _outcome(post: PostReport) -> str:
    colour = {State.SENT: "green", State.SKIPPED: "yellow", State.DEAD: "red"}.get(post.state, "white")
    word = {State.SENT: "replied"}.get(post.state, post.state.value)
    return f"[{colour}]{word}[/]"


def _why(post: PostReport) -> str:
    if post.state is State.SENT:
        return f"saved {post.saved}% of {post.article_words} words"
    if post.reason is not None:
        return post.reason.sentence
    return post.sentence(utc_now())


def _milliseconds(post: PostReport) -> str:
    if post.done_at is None:
        return ""
    return f"{(post.done_at - post.discovered_at).total_seconds() * 1000:.0f}"


def _stay(console: Console, daemon: subprocess.Popen[bytes]) -> None:
    console.print("The servers and the daemon stay up; end them with Ctrl-C.")
    try:
        daemon.wait()
    except KeyboardInterrupt:
        console.print("Ending.")
