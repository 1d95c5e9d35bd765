"""config.toml into frozen settings; every mistake of a file reported at once."""

from bot.config.accounts import Account, LemmyAccount, RedditAccount
from bot.config.questions import QUESTIONS, Answers, Question, ask_all
from bot.config.reading import load
from bot.config.settings import Config
from bot.config.writing import ACCOUNT, write_first_config

__all__ = [
    "ACCOUNT",
    "QUESTIONS",
    "Account",
    "Answers",
    "Config",
    "LemmyAccount",
    "Question",
    "RedditAccount",
    "ask_all",
    "load",
    "write_first_config",
]
