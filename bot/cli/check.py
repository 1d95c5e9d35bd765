"""`precis check`: checks the settings, the database and every account."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from bot.cli.check_report import report_results
from bot.config import Config, load
from bot.config.settings import Workers
from bot.core.clock import utc_now
from bot.core.errors import AccountError, PlatformError
from bot.core.models import CheckResult, Source
from bot.daemon.factories import make_platforms
from bot.daemon.tuning import PRODUCTION
from bot.operations.program_name import program_name
from bot.pipeline.rule_resolver import RuleResolver, make_rule_resolver
from bot.platforms.base import NsfwFilter, Platform
from bot.store import Accounts, Database
from bot.workers.confinement import kernel_support
from bot.workers.rights import REMEDY, ROOT_REMEDY, ROOT_WARNING, Confinement


def check_all(config: Path, *, as_json: bool = False) -> None:
    """Print the results. Raises `UserError` if a check failed."""
    settings = load(config, os.environ)
    results = [CheckResult("settings", True, _count_settings(config, settings))]
    database = Database(settings.bot.database, utc_now())
    try:
        results.append(CheckResult("storage", True, f"{settings.bot.database} can be read and written"))
        results += confinement_results(settings.workers, kernel_support())
        with Console(stderr=True).status("Connecting to the servers…"):
            results += _check_accounts(settings, database)
    finally:
        database.close()
    report_results(
        results,
        f"All checks passed. Start the bot with: {program_name()} run{_sandbox_option(settings)}",
        as_json=as_json,
    )


def _sandbox_option(settings: Config) -> str:
    """` --sandbox` if all accounts are on this machine, where only `precis sandbox` has servers."""
    hosts = [account.host or "" for _, _, account in settings.accounts()]
    return " --sandbox" if all(host.startswith(("127.0.0.1:", "localhost:")) for host in hosts) else ""


def _count_settings(config: Path, settings: Config) -> str:
    """The file, and how many accounts and communities are in it."""
    accounts, sources = len(list(settings.accounts())), settings.sources()
    communities = sum(source.community is not None for source in sources)
    everything = len(sources) - communities
    counts = [
        "" if everything == accounts else _count(accounts, "account", "accounts"),
        _count(communities, "community", "communities") if communities else "",
        f"{_count(everything, 'account', 'accounts')} with everything = true" if everything else "",
    ]
    return f"{config}: {', '.join(filter(None, counts))}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _check_accounts(settings: Config, database: Database) -> list[CheckResult]:
    found: list[CheckResult] = []
    rules = make_rule_resolver(settings, database)
    for platform in make_platforms(settings, Accounts(database), PRODUCTION):
        try:
            found += _check_account(platform, settings, rules)
        finally:
            platform.close()
    return found


def _check_account(platform: Platform, settings: Config, rules: RuleResolver) -> tuple[CheckResult, ...]:
    sources = tuple(source for source in settings.sources() if source.account == platform.account)
    try:
        return (*platform.inspect(sources), *_nsfw_findings(platform, sources, rules))
    except AccountError as error:
        return (CheckResult(platform.account, False, str(error), error.remedy),)
    except PlatformError as error:
        return (CheckResult(platform.account, False, str(error), "Try again when the server is available."),)


def _nsfw_findings(
    platform: Platform, sources: tuple[Source, ...], rules: RuleResolver
) -> Iterator[CheckResult]:
    """The communities whose settings allow NSFW posts, if the server hides these from the account."""
    named = [source.community for source in sources if source.community is not None]
    everywhere = [""] if len(named) < len(sources) else []
    wanted = [name for name in everywhere + named if rules.rules_for(name).nsfw]
    if not wanted or not isinstance(platform, NsfwFilter) or not platform.hides_nsfw():
        return
    for name in wanted:
        yield CheckResult(
            name or "posts",
            False,
            "the settings have `nsfw: true`, but the server hides NSFW posts from the account",
            "Turn on showing NSFW content in the account's settings on the server's web page.",
        )


def confinement_results(settings: Workers, support: Confinement) -> Iterator[CheckResult]:
    """What is denied to processes that read pages, and a warning for root."""
    ok = not support.missing or settings.confinement == "prefer"
    yield CheckResult("workers", ok, support.description, REMEDY if support.missing else "")
    if support.root:
        yield CheckResult("user", True, ROOT_WARNING, ROOT_REMEDY)
