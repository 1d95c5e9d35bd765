"""`precis status` and `precis why`: report from the database, also while a daemon runs."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.cli.post_lookup import find_known_posts
from bot.cli.terminal import escaped
from bot.config import Config, load
from bot.core.errors import UserError
from bot.daemon.tuning import PRODUCTION, Tuning, utc_now
from bot.notices.conditions import Condition, find_conditions, observe
from bot.store import Database, State
from bot.store.manual_actions import unmute
from bot.store.status_reports import PostReport, StatusReport, status_report

UNKNOWN_POST_HINT = (
    "Use the address of the post on the bot's own server. The post may be older than max_age_hours, "
    "in a community that is not watched, or newer than the last poll (see: precis status)."
)


def show_status(config: Path) -> None:
    settings = load(config, os.environ)
    database = Database(settings.bot.database, None)
    now = utc_now()
    try:
        report = status_report(database)
        found = find_conditions(settings, observe(database, now, report), now, None)
    finally:
        database.close()
    _print_status(report, settings, found, now)


def show_why(address: str, config: Path, tuning: Tuning = PRODUCTION) -> None:
    settings = load(config, os.environ)
    database = Database(settings.bot.database, None)
    try:
        found = find_known_posts(database, settings, address, UNKNOWN_POST_HINT, tuning)
    finally:
        database.close()
    now = utc_now()
    console = Console(highlight=False, emoji=False)
    for report in found:
        title = f" “{report.title}”" if report.title else ""
        console.print(
            escaped(f"{report.permalink}{title} in {report.community}: {report.sentence(now)}"),
            soft_wrap=True,
        )


def unmute_community(community: str, config: Path) -> None:
    """Turn replies on again in a community that had banned the bot."""
    database = Database(load(config, os.environ).bot.database, None)
    try:
        lifted = unmute(database, community.lower().removeprefix("!"), utc_now())
    finally:
        database.close()
    if not lifted:
        raise UserError(
            f"Replies are not off in {community}.", "precis status lists the communities where they are."
        )
    print(f"Replies are on again in {community}.")


def _print_status(
    report: StatusReport, settings: Config, found: tuple[Condition, ...], now: datetime
) -> None:
    console = Console(highlight=False, emoji=False)
    states = Table("state", "posts", title="Posts", title_justify="left")
    for state in State:
        states.add_row(state.value, str(report.states.get(state, 0)))
    console.print(states)
    if report.reasons:
        reasons = Table("skipped because", "posts", title_justify="left")
        for reason, count in report.reasons.items():
            reasons.add_row(reason.sentence, str(count))
        console.print(reasons)
    polled = {each.source: each for each in report.sources}
    sources = Table("source", "last poll", "error", title="Sources", title_justify="left")
    for source in settings.sources():
        source_report = polled.get(source.key)
        when = ago(source_report.polled_at, now) if source_report and source_report.polled_at else "never"
        sources.add_row(
            escaped(source.key), when, escaped(source_report.error or "") if source_report else ""
        )
    console.print(sources)
    if report.plans:
        plans = Table("account", "community", "next reply", title="Waiting replies", title_justify="left")
        for plan in report.plans:
            plans.add_row(escaped(plan.account), escaped(plan.community), plan.sentence(now))
        console.print(plans)
    for condition in found:
        console.print(f"[red]{escaped(condition.subject)}:[/] {escaped(condition.sentence)}")
    console.print(f"Last reply: {_last_reply_text(report.last_reply, now)}")
    console.print(f"Oldest waiting: {_waiting_text(report.oldest_waiting, now)}")


def _last_reply_text(post: PostReport | None, now: datetime) -> str:
    if post is None or post.done_at is None:
        return "none yet"
    return f"{ago(post.done_at, now)}, {escaped(post.comment_url or '')}"


def _waiting_text(post: PostReport | None, now: datetime) -> str:
    if post is None:
        return "nothing"
    return f"{ago(post.discovered_at, now)}, {escaped(post.permalink)}: {escaped(post.sentence(now))}"


def ago(time: datetime, now: datetime) -> str:
    seconds = max(int((now - time).total_seconds()), 0)
    for size, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return f"{seconds} second{'s' if seconds != 1 else ''} ago"
