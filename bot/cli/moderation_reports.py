"""`precis history`, `report`, `optouts`, `opinions`, `inbox`: communities and messages."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.cli.communities import known_communities, normalized_name, unknown_community
from bot.cli.terminal import escaped, folding_table
from bot.config import Config, load
from bot.core.clock import utc_now
from bot.i18n.translations import translator
from bot.inbox.commands.report_text import PERIOD, report_paragraphs
from bot.store import (
    Database,
    Feedback,
    OptOuts,
    community_report,
)
from bot.store.community_history import community_history
from bot.store.feedback import VoteCount


def show_history(community: str, config: Path) -> None:
    """Raises `UserError` for a community that Precis does not know."""
    name = normalized_name(community)
    with _open_database(config) as (settings, database):
        history = community_history(database, name)
        known = known_communities(settings, database)
    if not history:
        if name not in known:
            raise unknown_community(community, known)
        print(f"Nobody has changed anything in {name} yet.")
    console = Console(highlight=False, emoji=False)
    for entry in history:
        console.print(
            escaped(f"{entry.at:%Y-%m-%d %H:%M} UTC  {entry.what}  by {entry.who}, {entry.source.value}")
        )
        for line in entry.text.splitlines():
            console.print(f"    {escaped(line)}", soft_wrap=True)


def show_report(community: str, config: Path, clock: Callable[[], datetime] = utc_now) -> None:
    """Raises `UserError` for a community that Precis does not know."""
    name = normalized_name(community)
    with _open_database(config) as (settings, database):
        report = community_report(database, name, clock() - PERIOD)
        known = known_communities(settings, database)
    if report.is_empty and name not in known:
        raise unknown_community(community, known)
    console = Console(highlight=False, emoji=False)
    for paragraph in report_paragraphs(report, translator(None)):
        for line in paragraph.splitlines():
            console.print(escaped(line), soft_wrap=True)


def show_optouts(config: Path) -> None:
    with _open_database(config) as (_, database):
        counts = OptOuts(database).counts()
    if not counts:
        print("Nobody has opted out.")
    for network, count in sorted(counts.items()):
        print(f"{network}: {count}")


def show_opinions(config: Path) -> None:
    with _open_database(config) as (_, database):
        feedback = Feedback(database)
        by_community, sites = feedback.by_community(), feedback.by_site()
    if not by_community and not sites:
        print("Nobody has voted on a reply yet.")
        return
    console = Console(highlight=False, emoji=False)
    console.print(_votes_table("community", by_community))
    console.print(_votes_table("site", sites))


def show_inbox(config: Path) -> None:
    with _open_database(config) as (_, database):
        messages = Feedback(database).unhandled_messages()
    if not messages:
        print("You have no messages.")
    console = Console(highlight=False, emoji=False)
    for message in messages:
        where = f", {message.community}" if message.community else ""
        console.print(
            f"[bold]{escaped(message.author)}[/] to {escaped(message.account)}{escaped(where)}, "
            f"{message.sent_at:%Y-%m-%d %H:%M} UTC"
        )
        for line in message.text.splitlines():
            console.print(f"    {escaped(line)}", soft_wrap=True)


def _votes_table(subject: str, rows: tuple[VoteCount, ...]) -> Table:
    table = folding_table(subject, "good bot", "bad bot", "replies", "votes")
    for row in rows:
        counts = (row.good, row.bad, row.replies or "", row.score if row.replies else "")
        table.add_row(escaped(row.subject), *map(str, counts))
    return table


@contextmanager
def _open_database(config: Path) -> Iterator[tuple[Config, Database]]:
    settings = load(config, os.environ)
    database = Database(settings.bot.database, None)
    try:
        yield settings, database
    finally:
        database.close()
