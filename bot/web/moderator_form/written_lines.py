"""Writes settings as lines that the bot's parser takes as they are meant."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from bot.rules.moderator_limits import ModeratorLimits
from bot.rules.setting_errors import InvalidSettings
from bot.rules.setting_kinds import is_list
from bot.rules.validation import parse_settings, to_yaml

WITHOUT_CONFLICT = {"min_age_minutes": 0, "max_age_hours": 168}
"""Earlier settings that exclude no value of another setting."""


def setting_lines(settings: Mapping[str, Any]) -> str:
    """The lines of settings. The values are valid JSON values."""
    return "\n".join(written_setting(name, value) for name, value in settings.items())


def setting_of_each_line(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """The name of the setting that each line of `setting_lines` belongs to."""
    return tuple(
        name for name, value in settings.items() for _ in range(1 + written_setting(name, value).count("\n"))
    )


def written_setting(name: str, value: Any) -> str:
    """The first notation that is read as this value; if there is none, the usual one."""
    return _written_setting(name, json.dumps(value))


@lru_cache(maxsize=200)
def _written_setting(name: str, value_as_json: str) -> str:
    """A form needs the text of each setting several times, and each notation is parsed to test it."""
    value = json.loads(value_as_json)
    return next((text for text in _notations(name, value) if is_read_as(text, name, value)), "") or next(
        _notations(name, value)
    )


def is_read_as(text: str, name: str, value: Any) -> bool:
    try:
        settings = parse_settings(text, ModeratorLimits(), earlier=WITHOUT_CONFLICT)
    except InvalidSettings:
        return False
    return name in settings and bool(settings[name] == value)


def _notations(name: str, value: Any) -> Iterator[str]:
    yield f"{name}: {to_yaml(value)}"
    if is_list(name):
        items = (f"- {_quoted(item)}" for item in value)
        yield "\n".join((f"{name}:", *items))
    elif isinstance(value, str):
        yield f"{name}: {_quoted(value)}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\\\\", "\\x5c")
