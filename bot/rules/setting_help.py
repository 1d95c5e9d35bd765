"""The names and the descriptions of the settings in the bot's languages.

The English ones are those of the fields; the others are in `setting_names.toml` and `setting_help.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from bot.rules.community_rules import CommunityRules


def setting_label(name: str, language: str) -> str:
    """The name of a setting as a heading, in a language (ISO 639-1) if it has one there."""
    written = _table("setting_names.toml").get(name, {}).get(language)
    label: str = written[0] if written else name.replace("_", " ")
    return label[:1].upper() + label[1:]


def setting_help(name: str, language: str) -> str:
    """The description of a setting in a language (ISO 639-1), else in English."""
    english = CommunityRules.model_fields[name].description or ""
    translated: str = _table("setting_help.toml").get(name, {}).get(language, english)
    return translated


@cache
def _table(name: str) -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(files("bot.rules").joinpath(name).read_text(encoding="utf-8"))
