"""Reads the settings models: which table has which settings, and which values they allow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, Literal, cast, get_args, get_origin

import annotated_types
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from bot.config import installed_platforms
from bot.config.accounts import Account, Accounts
from bot.config.notify_settings import NotifyTarget
from bot.config.setting_types import to_toml
from bot.config.settings import Config
from bot.rules import CommunityRules

KeyPath = tuple[str | int, ...]
"""The path to a value: names of tables and settings, and indexes of list items from 0."""


def account_models() -> dict[str, type[Account]]:
    """The account model of each platform: the built-in ones, and those of installed packages in use."""
    built_in = {
        platform: cast("type[Account]", get_args(field.annotation)[1])
        for platform, field in Accounts.model_fields.items()
    }
    return built_in | installed_platforms.loaded


def accounts_in(tree: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Platform, name and values of each account table."""
    for platform in account_models():
        accounts = tree.get(platform)
        for name, given in accounts.items() if isinstance(accounts, dict) else ():
            if isinstance(given, dict):
                yield platform, name, given


def named_tables() -> dict[str, type[BaseModel]]:
    """The models of the tables that the operator names, `[GROUP.NAME]`, by group."""
    return {**account_models(), "notify": NotifyTarget}


def named_tables_in(tree: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Group, name and values of each of these tables."""
    yield from accounts_in(tree)
    targets = tree.get("notify")
    for name, given in targets.items() if isinstance(targets, dict) else ():
        if isinstance(given, dict):
            yield "notify", name, given


def settings_tables() -> dict[str, type[BaseModel]]:
    """The models of all tables except those that the operator names."""
    return {
        name: cast("type[BaseModel]", field.annotation)
        for name, field in Config.model_fields.items()
        if name not in named_tables()
    }


def model_at(table: KeyPath) -> type[BaseModel] | None:
    """The model of a table such as `("lemmy", "main")`, or None if there is none."""
    match table:
        case ():
            return Config
        case (str(name),):
            return settings_tables().get(name)
        case ("rules", _) | ("moderators", "profiles", _):
            return CommunityRules
        case (str(group), _):
            return named_tables().get(group)
    return None


def field_at(key: KeyPath) -> FieldInfo | None:
    """The field of the setting at `key`, or of the list that contains the item at `key`."""
    names = tuple(part for part in key if isinstance(part, str))
    model = model_at(names[:-1]) if names else None
    return model.model_fields.get(names[-1]) if model else None


def secret_fields(model: type[BaseModel]) -> tuple[str, ...]:
    """The names of a table's secret settings."""
    return tuple(name for name, field in model.model_fields.items() if is_secret(field))


def is_secret(field: FieldInfo) -> bool:
    """Whether a setting is a secret, required or optional."""
    return field.annotation in (SecretStr, SecretStr | None)


def leads_accounts(tree: Mapping[str, Any]) -> bool:
    """Whether the machine of these settings uses the accounts, so that it needs their secrets."""
    cluster = tree.get("cluster")
    roles = cluster.get("roles") if isinstance(cluster, dict) else None
    return not isinstance(roles, list) or "account" in roles


def bounds_of(field: FieldInfo) -> tuple[Any, Any]:
    """The minimum and the maximum of a setting; None if there is none."""
    minimums = [constraint.ge for constraint in field.metadata if isinstance(constraint, annotated_types.Ge)]
    maximums = [constraint.le for constraint in field.metadata if isinstance(constraint, annotated_types.Le)]
    return next(iter(minimums), None), next(iter(maximums), None)


def choices_of(field: FieldInfo) -> tuple[str, ...]:
    """The values of a setting with a fixed set of values; empty for all others."""
    if get_origin(field.annotation) is Literal:
        return get_args(field.annotation)
    if isinstance(field.annotation, type) and issubclass(field.annotation, Enum):
        return tuple(str(member.value) for member in field.annotation)
    return ()


def item_choices_of(field: FieldInfo) -> tuple[str, ...]:
    """The values that each item of a list may have; for other settings, as `choices_of`."""
    items = get_args(field.annotation)[:1] if get_origin(field.annotation) is tuple else ()
    return get_args(items[0]) if items and get_origin(items[0]) is Literal else choices_of(field)


def example_of(field: FieldInfo) -> str | None:
    """An example value as TOML: the field's example or its default. None if it has neither."""
    value = field.examples[0] if field.examples else None if field.is_required() else field.default
    return None if value in (None, ()) else to_toml(value)
