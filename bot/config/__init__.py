"""Reads config.toml into frozen settings, and reports all problems of a file at once."""

from bot.config.accounts import Account, LemmyAccount, RedditAccount
from bot.config.loader import load
from bot.config.settings import Config

__all__ = [
    "Account",
    "Config",
    "LemmyAccount",
    "RedditAccount",
    "load",
]
