"""Checks across settings, which a single model cannot make."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from bot.config.config_errors import ConfigProblem, problem_at
from bot.config.introspection import account_models, accounts_in, leads_accounts
from bot.config.notify_settings import NotifyTarget
from bot.config.setting_types import normalize_community
from bot.config.settings import Web
from bot.core.database_location import is_postgres_url
from bot.rules import CommunityRules


def cross_check(tree: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    """Problems in `tree`: the values of the file, with the secrets filled in."""
    yield from _missing_account(tree)
    yield from _duplicate_names(tree)
    yield from _conflicts(tree)
    yield from _unused_rules(tree)
    yield from _pages_without_token(tree)
    yield from _proxy_without_use(tree)
    yield from _database_password_without_use(tree)
    yield from _preview_without_form(tree)
    yield from _notices(tree)
    yield from _without_address(tree)


def _missing_account(tree: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    if not any(tree.get(platform) for platform in account_models()):
        example = next(iter(account_models()))
        yield ConfigProblem(
            (), f"there is no account; add a table [{example}.main] as in config.example.toml"
        )


def _duplicate_names(tree: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    """Two accounts with the same name. The database identifies an account only by its name."""
    seen: dict[str, str] = {}
    for platform, name, _ in accounts_in(tree):
        if name in seen:
            clause = f"has the same name as [{seen[name]}.{name}]; give each account a different name"
            yield problem_at((platform, name), clause, table=True)
        seen.setdefault(name, platform)


def _conflicts(tree: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    for platform, name, given in accounts_in(tree):
        for setting, clause in account_models()[platform].conflicts(given):
            if setting == "password" and not leads_accounts(tree):
                continue
            yield problem_at((platform, name, setting), clause)


def _pages_without_token(tree: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    """Status pages that other machines can reach, without a token."""
    try:
        pages = Web.model_validate(tree.get("web") or {})
    except ValidationError:
        return
    if pages.enabled and pages.exposed and pages.token is None:
        yield problem_at(
            ("web", "address"), "can be reached from other machines; set token_file too, or use 127.0.0.1"
        )


def _proxy_without_use(tree: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    """Settings of a proxy that have no effect."""
    given = tree.get("fetch")
    if not isinstance(given, dict):
        return
    proxy = given.get("proxy")
    if not proxy and given.get("proxy_resolves"):
        yield problem_at(("fetch", "proxy_resolves"), "has no effect without proxy; set proxy too")
    if given.get("proxy_password"):
        name = "proxy_password_file" if "proxy_password_file" in given else "proxy_password"
        if not proxy:
            yield problem_at(("fetch", name), "has no effect without proxy; set proxy too")
        elif isinstance(proxy, str) and "@" not in proxy:
            clause = 'needs a user name in proxy, such as "socks5://NAME@192.0.2.1:1080"'
            yield problem_at(("fetch", name), clause)


def _database_password_without_use(tree: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    given = tree.get("bot")
    if isinstance(given, dict) and given.get("database_password"):
        name = "database_password_file" if "database_password_file" in given else "database_password"
        if not is_postgres_url(str(given.get("database"))):
            yield problem_at(("bot", name), "has no effect without the URL of a database; set database too")


def _preview_without_form(tree: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    given = tree.get("web")
    table = given if isinstance(given, dict) else {}
    if table.get("settings_form_preview") is True and table.get("settings_form") is not True:
        clause = "has no effect without settings_form = true; set it too"
        yield problem_at(("web", "settings_form_preview"), clause)


def _notices(tree: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    targets = tree.get("notify")
    for name, given in targets.items() if isinstance(targets, dict) else ():
        if isinstance(given, dict):
            for setting, clause in NotifyTarget.conflicts(given):
                yield problem_at(("notify", name, setting), clause)


def _without_address(tree: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    """Settings of the heartbeat and of events that have no effect."""
    for table, setting in (("heartbeat", "interval"), ("events", "only")):
        given = tree.get(table)
        if isinstance(given, dict) and setting in given and not given.get("url"):
            yield problem_at((table, setting), "has no effect without url; set url_file too")


def _watched(tree: Mapping[str, Any]) -> set[str | None] | None:
    """The communities of all accounts, or None if an account is invalid."""
    try:
        models = [
            account_models()[platform].model_validate(given, strict=False)
            for platform, _, given in accounts_in(tree)
        ]
    except ValidationError:
        return None
    return {community for account in models for community in account.watched_communities()}


def _unused_rules(tree: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    """Rules for a community that no account watches. They would have no effect, without any sign of it."""
    watched = _watched(tree)
    rules = tree.get("rules")
    seen: dict[str, str] = {}
    for written, given in rules.items() if isinstance(rules, dict) and watched else ():
        if isinstance(given, dict) and written not in CommunityRules.model_fields:
            yield from _unused_rule(written, watched or set(), seen)


def _unused_rule(written: str, watched: set[str | None], seen: dict[str, str]) -> Iterator[ConfigProblem]:
    try:
        name = normalize_community(written, None)
    except PydanticCustomError as error:
        yield problem_at(("rules", written), error.message(), table=True)
        return
    if name in seen:
        yield problem_at(
            ("rules", written), f'is the same community as "{seen[name]}"; remove one of them', table=True
        )
    elif None not in watched and name not in watched:
        yield problem_at(
            ("rules", written), f"is not watched by any account{_hint(name, watched)}", table=True
        )
    seen[name] = written


def _hint(name: str, watched: set[str | None]) -> str:
    near = difflib.get_close_matches(name, [known for known in watched if known], n=1, cutoff=0.5)
    if near:
        return f'; did you mean [rules."{near[0]}"]?'
    return "; add it to the communities of an account, or remove this table"
