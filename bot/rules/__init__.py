"""What may be set for a community: one field, one line of help, bounds and default.

The operator writes these under `[rules]` and `[rules.COMMUNITY]` of the config, moderators in their
wiki page, a message or the sidebar. The docs tables and the error texts are made from this class.
"""

from __future__ import annotations

from datetime import timedelta

from bot.core.models import Length
from bot.rules.post_selection import Choosing
from bot.rules.reply_format import Writing
from bot.rules.reply_lifetime import Afterwards
from bot.rules.rule_types import Method
from bot.rules.timing import Waiting

__all__ = ["GROUPS", "Afterwards", "Choosing", "CommunityRules", "Method", "Waiting", "Writing"]

GROUPS = (Choosing, Waiting, Writing, Afterwards)
"""The settings by what they are about, in the order in which people read of them."""


class CommunityRules(Afterwards, Writing, Waiting, Choosing):
    """What Precis does in one community."""

    @property
    def length(self) -> Length:
        return Length(self.sentences, self.words, self.min_saved / 100)

    @property
    def max_age(self) -> timedelta:
        return timedelta(hours=self.max_age_hours)
