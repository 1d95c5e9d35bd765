"""Fetches a link as a Page, safely: public addresses only, one deadline, size limits, robots.txt, pauses."""

from bot.fetch.dns_lookup import ResolveHost
from bot.fetch.fetch_settings import FetchSettings, user_agent
from bot.fetch.fetcher import Fetcher, fetch
from bot.fetch.proxy import Proxy

__all__ = ["FetchSettings", "Fetcher", "Proxy", "ResolveHost", "fetch", "user_agent"]
