"""When something is answered, and how often."""

from __future__ import annotations

from pydantic import Field

from bot.rules.base import SettingsGroup
from bot.rules.rule_types import Hours, Zone


class ReplyTiming(SettingsGroup):
    """When a reply is written: a post whose time has not come waits, it is not passed over."""

    min_score: int = Field(
        0, ge=0, le=10_000, description="A post waits until its score is so high; 0 for no waiting."
    )
    min_age_minutes: int = Field(
        0, ge=0, le=1440, description="A post waits until it is so old; 0 for no waiting."
    )
    quiet_hours: Hours = Field(
        "", description="No replies in these hours; posts wait until they end.", examples=["22:00-07:00"]
    )
    time_zone: Zone = Field(
        "UTC", description="The time zone of the quiet hours.", examples=["Europe/Berlin"]
    )
    max_per_day: int = Field(50, ge=1, le=1000, description="At most so many replies in 24 hours.")
