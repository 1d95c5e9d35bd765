"""Merges the three layers of settings (default, operator, moderators) and records each value's origin."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct

from bot.rules.community_rules import CommunityRules
from bot.rules.moderator_limits import ModeratorLimits
from bot.rules.validation import clamp_to_limits


class Origin(StrEnum):
    """The layer that a value comes from. `origin-` and the value is the key of its text in `bot.i18n`."""

    DEFAULT = "default"
    OPERATOR = "operator"
    MODERATORS = "moderators"


class EffectiveRules(Struct, frozen=True):
    """The settings in effect in a community."""

    rules: CommunityRules
    origins: Mapping[str, Origin]
    """By the name of the setting."""


def merge_layers(
    operator: Mapping[str, Any], moderators: Mapping[str, Any], limits: ModeratorLimits
) -> EffectiveRules:
    """The operator's settings override the defaults; the moderators' override both, within the limits.

    Moderators' settings that this version of Precis does not accept are ignored.
    """
    origins = dict.fromkeys(CommunityRules.model_fields, Origin.DEFAULT)
    operator_values = {name: value for name, value in operator.items() if name in origins}
    origins |= dict.fromkeys(operator_values, Origin.OPERATOR)
    moderator_values = _valid_settings(clamp_to_limits(moderators, limits))
    origins |= dict.fromkeys(moderator_values, Origin.MODERATORS)
    values = _with_defaults(operator_values | moderator_values)
    return EffectiveRules(CommunityRules.model_construct(**values), origins)


def _valid_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that are valid, converted to the types of `CommunityRules`."""
    valid: dict[str, Any] = {}
    for name, value in settings.items():
        try:
            valid[name] = getattr(CommunityRules.model_validate({name: value}), name)
        except ValueError:  # an earlier version accepted other values
            continue
    return valid


def _with_defaults(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values.get(name, field.default) for name, field in CommunityRules.model_fields.items()}
