"""A link into a Page, safely: public addresses only, one deadline, capped sizes, good manners."""

from bot.fetch.fetcher import Fetcher, fetch
from bot.fetch.lookup import Resolve
from bot.fetch.settings import FetchSettings, user_agent

__all__ = ["FetchSettings", "Fetcher", "Resolve", "fetch", "user_agent"]
