"""Settings for when and how often Precis replies."""

from __future__ import annotations

from pydantic import Field

from bot.rules.base import SettingsGroup
from bot.rules.rule_types import Hours, Zone


class ReplyTiming(SettingsGroup):
    """When replies are posted: a post that must wait is not skipped."""

    min_score: int = Field(
        0, ge=0, le=10_000, description="Wait until the post has this score; 0: do not wait."
    )
    min_age_minutes: int = Field(
        0, ge=0, le=1440, description="Wait until the post is this many minutes old; 0: do not wait."
    )
    quiet_hours: Hours = Field(
        "", description="Send no replies in these hours; they are sent afterwards.", examples=["22:00-07:00"]
    )
    time_zone: Zone = Field(
        "UTC", description="The time zone of the quiet hours.", examples=["Europe/Berlin"]
    )
    max_per_day: int = Field(50, ge=1, le=1000, description="The maximum number of replies in 24 hours.")
