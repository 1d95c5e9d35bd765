"""Create platforms, fetcher and worker pool from a config."""

from __future__ import annotations

import structlog

from bot.config import Config
from bot.config.accounts import Account
from bot.config.settings import Fetch, Workers
from bot.core.errors import UserError
from bot.daemon.shared_limits import SharedLimits
from bot.daemon.tuning import PRODUCTION, Tuning
from bot.fetch import Fetcher, FetchSettings, Proxy, user_agent
from bot.platforms import adapter_factory
from bot.platforms.account_setup import AccountSetup, default_biography
from bot.platforms.base import Platform, RateLimited
from bot.store import Accounts, Database
from bot.workers.confinement import kernel_support
from bot.workers.pool import WorkerLimits, WorkerPool
from bot.workers.rights import NOT_CONFINED, REMEDY, ROOT_REMEDY, ROOT_WARNING, Confinement

log = structlog.get_logger(__name__)


def make_platforms(config: Config, accounts: Accounts, tuning: Tuning) -> list[Platform]:
    """One platform for each account. Accounts on one server share its rate limits."""
    shared = SharedLimits()
    return [
        make_platform(config, kind, name, account, accounts, tuning, shared)
        for kind, name, account in config.accounts()
    ]


def make_platform(
    config: Config,
    kind: str,
    name: str,
    account: Account,
    accounts: Accounts,
    tuning: Tuning,
    shared: SharedLimits,
) -> Platform:
    """The platform of one account; its rate limits are taken from `shared`, or put there."""
    settings = {**account.adapter_arguments(), **_account_setup(config, account.may_set_up(), tuning)}
    server = f"{kind} {settings.get('base_url', '')}"
    rate_limits = shared.find(server)
    if rate_limits is not None:
        settings["rate_limits"] = rate_limits
    settings.update(tuning.connection_settings.get(kind, {}))
    platform = adapter_factory(kind)(
        account=name,
        token_store=accounts,
        user_agent=user_agent(config.bot.owner),
        clock=tuning.clock,
        **settings,
    )
    if isinstance(platform, RateLimited):
        shared.add(server, platform.rate_limits)
    return platform


def _account_setup(config: Config, consent: bool | None, tuning: Tuning) -> dict[str, object]:
    """The arguments about the account's own settings, for platforms where the bot can change them."""
    if consent is None:
        return {}
    if not tuning.may_change_accounts:
        return {"own_vote": True}
    return {"setup": AccountSetup(default_biography(config.bot.owner, config.bot.source_url), consent)}


def make_fetcher(config: Config, tuning: Tuning = PRODUCTION, shared_by: Database | None = None) -> Fetcher:
    """With the database that it is `shared_by`, all nodes of a cluster together are as polite as one."""
    settings, host_pauses, robots_files = config.fetch, None, None
    if shared_by is not None:
        from bot.store.shared_hosts import HostPauses, RobotsFiles  # they need the libraries for PostgreSQL

        host_pauses, robots_files = HostPauses(shared_by), RobotsFiles(shared_by)
    return Fetcher(
        FetchSettings(
            user_agent=user_agent(config.bot.owner),
            timeout=settings.timeout.total_seconds(),
            robots=settings.robots,
            pdf=settings.pdf,
            host_delay=settings.host_delay.total_seconds(),
            max_at_once=settings.at_once,
            proxy=make_proxy(settings),
            allow_local=tuning.allow_local,
        ),
        host_pauses=host_pauses,
        robots_files=robots_files,
    )


def make_proxy(settings: Fetch) -> Proxy | None:
    if settings.proxy is None:
        return None
    password = settings.proxy_password.get_secret_value() if settings.proxy_password else ""
    return Proxy.from_url(settings.proxy, password, resolves=settings.proxy_resolves)


def make_worker_pool(config: Config) -> WorkerPool:
    """The pool, with a warning in the log for what the kernel does not deny to its processes.

    Raises `UserError` if the settings require a confinement that this machine does not offer. Then its
    processes have been started, because only they can tell.
    """
    workers = config.workers
    support = check_confinement(workers)
    if support.missing:
        log.warning("workers cannot be confined fully", why=support.description)
    if support.root:
        log.warning(ROOT_WARNING, do=ROOT_REMEDY)
    # The folder of the database is one that a service can always write to.
    pool = WorkerPool(WorkerLimits.from_settings(workers, config.bot.state_files.absolute().parent / "cache"))
    if workers.confinement == "require":
        try:
            pool.start()
        except UserError:
            pool.close()
            raise
    return pool


def check_confinement(workers: Workers) -> Confinement:
    """What the kernel supports. Raises `UserError` if the settings require more."""
    support = kernel_support()
    if support.missing and workers.confinement == "require":
        raise UserError(NOT_CONFINED.format(support.description), REMEDY)
    return support
