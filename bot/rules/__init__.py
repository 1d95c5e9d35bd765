"""The settings of a community: the fields, their layers, and the text that moderators write."""

from bot.rules.community_rules import SETTINGS_GROUPS, CommunityRules
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
