"""Validates the text of moderators against `CommunityRules` and the operator's limits.

Errors of pydantic are mapped by their type
(https://docs.pydantic.dev/latest/errors/validation_errors/).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from enum import Enum
from itertools import islice
from typing import Any, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.rules.community_rules import CommunityRules
from bot.rules.moderator_limits import ModeratorLimits
from bot.rules.setting_errors import InvalidSettings, SettingProblem
from bot.rules.yaml_lines import MAX_PROBLEMS, Entry, parse_entries, safe_excerpt

MAX_KEY_LENGTH = 50
"""Characters of an unknown key that are compared with the names of settings."""
Settings = Mapping[str, Any]
"""Settings by name; the values are JSON types."""


def parse_settings(text: str, limits: ModeratorLimits) -> dict[str, Any]:
    """The settings in a text. Raises `InvalidSettings` with all errors, and nothing else, for any text."""
    entries = parse_entries(text)
    problems = list(_unknown_settings(entries)) + list(_operator_only_settings(entries, limits))
    known = [entry for entry in entries if entry.key in CommunityRules.model_fields]
    settings, found = _validate(known)
    problems += found
    problems += _out_of_range(known, settings, limits)
    if problems:
        raise InvalidSettings(sorted(problems, key=lambda problem: problem.line)[:MAX_PROBLEMS])
    return settings


def clamp_to_limits(settings: Settings, limits: ModeratorLimits) -> dict[str, Any]:
    """Stored settings within the limits of today: numbers are clamped, fixed and unknown settings dropped."""
    kept: dict[str, Any] = {}
    for name, value in settings.items():
        if name not in CommunityRules.model_fields or name in limits.fixed:
            continue
        if is_number(name):
            lowest, highest = limits.allowed_range(name)
            value = min(max(value, lowest), highest)
        kept[name] = value
    return kept


def example_line(name: str) -> str:
    """A valid line for a setting."""
    field = CommunityRules.model_fields[name]
    value = field.examples[0] if field.examples else field.default
    return f"{name}: {to_yaml(value)}"


def to_yaml(value: object) -> str:
    """A value as it is written after the colon."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(str, value))}]"
    return f"{value}" if value != "" else '""'


def _unknown_settings(entries: tuple[Entry, ...]) -> Iterator[SettingProblem]:
    unknown = (entry for entry in entries if entry.key not in CommunityRules.model_fields)
    for entry in islice(unknown, MAX_PROBLEMS):  # each comparison with all names takes a while
        matches = difflib.get_close_matches(entry.key[:MAX_KEY_LENGTH], CommunityRules.model_fields, n=1)
        suggestion = matches[0] if matches else None
        example = example_line(suggestion) if suggestion else None
        values = {"key": safe_excerpt(entry.key)}
        yield SettingProblem(entry.line, "unknown-setting", values, suggestion, example)


def _operator_only_settings(entries: tuple[Entry, ...], limits: ModeratorLimits) -> Iterator[SettingProblem]:
    for entry in entries:
        if entry.key in limits.fixed:
            yield SettingProblem(entry.line, "operator-only", {"key": entry.key})


def _validate(entries: list[Entry]) -> tuple[dict[str, Any], list[SettingProblem]]:
    """The settings and no problems, or no settings and the first problem of each."""
    lines = {entry.key: entry.line for entry in entries}
    values = {entry.key: _value_of(entry) for entry in entries}
    try:
        rules = CommunityRules.model_validate(values)
    except ValidationError as error:
        problems: dict[str, SettingProblem] = {}
        for details in error.errors(include_url=False):
            name = str(details["loc"][0])
            problems.setdefault(name, _to_problem(name, lines[name], values[name], details))
        return {}, list(problems.values())
    dumped = rules.model_dump(mode="json")
    return {name: dumped[name] for name in values}, []


def _value_of(entry: Entry) -> object:
    """The value of an entry. A list may be separated by commas; a list without a value is empty."""
    if not _is_list(entry.key):
        return entry.value
    if entry.value is None:
        return ()
    parts = entry.value.split(",") if isinstance(entry.value, str) else entry.value
    return tuple(part.strip() for part in parts if part.strip())


def _is_list(name: str) -> bool:
    return get_origin(CommunityRules.model_fields[name].annotation) is tuple


def is_number(name: str) -> bool:
    """Whether a setting is a number."""
    return CommunityRules.model_fields[name].annotation is int


def _out_of_range(
    entries: list[Entry], settings: Settings, limits: ModeratorLimits
) -> Iterator[SettingProblem]:
    for entry in entries:
        if entry.key in settings and is_number(entry.key):
            lowest, highest = limits.allowed_range(entry.key)
            if not lowest <= settings[entry.key] <= highest:
                values = {"key": entry.key, "least": lowest, "most": highest}
                example = f"{entry.key}: {lowest}"
                yield SettingProblem(entry.line, "bad-number", values, example=example)


def _to_problem(name: str, line: int, value: object, error: ErrorDetails) -> SettingProblem:
    values: dict[str, object] = {"key": name}
    if isinstance(value, tuple) and not _is_list(name):
        return SettingProblem(line, "one-value", values, example=example_line(name))
    if is_number(name):
        lowest, highest = ModeratorLimits().allowed_range(name)
        values |= {"least": lowest, "most": highest}
        return SettingProblem(line, "bad-number", values, example=example_line(name))
    context = error.get("ctx", {})
    code = str(context.get("code") or _CODES.get(error["type"], "bad-value"))
    if code == "too-many" and not _is_list(name):
        code = "too-long"
    values |= {
        "value": safe_excerpt(f"{error['input'] if error['input'] is not None else ''}"),
        "most": context.get("max_length", ""),
        "choices": ", ".join(choices_of(name)),
    }
    return SettingProblem(line, code, values, example=example_line(name))


def choices_of(name: str) -> tuple[str, ...]:
    """The allowed values of an enumeration or literal."""
    annotation = CommunityRules.model_fields[name].annotation
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return tuple(str(member.value) for member in annotation)
    return tuple(map(str, get_args(annotation)))


_CODES = {
    "bool_parsing": "bad-bool",
    "bool_type": "bad-bool",
    "enum": "bad-choice",
    "literal_error": "bad-choice",
    "too_long": "too-many",
    "string_too_long": "too-long",
}
"""Error type of pydantic to the key of the message; every other type is a bad-value."""
