"""How far moderators may go, as the operator says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import annotated_types

from bot.rules import CommunityRules


@dataclass(frozen=True, slots=True)
class ModeratorLimits:
    """The operator's bounds; what is not named is free within the bounds of the setting itself."""

    fixed: frozenset[str] = frozenset()
    """Settings that only the operator may change."""
    lowest: Mapping[str, int] = field(default_factory=dict)
    highest: Mapping[str, int] = field(default_factory=dict)

    def allowed_range(self, name: str) -> tuple[int, int]:
        """The least and the greatest number that a moderator may give a setting."""
        marks = CommunityRules.model_fields[name].metadata
        least = max(int(str(mark.ge)) for mark in marks if isinstance(mark, annotated_types.Ge))
        most = min(int(str(mark.le)) for mark in marks if isinstance(mark, annotated_types.Le))
        return max(least, self.lowest.get(name, least)), min(most, self.highest.get(name, most))
