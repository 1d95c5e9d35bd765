"""Profiles are named starting points.

A line `profile: NAME` stands for the settings of the profile; other lines override them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from msgspec import Struct


class Profile(Struct, frozen=True):
    """The settings of a profile, as JSON values."""

    settings: Mapping[str, Any]
    required: tuple[str, ...] = ()
    """Settings without which the profile would not do what its name says."""


Profiles = Mapping[str, Profile]
"""By name."""

BUILT_IN_PROFILES: Profiles = MappingProxyType(
    {
        "quiet": Profile({"only_on_request": True}),
        "news": Profile(
            {
                "source_line": True,
                "crossposts": False,
                "block_title_words": ["megathread", "live thread", "discussion thread"],
                "max_age_hours": 12,
            }
        ),
        "strict": Profile({"sentences": 2, "layout": "collapsed"}, required=("allow_domains",)),
    }
)
