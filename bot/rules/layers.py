"""Three layers of settings, the upper ones covering those below, and where each value comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.rules import CommunityRules
from bot.rules.moderator_limits import ModeratorLimits
from bot.rules.validation import clamp_to_limits


class Origin(StrEnum):
    """Where a value comes from; the value is the end of its key in `bot.i18n.translations`."""

    DEFAULT = "default"
    OPERATOR = "operator"
    MODERATORS = "moderators"


@dataclass(frozen=True, slots=True)
class EffectiveRules:
    """What holds in a community."""

    rules: CommunityRules
    origins: Mapping[str, Origin]


def merge_layers(
    operator: Mapping[str, Any], moderators: Mapping[str, Any], limits: ModeratorLimits
) -> EffectiveRules:
    """The operator's settings over the defaults, and over both what the moderators set within the limits.

    Settings that no longer hold in this version of Precis are passed over.
    """
    origins = dict.fromkeys(CommunityRules.model_fields, Origin.DEFAULT)
    values = {name: value for name, value in operator.items() if name in origins}
    origins |= dict.fromkeys(values, Origin.OPERATOR)
    theirs = _valid(clamp_to_limits(moderators, limits))
    origins |= dict.fromkeys(theirs, Origin.MODERATORS)
    return EffectiveRules(CommunityRules.model_construct(**_complete(values | theirs)), origins)


def _valid(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Each setting by itself, as a field of `CommunityRules` has it."""
    kept: dict[str, Any] = {}
    for name, value in settings.items():
        try:
            kept[name] = getattr(CommunityRules.model_validate({name: value}), name)
        except ValueError:  # an earlier version knew more values
            continue
    return kept


def _complete(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values.get(name, field.default) for name, field in CommunityRules.model_fields.items()}
