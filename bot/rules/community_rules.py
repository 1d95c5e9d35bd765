"""All settings of a community: each is one field with a description, bounds and a default.

The operator sets them under `[rules]` and `[rules.COMMUNITY]` of the config, moderators in their wiki
page, a message or the sidebar. The tables in the docs and the error texts are generated from this class.
"""

from __future__ import annotations

from datetime import timedelta

from bot.core.models import LengthLimits
from bot.rules.format_settings import ReplyFormat
from bot.rules.lifetime_settings import ReplyLifetime
from bot.rules.selection_settings import PostSelection
from bot.rules.timing_settings import ReplyTiming

SETTINGS_GROUPS = (PostSelection, ReplyTiming, ReplyFormat, ReplyLifetime)
"""The settings by subject, in the order of the docs."""


class CommunityRules(ReplyLifetime, ReplyFormat, ReplyTiming, PostSelection):
    """The settings of one community."""

    @property
    def length(self) -> LengthLimits:
        return LengthLimits(self.sentences, self.words, self.min_saved / 100)

    @property
    def max_age(self) -> timedelta:
        return timedelta(hours=self.max_age_hours)
