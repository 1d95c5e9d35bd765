"""`precis demo`: a Lemmy server and a news site on loopback, and the real daemon between them."""

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

from bot.app import utc_now
from bot.sandbox.stage import ENDED, Stage, stop
from bot.store import State
from bot.store.reports import PostReport

PATIENCE = 90.0
"""Seconds after which the demo gives up on posts without an outcome."""


def run_demo(folder: Path, *, stay: bool) -> int:
    """Run the daemon until every post has its outcome and show what it did; 0 when all went well."""
    console = Console()
    stage = Stage(folder, communities=("news", "world"), limits={"comment": (100, 60)}, port=_port(folder))
    with stage:
        seed(stage)
        _remember(stage)
        console.print(
            f"A Lemmy server stands at {stage.lemmy.url}, a news site at {stage.site.url}; "
            f"{len(stage.lemmy.world.posts)} posts wait for the daemon."
        )
        daemon = stage.start_daemon()
        try:
            posts = _watch(stage, daemon, console)
            well = _report(posts, stage, console)
            if stay:
                _stay(console, daemon)
        finally:
            stop(daemon)
            _keep_replies(stage)
    return 0 if well else 1


def seed(stage: Stage) -> None:
    """A post for each page of the news site, and posts that a bot leaves alone."""
    world, site = stage.lemmy.world, stage.site
    people = [stage.alice, *(world.add_person(name) for name in ("bruno", "chen"))]
    start = utc_now() - timedelta(minutes=30)
    for number, page in enumerate(site.stories):
        world.add_post(
            stage.communities[number % 2],
            people[number % 3],
            page.title,
            f"{site.url}{page.path}",
            published=start + timedelta(seconds=number),
        )
    news, link = stage.communities[0], stage.article_urls()[0]
    photo = f"{site.url}/harbour.jpg"
    world.add_post(news, people[1], "A question to everybody, without a link", published=start)
    world.add_post(news, people[1], "A photo of the harbour", photo, published=start)
    world.add_post(news, people[1], "The rules here", link, published=start, featured_community=True)
    world.add_post(news, people[1], "A thread that the moderators closed", link, published=start, locked=True)
    robot = world.add_person("feedbot", bot_account=True)
    world.add_post(news, robot, "Posted by another bot", link, published=start)


def _port(folder: Path) -> int:
    """The port of the last run, so that addresses of posts still hold; 0 for any."""
    kept = folder / "port"
    return int(kept.read_text()) if kept.exists() else 0


def _remember(stage: Stage) -> None:
    """Note the server's port, and put back its replies of earlier runs on this folder."""
    (stage.folder / "port").write_text(stage.lemmy.url.rpartition(":")[2])
    kept = stage.folder / "replies.json"
    for post_id, content in json.loads(kept.read_text()) if kept.exists() else ():
        stage.lemmy.world.add_comment(stage.lemmy.world.posts[post_id], stage.bot, content)


def _keep_replies(stage: Stage) -> None:
    replies = [(comment.post.id, comment.content) for comment in stage.lemmy.world.all_comments()]
    (stage.folder / "replies.json").write_text(json.dumps(replies, ensure_ascii=False))


def _watch(stage: Stage, daemon: subprocess.Popen[bytes], console: Console) -> list[PostReport]:
    """Show the posts on their way until all have an outcome, the daemon dies, or patience ends."""
    expected = len(stage.lemmy.world.posts)
    columns = TextColumn("posts with an outcome"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    progress = Progress(*columns)
    bar = progress.add_task("", total=expected)
    began = time.monotonic()
    posts: list[PostReport] = []
    with Live(progress, console=console, refresh_per_second=8, transient=True) as live:
        while time.monotonic() - began < PATIENCE and daemon.poll() is None:
            posts = stage.reports()
            ended = sum(post.state in ENDED for post in posts)
            progress.update(bar, completed=ended)
            live.update(Group(progress, _states(posts)))
            if ended >= expected:
                break
            time.sleep(0.1)
    return posts


def _states(posts: list[PostReport]) -> RenderableType:
    counts = Counter(post.state for post in posts)
    return "   ".join(f"{state.value} {counts[state]}" for state in State)


def _report(posts: list[PostReport], stage: Stage, console: Console) -> bool:
    table = Table("post", "outcome", "why, or how much saved", "ms", title="What became of each post")
    for post in posts:
        table.add_row(shown(post.title), _outcome(post), shown(_why(post)), _milliseconds(post))
    console.print(table)
    replies = stage.lemmy.world.all_comments()
    for reply in replies[:3]:
        title = f"Reply under “{shown(reply.post.name)}”"
        console.print(Panel(Markdown(reply.content), title=title, title_align="left", width=100))
    twice = [post_id for post_id, count in Counter(reply.post.id for reply in replies).items() if count > 1]
    waiting = len(stage.lemmy.world.posts) - sum(post.state in ENDED for post in posts)
    console.print(
        f"{len(posts)} posts, {len(replies)} replies on the server, {len(twice)} posts with two, "
        f"{waiting} without an outcome."
    )
    console.print(_further(posts, stage), soft_wrap=True, highlight=False)
    return not twice and not waiting


def _further(posts: list[PostReport], stage: Stage) -> str:
    if not posts:
        return f"The daemon saw nothing; its log is {stage.log}."
    return (
        f"Look further:\n  precis status -c {stage.config}\n"
        f"  precis why {posts[0].permalink} -c {stage.config}\n  less {stage.log}"
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
