"""Account tables of platforms in other packages: entry points of the group `precis.platforms`."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any

from pydantic import Field, create_model

from bot.config.accounts import Account, AccountName
from bot.config.settings import Config
from bot.core.installed_packages import PLATFORMS, installed

loaded: dict[str, type[Account]] = {}
"""The account models of the installed platforms that a settings file has used, by platform."""


def load_for(tree: Mapping[str, Any]) -> dict[str, str]:
    """Load the account model of each table in `tree` that only an installed package knows.

    Returns the errors by table.
    """
    errors = {}
    for platform in tree.keys() - Config.model_fields.keys() - loaded.keys():
        entry = installed(PLATFORMS).get(platform)
        if entry is None:
            continue
        try:
            model = entry.load().AccountSettings
        except Exception as error:  # noqa: BLE001 (code of another package)
            errors[platform] = (
                f"cannot be used: {entry.value} does not load ({type(error).__name__}: {error})"
            )
            continue
        loaded[platform] = model
    return errors


def config_model() -> type[Config]:
    """`Config` with a field for each loaded platform."""
    if not loaded:
        return Config
    fields: dict[str, Any] = {
        name: (types.GenericAlias(dict, (AccountName, model)), Field({})) for name, model in loaded.items()
    }
    return create_model("Config", __base__=Config, **fields)
