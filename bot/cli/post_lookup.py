"""Finds the posts that a person names on the command line, and `precis why`."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

from rich.console import Console

from bot.cli.account_platforms import ask_platforms
from bot.cli.post_json import post_object
from bot.cli.terminal import escaped, print_json
from bot.config import Config, load
from bot.config.accounts import LemmyAccount
from bot.core.clock import utc_now
from bot.core.errors import UserError
from bot.core.post_addresses import parse_post_address
from bot.daemon.tuning import PRODUCTION, Tuning
from bot.platforms.base import Platform
from bot.store import Database
from bot.store.post_lookup import find_posts
from bot.store.post_reports import PostReport

UNKNOWN_POST_HINT = (
    "Use the address of the post on the bot's own server. The post may be older than max_age_hours, "
    "in a community that is not watched, or newer than the last poll (see: precis status)."
)


def show_why(address: str, config: Path, *, as_json: bool = False) -> None:
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


def find_known_posts(
    database: Database, settings: Config, address: str, remedy: str, tuning: Tuning = PRODUCTION
) -> list[PostReport]:
    """The posts with this address or id. Raises `UserError` if there is none; `remedy` is the usual one.

    The platforms are asked about an address that the database does not know: a share link, or an address
    on another server.
    """
    found = find_posts(database, address)

    def find_on(platform: Platform) -> bool:
        resolved = platform.resolve_address(address)
        known = [] if resolved is None else find_posts(database, resolved)
        found.extend(post for post in known if post.account == platform.account)
        return bool(found)

    if found or ask_platforms(address, find_on, settings, database, tuning):
        return found
    parsed = parse_post_address(address)
    if parsed is not None and parsed.is_share_link:
        raise UserError(
            f"{address} is a share link, which does not contain the id of the post.",
            "Open it in a browser, and use the address that the browser then shows.",
        )
    servers = [account.host for _, _, account in settings.accounts() if isinstance(account, LemmyAccount)]
    if parsed is not None and not parsed.is_reddit and servers and not {*parsed.servers} & {*servers}:
        own = " or ".join(servers)
        remedy = f"Posts have other ids on {parsed.servers[0]}. Use the address of the post on {own}."
    raise UserError(f"Precis does not know the post {address}.", remedy)
