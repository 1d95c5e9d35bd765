"""`precis demo`: a Lemmy server and a news site on loopback, and the real daemon between them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markdown import Markdown
from rich.markup import escape
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bot.app import utc_now
from bot.errors import StoreError
from bot.sandbox.lemmy import LemmySandbox
from bot.sandbox.news import NewsSite
from bot.store import Database, State
from bot.store.reports import PostReport, every

PATIENCE = 90.0
"""Seconds after which the demo gives up on posts without an outcome."""
ENDED = (State.SENT, State.SKIPPED, State.DEAD)
COMMUNITIES = ("news", "world")


def run_demo(folder: Path, *, stay: bool) -> int:
    """Run the daemon until every post has its outcome and show what it did; 0 when all went well."""
    folder.mkdir(parents=True, exist_ok=True)
    console = Console()
    with NewsSite() as site, LemmySandbox(limits={"comment": (100, 60)}, port=_port(folder)) as lemmy:
        seed(lemmy, site)
        _remember(lemmy, folder)
        config = _write_config(lemmy, folder)
        console.print(
            f"A Lemmy server stands at {lemmy.url}, a news site at {site.url}; "
            f"{len(lemmy.world.posts)} posts wait for the daemon."
        )
        daemon = _start_daemon(config, site, folder)
        try:
            posts = _watch(lemmy, folder, daemon, console)
            well = _report(posts, lemmy, folder, console)
            if stay:
                _stay(console, daemon)
        finally:
            _stop(daemon)
            _keep_replies(lemmy, folder)
    return 0 if well else 1


def seed(lemmy: LemmySandbox, site: NewsSite) -> None:
    """A post for each page of the news site, and posts that a bot leaves alone."""
    world = lemmy.world
    world.add_person("precis", password="sandbox", bot_account=True)
    people = [world.add_person(name) for name in ("alice", "bruno", "chen")]
    robot = world.add_person("feedbot", bot_account=True)
    communities = [world.add_community(name) for name in COMMUNITIES]
    start = utc_now() - timedelta(minutes=30)
    for number, page in enumerate(site.pages):
        world.add_post(
            communities[number % 2],
            people[number % 3],
            page.title,
            f"{site.url}{page.path}",
            published=start + timedelta(seconds=number),
        )
    news, link = communities[0], f"{site.url}{site.pages[0].path}"
    for title, url, details in (
        ("A question to everybody, without a link", None, {"body": "What do you read on Sundays?"}),
        ("A photo of the harbour", f"{site.url}/harbour.jpg", {}),
        ("Rules of this community", link, {"featured_community": True}),
        ("A thread that the moderators closed", link, {"locked": True}),
        ("A post of last month", link, {"published": start - timedelta(days=30)}),
    ):
        world.add_post(news, people[0], title, url, **{"published": start, **details})
    world.add_post(news, robot, "Posted by another bot", link, published=start)


def _port(folder: Path) -> int:
    """The port of the last run, so that addresses of posts still hold; 0 for any."""
    kept = folder / "port"
    return int(kept.read_text()) if kept.exists() else 0


def _remember(lemmy: LemmySandbox, folder: Path) -> None:
    """The server's replies of earlier runs on this folder, and its port."""
    (folder / "port").write_text(lemmy.url.rpartition(":")[2])
    kept = folder / "replies.json"
    bot = lemmy.world.person("precis")
    assert bot is not None
    for post_id, content in json.loads(kept.read_text()) if kept.exists() else ():
        lemmy.world.add_comment(lemmy.world.posts[post_id], bot, content)


def _keep_replies(lemmy: LemmySandbox, folder: Path) -> None:
    replies = [(comment.post.id, comment.content) for comment in lemmy.world.all_comments()]
    (folder / "replies.json").write_text(json.dumps(replies, ensure_ascii=False))


def _write_config(lemmy: LemmySandbox, folder: Path) -> Path:
    path = folder / "config.toml"
    names = ", ".join(f'"{name}@{lemmy.world.host}"' for name in COMMUNITIES)
    path.write_text(
        f"""# Written by `precis demo`: what the daemon of the sandbox runs on.
[bot]
owner = "demo@localhost.invalid"

[fetch]
timeout = "4s"
host_delay = "0s"

[lemmy.demo]
server = "{lemmy.url}"
username = "precis"
password = "sandbox"
communities = [{names}]
"""
    )
    path.chmod(0o600)
    return path


def _start_daemon(config: Path, site: NewsSite, folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "bot.sandbox.daemon", "--config", str(config)]
    with (folder / "daemon.log").open("ab") as log:
        return subprocess.Popen([*command, "--allow-local", site.netloc], stdout=log, stderr=log)  # noqa: S603


def _stop(daemon: subprocess.Popen[bytes]) -> None:
    daemon.terminate()
    try:
        daemon.wait(30)
    except subprocess.TimeoutExpired:
        daemon.kill()


def _watch(
    lemmy: LemmySandbox, folder: Path, daemon: subprocess.Popen[bytes], console: Console
) -> list[PostReport]:
    """Show the posts on their way until all have an outcome, the daemon dies, or patience ends."""
    expected = len(lemmy.world.posts) - 1  # the post of last month is too old to be listed
    progress = Progress(
        TextColumn("posts with an outcome"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    )
    bar = progress.add_task("", total=expected)
    began = time.monotonic()
    posts: list[PostReport] = []
    with Live(progress, console=console, refresh_per_second=8, transient=True) as live:
        while time.monotonic() - began < PATIENCE and daemon.poll() is None:
            posts = _reports(folder / "precis.db")
            ended = sum(post.state in ENDED for post in posts)
            progress.update(bar, completed=ended)
            live.update(Group(progress, _states(posts)))
            if ended >= expected:
                break
            time.sleep(0.1)
    return posts


def _reports(path: Path) -> list[PostReport]:
    """All posts so far; none while the daemon is still making its database."""
    try:
        database = Database(path, None)
    except StoreError:
        return []
    try:
        return every(database)
    finally:
        database.close()


def _states(posts: list[PostReport]) -> RenderableType:
    counts = Counter(post.state for post in posts)
    return "   ".join(f"{state.value} {counts[state]}" for state in State)


def _report(posts: list[PostReport], lemmy: LemmySandbox, folder: Path, console: Console) -> bool:
    table = Table("post", "outcome", "why, or how much saved", "ms", title="What became of each post")
    for post in posts:
        table.add_row(escape(post.title), _outcome(post), escape(_why(post)), _milliseconds(post))
    console.print(table)
    replies = lemmy.world.all_comments()
    _show_replies(lemmy, console)
    twice = [post_id for post_id, count in Counter(reply.post.id for reply in replies).items() if count > 1]
    waiting = [post for post in posts if post.state not in ENDED]
    console.print(
        f"{len(posts)} posts, {len(replies)} replies on the server, {len(twice)} posts with two, "
        f"{len(waiting)} without an outcome."
    )
    options = f"-c {folder / 'config.toml'}"
    console.print(
        f"Look further:  precis status {options}   |   precis why {posts[0].permalink} {options}   |   "
        f"{folder / 'daemon.log'}"
        if posts
        else f"The daemon saw nothing; its log is {folder / 'daemon.log'}.",
        soft_wrap=True,
        highlight=False,
    )
    return bool(posts) and not twice and not waiting


def _show_replies(lemmy: LemmySandbox, console: Console) -> None:
    for reply in lemmy.world.all_comments()[:3]:
        title = f"Reply under “{escape(reply.post.name)}”"
        console.print(Panel(Markdown(reply.content), title=title, title_align="left", width=100))


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
