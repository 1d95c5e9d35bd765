"""config.toml into frozen settings; every mistake of a file reported at once."""

from bot.config.reading import load
from bot.config.settings import Account, Config, LemmyAccount

__all__ = ["Account", "Config", "LemmyAccount", "load"]
