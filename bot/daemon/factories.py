"""What the daemon works with, made from a config: platforms, fetcher, worker processes."""

from __future__ import annotations

import structlog

from bot.config import Config
from bot.daemon.tuning import PRODUCTION, Terms
from bot.fetch import Fetcher, FetchSettings, user_agent
from bot.platforms import factory
from bot.platforms.account_setup import Profile, biography
from bot.platforms.base import Paced, Platform
from bot.platforms.rate_limits import Pace
from bot.store import (
    Accounts,
)
from bot.workers.confinement import Offer, offered
from bot.workers.pool import Limits, Worker

log = structlog.get_logger(__name__)


def make_platforms(config: Config, accounts: Accounts, terms: Terms) -> list[Platform]:
    """One for each account; those on one server share the limits that it has for this address."""
    made: list[Platform] = []
    paces: dict[tuple[str, object], Pace] = {}
    for kind, name, account in config.accounts():
        settings = {**account.connection(), **_profile(config, account.may_set_up(), terms)}
        server = (kind, settings.get("base_url"))
        if server in paces:
            settings["pace"] = paces[server]
        settings.update(terms.connections.get(kind, {}))
        platform = factory(kind)(
            account=name,
            vault=accounts,
            user_agent=user_agent(config.bot.owner),
            clock=terms.clock,
            **settings,
        )
        if isinstance(platform, Paced):
            paces[server] = platform.pace
        made.append(platform)
    return made


def _profile(config: Config, consent: bool | None, terms: Terms) -> dict[str, object]:
    """What an account has to look like, for platforms where it can be told to."""
    if consent is None:
        return {}
    if not terms.touches_accounts:
        return {"own_vote": True}
    return {"profile": Profile(biography(config.bot.owner, config.bot.source_url), consent)}


def make_fetcher(config: Config, terms: Terms = PRODUCTION) -> Fetcher:
    settings = config.fetch
    return Fetcher(
        FetchSettings(
            user_agent=user_agent(config.bot.owner),
            timeout=settings.timeout.total_seconds(),
            robots=settings.robots,
            host_delay=settings.host_delay.total_seconds(),
            max_at_once=settings.at_once,
            allow_local=terms.allow_local,
        )
    )


def make_worker(config: Config) -> Worker:
    workers = config.workers
    if (offer := offered()) != Offer(files=True, calls=True):
        log.warning("workers cannot be confined fully", why=offer.sentence)
    return Worker(Limits(workers.processes, workers.timeout, workers.memory_mb, workers.recycle))
