"""The bot's account for a community, and the page where a message to it is written."""

from __future__ import annotations

import re

from msgspec import Struct
from pydantic_core import PydanticCustomError

from bot.config import Config
from bot.config.accounts import Account, LemmyAccount, PieFedAccount, RedditAccount
from bot.config.setting_types import normalize_community
from bot.core.models import Dialect

_SUBREDDIT = re.compile(r"(?:https?://(?:[a-z]+\.)?reddit\.com/r/|/?r/)([a-z0-9_]{2,21})/?")
MAX_NAME_LENGTH = 300
MAX_LINK_LENGTH = 7_000
"""Characters; servers and browsers refuse longer addresses."""


class Recipient(Struct, frozen=True):
    """Where a message to the bot is written."""

    name: str
    """The bot, as people write it."""
    link: str
    is_filled: bool
    """Whether the page behind the link has the text. Lemmy and PieFed have no such links."""


def community_named(text: str, config: Config) -> str | None:
    """`name@host`, or the name of a subreddit, from any usual form; None if it is not a community's name.

    Without a host it is a watched subreddit, or else a community on the server of the bot.
    """
    text = text.strip().lower()
    if len(text) > MAX_NAME_LENGTH:
        return None
    accounts = [account for _, _, account in config.accounts()]
    hosts = [account.host for account in accounts if isinstance(account, LemmyAccount)]
    subreddits = {name for each in accounts if isinstance(each, RedditAccount) for name in each.subreddits}
    found = _SUBREDDIT.fullmatch(text)
    if found or text in subreddits:
        return found[1] if found else text
    try:
        return normalize_community(text, hosts[0] if hosts else None)
    except PydanticCustomError:
        return None


def account_for(community: str, config: Config) -> Account | None:
    """The account that watches a community, else one on its platform."""
    accounts = [account for _, _, account in config.accounts()]
    is_subreddit = "@" not in community
    fitting = [account for account in accounts if isinstance(account, RedditAccount) is is_subreddit]
    watching = (account for account in fitting if community in account.watched_communities())
    everything = (account for account in fitting if None in account.watched_communities())
    return next(watching, None) or next(everything, None) or next(iter(fitting), None)


def is_watched(community: str, config: Config) -> bool:
    account = account_for(community, config)
    return account is not None and bool({community, None} & set(account.watched_communities()))


def recipient_for(account: Account | None, subject: str, text: str) -> Recipient | None:
    """The page to write a message to the bot; None if the account has no name."""
    if account is None or account.profile_url is None:
        return None
    names = sorted(account.bot_names)
    name = f"u/{names[0]}" if isinstance(account, RedditAccount) else f"@{names[0]}"
    filled = account.message_link(subject, text)
    if filled is not None and len(filled) <= MAX_LINK_LENGTH:
        return Recipient(name, filled, is_filled=True)
    return Recipient(name, account.profile_url, is_filled=False)


def dialect_of(account: Account | None) -> Dialect:
    """The Markdown of the account's platform."""
    if isinstance(account, RedditAccount):
        return Dialect.REDDIT
    return Dialect.PIEFED if isinstance(account, PieFedAccount) else Dialect.LEMMY
