"""Turns the values of the form into the settings that differ from those in effect, and into errors."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from pydantic import ValidationError

from bot.i18n.translations import Translator
from bot.rules import CommunityRules
from bot.rules.layers import EffectiveRules, Origin
from bot.rules.moderator_limits import ModeratorLimits
from bot.rules.profiles import Profile, Profiles
from bot.rules.setting_errors import InvalidSettings, SettingProblem
from bot.rules.setting_kinds import is_free_text, is_list
from bot.rules.validation import clamp_to_limits, example_line, parse_settings
from bot.rules.value_forms import split_items
from bot.rules.yaml_lines import safe_excerpt
from bot.web.moderator_form.controls import control_text, is_one_line_list
from bot.web.moderator_form.written_lines import (
    WITHOUT_CONFLICT,
    is_read_as,
    setting_lines,
    setting_of_each_line,
    written_setting,
)

MAX_VALUE_LENGTH = 20_000
"""Characters of one value of the form."""


class Base(Struct, frozen=True):
    """What applies in a community before the change."""

    effective: EffectiveRules
    earlier: Mapping[str, Any]
    """The settings of its moderators, as JSON values."""
    limits: ModeratorLimits
    profiles: Profiles

    def values(self) -> dict[str, Any]:
        """The settings in effect, as JSON values."""
        return self.effective.rules.model_dump(mode="json")

    def own_settings(self) -> dict[str, Any]:
        """Those in effect that the moderators have set."""
        origins = self.effective.origins
        return {name: value for name, value in self.values().items() if origins[name] is Origin.MODERATORS}

    def shown(self, profile: str = "") -> dict[str, str]:
        """The text of each control, starting from the settings in effect or from a profile."""
        start = clamp_to_limits(self.profiles.get(profile, Profile({})).settings, self.limits)
        return {name: control_text(name, value) for name, value in {**self.values(), **start}.items()}


class Submitted(Struct, frozen=True):
    """A form that was sent."""

    texts: Mapping[str, str]
    """What each control shows, by the name of the setting."""
    changes: Mapping[str, Any]
    """The valid settings that differ from those in effect, as JSON values."""
    errors: Mapping[str, tuple[str, ...]]
    """Sentences, by the name of the setting."""


def read_submitted(
    form: Mapping[str, str], base: Base, translate: Translator, profile: str = ""
) -> Submitted:
    """The content of a form that started from a profile. A setting that it does not have stays as it is."""
    current, shown = base.values(), base.shown()
    texts, changes = dict(shown), dict[str, Any]()
    problems: dict[str, list[SettingProblem]] = {}
    for name in CommunityRules.model_fields:
        if name not in form or name in base.limits.fixed:
            continue
        text = _plain_lines(form[name])
        texts[name] = text
        if text == shown[name]:
            continue
        try:
            value = _parse(name, text, base)
        except InvalidSettings as error:
            problems[name] = list(error.problems)
        else:
            if value != current[name]:
                changes[name] = value
    if not problems:
        problems = _missing(changes, base, profile) or _problems_together(changes, base)
    errors = {
        name: tuple(dict.fromkeys(problem.sentences(translate) for problem in found))
        for name, found in problems.items()
    }
    return Submitted(texts, changes, errors)


def _plain_lines(text: str) -> str:
    """The text without the characters that no value can have, and without empty lines."""
    text = text[:MAX_VALUE_LENGTH].replace("\r\n", "\n").replace("\r", "\n")
    lines = ("".join(char for char in line if _is_visible(char)).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _is_visible(char: str) -> bool:
    return char.isspace() or unicodedata.category(char)[0] != "C"


def _parse(name: str, text: str, base: Base) -> Any:
    """The JSON value of one control. Raises `InvalidSettings`."""
    value = _value_in(name, text)
    if is_free_text(name) and (exact := _valid(name, value)) is not None:
        value = exact
        if not is_read_as(written_setting(name, value), name, value):
            raise InvalidSettings(
                [SettingProblem(1, "bad-value", {"key": name, "value": safe_excerpt(text)})]
            )
    # Whether it fits to the others is checked with all changes.
    written = written_setting(name, value)
    return parse_settings(written, base.limits, base.profiles, WITHOUT_CONFLICT)[name]


def _value_in(name: str, text: str) -> Any:
    """The text of a control as one value or as the items of a list."""
    lines = text.split("\n")
    if not is_list(name):
        return " ".join(lines)
    if is_one_line_list(name):
        return [item for line in lines for item in split_items(name, line)]
    return [line for line in lines if line]


def _valid(name: str, value: Any) -> Any:
    """The JSON value of a setting; None if it is invalid, and the parser says why."""
    try:
        return CommunityRules.model_validate({name: value}).model_dump(mode="json")[name]
    except ValidationError:
        return None


def _missing(changes: Mapping[str, Any], base: Base, profile: str) -> dict[str, list[SettingProblem]]:
    """The settings without which a profile would not do what its name says."""
    wanted = base.values() | dict(changes)
    required = base.profiles.get(profile, Profile({})).required
    return {
        name: [
            SettingProblem(1, "profile-needs", {"profile": profile, "key": name}, example=example_line(name))
        ]
        for name in required
        if not wanted[name]
    }


def _problems_together(changes: Mapping[str, Any], base: Base) -> dict[str, list[SettingProblem]]:
    """The problems of valid changes with each other and with the moderators' other settings, by name."""
    found: dict[str, list[SettingProblem]] = {}
    for settings in (changes, base.own_settings() | dict(changes)) if changes else ():
        names = setting_of_each_line(settings)
        for problem in problems_of(setting_lines(settings), base):
            concerned = (names[min(problem.line, len(names)) - 1], *map(problem.values.get, ("key", "other")))
            name = next((name for name in concerned if name in changes), None)
            if name is not None:
                found.setdefault(name, []).append(problem)
    return found


def problems_of(text: str, base: Base) -> tuple[SettingProblem, ...]:
    """Why the bot would not accept a text."""
    try:
        parse_settings(text, base.limits, base.profiles, base.earlier)
    except InvalidSettings as error:
        return error.problems
    return ()
