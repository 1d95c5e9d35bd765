"""What moderators wrote, checked against `CommunityRules` and the operator's limits; one validator for all.

pydantic's errors are looked up in a table by their type
(https://docs.pydantic.dev/latest/errors/validation_errors/).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.rules import CommunityRules
from bot.rules.moderator_limits import ModeratorLimits
from bot.rules.setting_errors import InvalidSettings, SettingProblem
from bot.rules.yaml_lines import MAX_PROBLEMS, Entry, parse_entries, safe_excerpt

Settings = Mapping[str, Any]
"""Settings by name, as JSON knows values."""


def parse_settings(text: str, limits: ModeratorLimits) -> dict[str, Any]:
    """The settings in a text. Raises `Mistaken` with every mistake, and nothing else, whatever the text."""
    entries = parse_entries(text)
    problems = list(_unknown(entries)) + list(_fixed(entries, limits))
    known = [entry for entry in entries if entry.key in CommunityRules.model_fields]
    settings, found = _validated(known)
    problems += found
    problems += _out_of_bounds(known, settings, limits)
    if problems:
        raise InvalidSettings(sorted(problems, key=lambda one: one.line)[:MAX_PROBLEMS])
    return settings


def clamp_to_limits(settings: Settings, limits: ModeratorLimits) -> dict[str, Any]:
    """What still holds of settings that were taken earlier, should the limits be tighter by now."""
    kept: dict[str, Any] = {}
    for name, value in settings.items():
        if name not in CommunityRules.model_fields or name in limits.fixed:
            continue
        if is_number(name):
            least, most = limits.allowed_range(name)
            value = min(max(value, least), most)
        kept[name] = value
    return kept


def example_line(name: str) -> str:
    """A line that sets a setting."""
    field = CommunityRules.model_fields[name]
    value = field.examples[0] if field.examples else field.default
    return f"{name}: {to_yaml(value)}"


def to_yaml(value: object) -> str:
    """A value as one would write it behind the colon."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(str, value))}]"
    return f"{value}" if value != "" else '""'


def _unknown(entries: tuple[Entry, ...]) -> Iterator[SettingProblem]:
    for entry in entries:
        if entry.key in CommunityRules.model_fields:
            continue
        near = difflib.get_close_matches(entry.key, CommunityRules.model_fields, n=1)
        example = example_line(near[0]) if near else None
        yield SettingProblem(
            entry.line, "unknown", {"key": safe_excerpt(entry.key)}, next(iter(near), None), example
        )


def _fixed(entries: tuple[Entry, ...], limits: ModeratorLimits) -> Iterator[SettingProblem]:
    for entry in entries:
        if entry.key in limits.fixed:
            yield SettingProblem(entry.line, "fixed", {"key": entry.key})


def _validated(entries: list[Entry]) -> tuple[dict[str, Any], list[SettingProblem]]:
    lines = {entry.key: entry.line for entry in entries}
    given = {entry.key: _given(entry) for entry in entries}
    try:
        rules = CommunityRules.model_validate(given)
    except ValidationError as error:
        told: dict[str, SettingProblem] = {}
        for item in error.errors(include_url=False):
            name = str(item["loc"][0])
            told.setdefault(name, _problem(name, lines[name], given[name], item))
        return {}, list(told.values())
    dumped = rules.model_dump(mode="json")
    return {name: dumped[name] for name in given}, []


def _given(entry: Entry) -> object:
    """A list may be written with commas; nothing behind the colon of a list is an empty one."""
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


def _out_of_bounds(
    entries: list[Entry], settings: Settings, limits: ModeratorLimits
) -> Iterator[SettingProblem]:
    for entry in entries:
        if entry.key in settings and is_number(entry.key):
            least, most = limits.allowed_range(entry.key)
            if not least <= settings[entry.key] <= most:
                yield _not_in_range(entry.key, entry.line, limits)


def _not_in_range(name: str, line: int, limits: ModeratorLimits) -> SettingProblem:
    least, most = limits.allowed_range(name)
    return SettingProblem(
        line, "number", {"key": name, "least": least, "most": most}, example=f"{name}: {least}"
    )


def _problem(name: str, line: int, given: object, error: ErrorDetails) -> SettingProblem:
    values: dict[str, object] = {"key": name}
    if isinstance(given, tuple) and not _is_list(name):
        return SettingProblem(line, "one-value", values, example=example_line(name))
    if is_number(name):
        least, most = ModeratorLimits().allowed_range(name)
        return SettingProblem(
            line, "number", values | {"least": least, "most": most}, example=example_line(name)
        )
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
    """The values of a setting that knows only a few."""
    annotation = CommunityRules.model_fields[name].annotation
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return tuple(str(member.value) for member in annotation)
    return tuple(map(str, get_args(annotation)))


_CODES = {
    "bool_parsing": "bool",
    "bool_type": "bool",
    "enum": "choice",
    "literal_error": "choice",
    "too_long": "too-many",
    "string_too_long": "too-long",
}
"""The key of the text for each type of error; all others are values that will not do."""
