"""What may be set for a community: one field, one line of help, bounds and default.

The operator writes these under `[rules]` and `[rules.COMMUNITY]` of the config, moderators in their
wiki page, a message or the sidebar. The docs tables and the error texts are made from this class.
"""

from __future__ import annotations

from datetime import timedelta

from bot.core.models import LengthLimits
from bot.rules.post_selection import PostSelection
from bot.rules.reply_format import ReplyFormat
from bot.rules.reply_lifetime import ReplyLifetime
from bot.rules.reply_timing import ReplyTiming
from bot.rules.rule_types import Method

__all__ = [
    "SETTINGS_GROUPS",
    "CommunityRules",
    "Method",
    "PostSelection",
    "ReplyFormat",
    "ReplyLifetime",
    "ReplyTiming",
]

SETTINGS_GROUPS = (PostSelection, ReplyTiming, ReplyFormat, ReplyLifetime)
"""The settings by what they are about, in the order in which people read of them."""


class CommunityRules(ReplyLifetime, ReplyFormat, ReplyTiming, PostSelection):
    """What Precis does in one community."""

    @property
    def length(self) -> LengthLimits:
        return LengthLimits(self.sentences, self.words, self.min_saved / 100)

    @property
    def max_age(self) -> timedelta:
        return timedelta(hours=self.max_age_hours)
