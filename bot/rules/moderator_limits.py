"""Limits that the operator sets for moderators."""

from __future__ import annotations

from collections.abc import Mapping

import annotated_types
from msgspec import Struct, field

from bot.rules.community_rules import CommunityRules


class ModeratorLimits(Struct, frozen=True):
    """The operator's limits. A setting that is not listed has only the bounds of its field."""

    fixed: frozenset[str] = frozenset()
    """Settings that only the operator may change."""
    lowest: Mapping[str, int] = field(default_factory=dict)
    highest: Mapping[str, int] = field(default_factory=dict)

    def allowed_range(self, name: str) -> tuple[int, int]:
        """The lowest and the highest number that a moderator may give a setting."""
        metadata = CommunityRules.model_fields[name].metadata
        lowest = max(int(str(bound.ge)) for bound in metadata if isinstance(bound, annotated_types.Ge))
        highest = min(int(str(bound.le)) for bound in metadata if isinstance(bound, annotated_types.Le))
        return max(lowest, self.lowest.get(name, lowest)), min(highest, self.highest.get(name, highest))
