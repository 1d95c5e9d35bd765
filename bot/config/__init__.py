"""Reads config.toml into frozen settings, and reports all problems of a file at once."""

from bot.config.accounts import Account, LemmyAccount, RedditAccount
from bot.config.first_config import FIRST_ACCOUNT_NAME, write_first_config
from bot.config.init_questions import QUESTIONS, Answers, Question, ask_all
from bot.config.loader import load
from bot.config.settings import Config

__all__ = [
    "FIRST_ACCOUNT_NAME",
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
