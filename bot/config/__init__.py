"""config.toml into frozen settings; every mistake of a file reported at once."""

from bot.config.reading import load
from bot.config.settings import Account, Config, LemmyAccount
from bot.config.writing import QUESTIONS, Answers, Question, write_first_config

__all__ = [
    "QUESTIONS",
    "Account",
    "Answers",
    "Config",
    "LemmyAccount",
    "Question",
    "load",
    "write_first_config",
]
