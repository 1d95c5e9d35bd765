"""`precis rules`, `history`, `report`, `optouts`, `opinions`, `inbox`: communities and messages."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.cli.terminal import escaped
from bot.config import Config, load
from bot.core.errors import UserError
from bot.daemon.tuning import utc_now
from bot.i18n.translations import translator
from bot.inbox.commands.report_text import PERIOD, report_paragraphs
from bot.pipeline.rule_resolver import make_rule_resolver
from bot.rules import CommunityRules
from bot.rules.validation import to_yaml
from bot.store import (
    CommunitySettingsLog,
    Database,
    Feedback,
    OptOuts,
    SettingsChangeKind,
    community_report,
)
from bot.store.community_history import community_history
from bot.store.feedback import VoteCount
from bot.store.statistics import community_statistics

_STATUS_TEXTS = {
    SettingsChangeKind.PAUSE: "Precis is paused in this community.",
    SettingsChangeKind.LEAVE: "Precis has left this community.",
}


def show_rules(community: str, config: Path) -> None:
    with _open_database(config) as (settings, database):
        resolver = make_rule_resolver(settings, database)
        name = _normalized_name(community)
        effective, status = resolver.effective_rules(name), resolver.settings_log.status(name)
    table = Table("setting", "value", "from", title=escaped(name), title_justify="left")
    for setting in CommunityRules.model_fields:
        value = to_yaml(getattr(effective.rules, setting))
        table.add_row(setting, escaped(value), effective.origins[setting].value)
    console = Console(highlight=False, emoji=False)
    console.print(table)
    if status in _STATUS_TEXTS:
        console.print(_STATUS_TEXTS[status])


def show_history(community: str, config: Path) -> None:
    with _open_database(config) as (_, database):
        history = community_history(database, _normalized_name(community))
        known = CommunitySettingsLog(database).communities()
    if not history:
        raise UserError(
            f"Nobody has changed anything in {community} yet.",
            f"Communities with a history: {', '.join(known)}."
            if known
            else "No community has a history yet.",
        )
    console = Console(highlight=False, emoji=False)
    for entry in history:
        console.print(
            escaped(f"{entry.at:%Y-%m-%d %H:%M} UTC  {entry.what}  by {entry.who}, {entry.source.value}")
        )
        for line in entry.text.splitlines():
            console.print(f"    {escaped(line)}", soft_wrap=True)


def show_report(community: str, config: Path, clock: Callable[[], datetime] = utc_now) -> None:
    name = _normalized_name(community)
    with _open_database(config) as (settings, database):
        report = community_report(database, name, clock() - PERIOD)
        known = {source.community for source in settings.sources() if source.community}
        known |= {each.community for each in community_statistics(database, clock())}
    if report.is_empty and name not in known:
        raise UserError(
            f"Precis does not know the community {community}.",
            f"Known communities: {', '.join(sorted(known))}." if known else "It knows no community yet.",
        )
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
    table = Table(subject, "good bot", "bad bot", "replies", "votes", title_justify="left")
    for row in rows:
        counts = (row.good, row.bad, row.replies or "", row.score if row.replies else "")
        table.add_row(escaped(row.subject), *map(str, counts))
    return table


def _normalized_name(community: str) -> str:
    return community.strip().lower().removeprefix("!").removeprefix("r/")


@contextmanager
def _open_database(config: Path) -> Iterator[tuple[Config, Database]]:
    settings = load(config, os.environ)
    database = Database(settings.bot.database, None)
    try:
        yield settings, database
    finally:
        database.close()
