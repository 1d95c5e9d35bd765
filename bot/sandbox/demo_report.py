"""What the demo prints: the outcome of each post, some replies, and the events."""

from __future__ import annotations

import shlex
from collections import Counter

from rich.console import Console
from rich.markdown import Markdown
from rich.markup import escape as shown
from rich.panel import Panel
from rich.table import Table

from bot.core.clock import utc_now
from bot.operations.program_name import program_name
from bot.sandbox.environment import (
    FEDIVERSE_ACCOUNT,
    FINAL_STATES,
    REDDIT_ACCOUNT,
    SandboxEnvironment,
    StoredReply,
)
from bot.sandbox.live_events import EventOutcome
from bot.sandbox.seed_posts import MODERATOR
from bot.store import State
from bot.store.post_reports import PostReport


def print_posts(posts: list[PostReport], environment: SandboxEnvironment, console: Console) -> bool:
    """Print each post and some replies; return whether every post has an outcome and none has two replies."""
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
    replies = visible_replies(environment)
    for account, platform in platforms.items():
        for reply in [reply for reply in replies if reply.account == account][:2]:
            title = f"Reply on {platform} under “{shown(reply.title)}”"
            console.print(Panel(Markdown(reply.markdown), title=title, title_align="left", width=100))
    counts = Counter((reply.account, reply.post_id) for reply in replies)
    doubled = [post for post, count in counts.items() if count > 1]
    waiting = environment.count_posts() - count_finished(posts)
    console.print(
        f"{environment.count_posts()} posts, {len(replies)} replies on the servers, "
        f"{len(doubled)} posts with two, {waiting} without an outcome."
    )
    return not doubled and not waiting


def print_events(outcomes: list[EventOutcome], console: Console) -> bool:
    """Print what happened while the daemon ran; return whether Precis dealt with everything as it should."""
    table = Table("what happened", "outcome", "", title="While the daemon ran")
    for each in outcomes:
        mark = "[green]as it should be[/]" if each.as_expected else "[red]wrong[/]"
        table.add_row(each.event, each.outcome, mark)
    console.print(table)
    return all(each.as_expected for each in outcomes)


def visible_replies(environment: SandboxEnvironment) -> list[StoredReply]:
    """The replies on both servers that are not deleted."""
    return [reply for reply in environment.replies() if not reply.deleted]


def count_finished(rows: list[PostReport]) -> int:
    """The number of posts with an outcome. A request for a summary has its own row of its post."""
    known = {(row.account, row.post_id) for row in rows}
    return len(known - {(row.account, row.post_id) for row in rows if row.state not in FINAL_STATES})


def count_states(posts: list[PostReport]) -> str:
    """One line with the number of posts in each state."""
    counts = Counter(post.state for post in posts)
    return "   ".join(f"{state.value} {counts[state]}" for state in State)


def next_steps(posts: list[PostReport], environment: SandboxEnvironment, keep_running: bool) -> str:
    """The commands to look around with, and the pages of the servers if they keep running."""
    if not posts:
        return f"The daemon found no posts. See its log: {environment.log_path}."
    precis, config = program_name(), shlex.quote(str(environment.config_path))
    return (
        f"Next steps:\n  {precis} status -c {config}\n  {precis} why {posts[0].permalink} -c {config}\n"
        f"  less {shlex.quote(str(environment.log_path))}" + (_pages(environment) if keep_running else "")
    )


def _pages(environment: SandboxEnvironment) -> str:
    community, subreddit = environment.communities[0], environment.subreddits[0]
    return (
        f"\nIn a browser:\n  {environment.fediverse.url}/ ({environment.software})\n"
        f"  {environment.reddit.url}/ (Reddit)\n"
        f"There you can act as {MODERATOR}, who moderates {community.name} and r/{subreddit.name}."
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
