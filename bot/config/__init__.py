"""config.toml into frozen settings; every mistake of a file reported at once."""

from bot.config.accounts import Account, LemmyAccount, RedditAccount
from bot.config.reading import load
from bot.config.settings import Config
from bot.config.writing import QUESTIONS, Answers, Question, write_first_config

__all__ = [
    "QUESTIONS",
    "Account",
    "Answers",
    "Config",
    "LemmyAccount",
    "Question",
    "RedditAccount",
    "load",
    "write_first_config",
]
