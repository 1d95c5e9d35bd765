"""Validates the text of moderators against `CommunityRules` and the operator's limits.

Errors of pydantic are mapped by their type
(https://docs.pydantic.dev/latest/errors/validation_errors/).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from enum import Enum
from itertools import islice
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.core.edit_distance import nearest
from bot.core.lazy_patterns import lazy_pattern
from bot.rules.automoderator import is_automoderator_rule
from bot.rules.community_rules import CommunityRules
from bot.rules.effect_checks import useless_values
from bot.rules.moderator_limits import ModeratorLimits
from bot.rules.profiles import BUILT_IN_PROFILES, Profiles
from bot.rules.setting_errors import InvalidSettings, SettingProblem
from bot.rules.setting_kinds import choices_of, is_list, is_number
from bot.rules.setting_names import PROFILE, nearest_setting
from bot.rules.value_forms import plain_value, split_items
from bot.rules.yaml_lines import MAX_PROBLEMS, Entry, parse_entries, safe_excerpt

Settings = Mapping[str, Any]
"""Settings by name; the values are JSON types."""


def parse_settings(
    text: str,
    limits: ModeratorLimits,
    profiles: Profiles = BUILT_IN_PROFILES,
    earlier: Settings | None = None,
) -> dict[str, Any]:
    """The settings in a text. Raises `InvalidSettings` with all errors, and nothing else, for any text.

    `earlier` are settings that stay in effect where the text does not name them.
    """
    if is_automoderator_rule(text):
        raise InvalidSettings([SettingProblem(1, "automoderator", example="block_domains: [shop.example]")])
    parsed = parse_entries(text)
    entries = parsed.entries
    known = [entry for entry in entries if entry.key in CommunityRules.model_fields]
    settings, found = _validate(known)
    problems = [
        *parsed.problems,
        *_unknown_settings(entries),
        *_operator_only_settings(entries, limits),
        *found,
        *_out_of_range(known, settings, limits),
    ]
    start, wrong = _profile_settings(entries, profiles, limits, {**(earlier or {}), **settings})
    problems += wrong
    everything = {**(earlier or {}), **start, **settings}
    problems += useless_values(known, settings, everything)
    if problems:
        raise InvalidSettings(_in_order(problems)[:MAX_PROBLEMS])
    return start | settings


def _in_order(problems: list[SettingProblem]) -> list[SettingProblem]:
    """The problems by line. Where a comment swallows a value, that the value is missing says nothing new."""
    swallowed = {problem.line for problem in problems if problem.code == "comment"}
    kept = (each for each in problems if each.line not in swallowed or each.code == "comment")
    return sorted(kept, key=lambda problem: problem.line)


def _profile_settings(
    entries: tuple[Entry, ...], profiles: Profiles, limits: ModeratorLimits, others: Settings
) -> tuple[dict[str, Any], list[SettingProblem]]:
    """The settings that the line `profile` stands for."""
    entry = next((entry for entry in entries if entry.key == PROFILE), None)
    if entry is None:
        return {}, []
    written = entry.value.strip().lower() if isinstance(entry.value, str) else ""
    profile = profiles.get(written)
    if profile is None:
        values = {"key": PROFILE, "choices": ", ".join(profiles)}
        example = f"{PROFILE}: {nearest(written, profiles) or next(iter(profiles))}"
        return {}, [SettingProblem(entry.line, "bad-choice", values, example=example)]
    missing = [name for name in profile.required if not others.get(name)]
    problems = [
        SettingProblem(
            entry.line, "profile-needs", {"profile": written, "key": name}, example=example_line(name)
        )
        for name in missing
    ]
    return clamp_to_limits(profile.settings, limits), problems


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
    """A valid line for a setting or for a profile."""
    if name == PROFILE:
        return f"{PROFILE}: quiet"
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
        return f"[{', '.join(_quoted(str(item), _SPECIAL_IN_LIST) for item in value)}]"
    return _quoted(f"{value}", _SPECIAL) if value != "" else '""'


_SPECIAL_IN_LIST = lazy_pattern(r"[,\[\]{}#\"'\\&*!|>%@`:=]|^\s|\s$|^[-?]|^$|\s{2}")
_SPECIAL = lazy_pattern(r"\\|(?:^|\s)#|^[\[{\"'|>`*]|[`*]$|^\s|\s$|\s{2}")
"""What has a meaning of its own where it is written without quotation marks."""


def _quoted(text: str, special: re.Pattern[str]) -> str:
    if not special.search(text):
        return text
    # `\\*` would be read as an escape of Markdown; YAML has a second notation for a backslash.
    return json.dumps(text, ensure_ascii=False).replace("\\\\", "\\x5c")


def _unknown_settings(entries: tuple[Entry, ...]) -> Iterator[SettingProblem]:
    known = {*CommunityRules.model_fields, PROFILE}
    unknown = (entry for entry in entries if entry.key not in known)
    for entry in islice(unknown, MAX_PROBLEMS):  # each comparison with all names takes a while
        suggestion = nearest_setting(entry.key)
        example = example_line(suggestion) if suggestion else None
        values = {"key": safe_excerpt(entry.key)}
        yield SettingProblem(entry.line, "unknown-setting", values, suggestion, example)


def _operator_only_settings(entries: tuple[Entry, ...], limits: ModeratorLimits) -> Iterator[SettingProblem]:
    for entry in entries:
        if entry.key in limits.fixed:
            yield SettingProblem(entry.line, "operator-only", {"key": entry.key})


def _validate(entries: list[Entry]) -> tuple[dict[str, Any], list[SettingProblem]]:
    """The valid settings, and the first problem of each other one."""
    settings: dict[str, Any] = {}
    problems: list[SettingProblem] = []
    for entry in entries:
        value = _value_of(entry)
        try:
            rules = CommunityRules.model_validate({entry.key: value})
        except ValidationError as error:
            details = error.errors(include_url=False)[0]
            problems.append(_to_problem(entry.key, entry.line, value, details))
        else:
            settings[entry.key] = rules.model_dump(mode="json")[entry.key]
    return settings, problems


def _value_of(entry: Entry) -> object:
    """The value of an entry. A list may be separated by commas; a list or a text without a value is empty."""
    name, value = entry.key, entry.value
    if not is_list(name):
        if value is None and CommunityRules.model_fields[name].default == "":
            return ""
        return plain_value(name, value) if isinstance(value, str) else value
    if value is None:
        return ()
    if isinstance(value, str):
        return split_items(name, value)
    return tuple(part.strip() for part in value if part.strip())


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
    if isinstance(value, tuple) and not is_list(name):
        return SettingProblem(line, "one-value", values, example=example_line(name))
    if is_number(name):
        lowest, highest = ModeratorLimits().allowed_range(name)
        values |= {"least": lowest, "most": highest}
        return SettingProblem(line, "bad-number", values, example=example_line(name))
    context = error.get("ctx", {})
    code = str(context.get("code") or _CODES.get(error["type"], "bad-value"))
    if code == "too-many" and not is_list(name):
        code = "too-long"
    values |= {
        "value": safe_excerpt(f"{error['input'] if error['input'] is not None else ''}"),
        "most": context.get("max_length", ""),
        "choices": ", ".join(choices_of(name)),
    }
    choice = nearest(str(value).casefold(), choices_of(name))
    return SettingProblem(line, code, values, example=f"{name}: {choice}" if choice else example_line(name))


_CODES = {
    "bool_parsing": "bad-bool",
    "bool_type": "bad-bool",
    "enum": "bad-choice",
    "literal_error": "bad-choice",
    "too_long": "too-many",
    "string_too_long": "too-long",
}
"""Error type of pydantic to the key of the message; every other type is a bad-value."""
