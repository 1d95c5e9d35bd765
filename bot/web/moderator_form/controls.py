"""The controls of the settings that moderators may set, generated from the fields of `CommunityRules`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from bot.rules import SETTINGS_GROUPS, CommunityRules
from bot.rules.moderator_limits import ModeratorLimits
from bot.rules.setting_help import setting_help, setting_label
from bot.rules.setting_kinds import choices_of, is_host_list, is_language_list, is_list, unit_of
from bot.rules.validation import to_yaml
from bot.web.form_controls import Control, control_kind


class ControlGroup(Struct, frozen=True):
    """The controls on one subject. `key` is the name of the group of settings."""

    key: str
    controls: tuple[Control, ...]


def control_groups(
    values: Mapping[str, str],
    limits: ModeratorLimits,
    language: str,
    errors: Mapping[str, tuple[str, ...]],
) -> tuple[ControlGroup, ...]:
    """The controls by subject, without the settings that only the operator may change.

    `values` are the texts to show and `errors` the sentences, both by the name of the setting.
    """
    groups = (
        ControlGroup(
            group.__name__,
            tuple(
                _control(name, values[name], limits, language, errors.get(name, ()))
                for name in group.model_fields
                if name not in limits.fixed
            ),
        )
        for group in SETTINGS_GROUPS
    )
    return tuple(group for group in groups if group.controls)


def control_text(name: str, value: object) -> str:
    """A value as its control shows it: a list with one item on each line."""
    if is_list(name) and isinstance(value, list | tuple):
        return "\n".join(map(str, value))
    return value if isinstance(value, str) else to_yaml(value)


def _control(
    name: str, value: str, limits: ModeratorLimits, language: str, errors: tuple[str, ...]
) -> Control:
    kind = control_kind(name)
    lowest, highest = limits.allowed_range(name) if kind == "number" else (None, None)
    return Control(
        name,
        setting_label(name, language),
        setting_help(name, language),
        kind,
        value,
        ("true", "false") if kind == "switch" else choices_of(name),
        _example(name),
        unit_of(name) or "",
        lowest,
        highest,
        errors,
    )


def _example(name: str) -> str:
    examples: list[Any] = CommunityRules.model_fields[name].examples or []
    return control_text(name, examples[0]).partition("\n")[0] if examples else ""


def is_one_line_list(name: str) -> bool:
    """Whether the items of a list cannot contain spaces or commas, so that these separate them too."""
    return is_host_list(name) or is_language_list(name)
