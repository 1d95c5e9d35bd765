"""Mistakes between settings, which no model sees by itself."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from bot.config.config_errors import ConfigProblem, problem_at
from bot.config.introspection import account_models, accounts_in
from bot.config.setting_types import normalize_community
from bot.config.settings import Web
from bot.rules import CommunityRules


def cross_check(tree: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    """What is wrong in `tree`, the values as the file has them, with the secrets filled in."""
    yield from _no_account(tree)
    yield from _same_names(tree)
    yield from _conflicts(tree)
    yield from _idle_rules(tree)
    yield from _open_pages(tree)


def _no_account(tree: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    if not any(tree.get(platform) for platform in account_models()):
        example = next(iter(account_models()))
        yield ConfigProblem(
            (), f"no account is named; add a table [{example}.main] as in config.example.toml"
        )


def _same_names(tree: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    """Rows, sources and tokens are kept by the account's name alone."""
    seen: dict[str, str] = {}
    for platform, name, _ in accounts_in(tree):
        if name in seen:
            clause = f"has the name of [{seen[name]}.{name}]; give each account a name of its own"
            yield problem_at((platform, name), clause, table=True)
        seen.setdefault(name, platform)


def _conflicts(tree: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    for platform, name, given in accounts_in(tree):
        for setting, clause in account_models()[platform].conflicts(given):
            yield problem_at((platform, name, setting), clause)


def _open_pages(tree: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    """Pages that others than this machine can reach need a token."""
    try:
        pages = Web.model_validate(tree.get("web") or {})
    except ValidationError:
        return
    if pages.enabled and pages.exposed and pages.token is None:
        yield problem_at(("web", "address"), "can be reached by others; write a token_file too, or 127.0.0.1")


def _watched(tree: Mapping[str, Any]) -> set[str | None] | None:
    """The communities of all accounts; None when an account has mistakes of its own."""
    try:
        models = [
            account_models()[platform].model_validate(given, strict=False)
            for platform, _, given in accounts_in(tree)
        ]
    except ValidationError:
        return None
    return {community for account in models for community in account.watched_communities()}


def _idle_rules(tree: Mapping[str, Any]) -> Iterator[ConfigProblem]:
    """Rules for communities that nobody watches are a slip of the pen that would never show."""
    watched = _watched(tree)
    rules = tree.get("rules")
    seen: dict[str, str] = {}
    for written, given in rules.items() if isinstance(rules, dict) and watched else ():
        if isinstance(given, dict) and written not in CommunityRules.model_fields:
            yield from _idle_rule(written, watched or set(), seen)


def _idle_rule(written: str, watched: set[str | None], seen: dict[str, str]) -> Iterator[ConfigProblem]:
    try:
        name = normalize_community(written, None)
    except PydanticCustomError as error:
        yield problem_at(("rules", written), error.message(), table=True)
        return
    if name in seen:
        yield problem_at(("rules", written), f'is the same community as "{seen[name]}"; keep one', table=True)
    elif None not in watched and name not in watched:
        yield problem_at(("rules", written), f"is watched by no account{_nearest(name, watched)}", table=True)
    seen[name] = written


def _nearest(name: str, watched: set[str | None]) -> str:
    near = difflib.get_close_matches(name, [known for known in watched if known], n=1, cutoff=0.5)
    if near:
        return f'; did you mean [rules."{near[0]}"]?'
    return "; add it to the communities of an account, or take the table out"
