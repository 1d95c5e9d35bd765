"""`precis status`, `why` and `unmute`: read the database, also while a daemon runs."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.cli.choices import suggestion
from bot.cli.communities import normalized_name
from bot.cli.pauses import read_pauses
from bot.cli.post_json import post_object
from bot.cli.status_text import Status, status_object, status_parts
from bot.cli.terminal import escaped, print_json
from bot.config import Config, load
from bot.core.clock import utc_now
from bot.core.errors import UserError
from bot.notices.conditions import find_conditions, observe
from bot.store import Database, MutedCommunities
from bot.store.cluster_report import cluster_report
from bot.store.manual_actions import unmute
from bot.store.status_reports import status_report

UNKNOWN_POST_HINT = (
    "Use the address of the post on the bot's own server. The post may be older than max_age_hours, "
    "in a community that is not watched, or newer than the last poll (see: precis status)."
)
WATCH_INTERVAL = 2.0
"""Seconds between two reports of `precis status --watch`."""


def show_status(config: Path, *, as_json: bool = False) -> None:
    settings = load(config, os.environ)
    now = utc_now()
    status = _read_status(settings, now)
    if as_json:
        print_json(status_object(status, settings, now))
    else:
        _print_status(Console(highlight=False, emoji=False), status, settings, now)


def watch_status(config: Path, wait: Callable[[float], object] = time.sleep) -> None:
    """Show the status again every `WATCH_INTERVAL` until Ctrl-C. Raises `UserError` without a terminal."""
    if not sys.stdout.isatty():
        raise UserError("--watch needs a terminal.", "Leave it out to print the status once.")
    settings, console = load(config, os.environ), Console(highlight=False, emoji=False)
    try:
        while True:
            now = utc_now()
            status = _read_status(settings, now)
            console.clear()
            _print_status(console, status, settings, now)
            console.print(f"[dim]{now:%H:%M:%S} UTC, every {WATCH_INTERVAL:g} seconds. Ctrl-C ends it.[/]")
            wait(WATCH_INTERVAL)
    except KeyboardInterrupt:
        return


def show_why(address: str, config: Path, *, as_json: bool = False) -> None:
    from bot.cli.post_lookup import find_known_posts  # loads what calls the platforms

    settings = load(config, os.environ)
    with closing(Database(settings.bot.database, None)) as database:
        found = find_known_posts(database, settings, address, UNKNOWN_POST_HINT)
    now = utc_now()
    if as_json:
        print_json({"posts": [post_object(post, now) for post in found]})
        return
    console = Console(highlight=False, emoji=False)
    for report in found:
        title = f" “{report.title}”" if report.title else ""
        console.print(
            escaped(f"{report.permalink}{title} in {report.community}: {report.sentence(now)}"),
            soft_wrap=True,
        )


def unmute_community(community: str, config: Path) -> None:
    """Turn replies on again in a community that had banned the bot."""
    with closing(Database(load(config, os.environ).bot.database, None)) as database:
        lifted = unmute(database, normalized_name(community), utc_now())
        muted = [each.community for each in MutedCommunities(database).list_all()]
    if not lifted:
        raise UserError(
            f"Replies are not off in {community}.",
            suggestion(community, muted) or "precis status lists the communities where they are.",
        )
    print(f"Replies are on again in {community}.")


def _read_status(settings: Config, now: datetime) -> Status:
    with closing(Database(settings.bot.database, None)) as database:
        report = status_report(database)
        conditions = find_conditions(settings, observe(database, now, report), now, None)
        return Status(report, conditions, read_pauses(database), cluster_report(database))


def _print_status(console: Console, status: Status, settings: Config, now: datetime) -> None:
    for part in status_parts(status, settings, now):
        # Lines are not wrapped, so that the terminal keeps an address in one piece.
        console.print(part, soft_wrap=not isinstance(part, Table))
