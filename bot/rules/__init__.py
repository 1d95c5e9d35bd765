"""The settings of a community: the fields, their layers, and the text that moderators write."""

from bot.rules.community_rules import SETTINGS_GROUPS, CommunityRules
from bot.rules.format_settings import ReplyFormat
from bot.rules.lifetime_settings import ReplyLifetime
from bot.rules.rule_types import Method
from bot.rules.selection_settings import PostSelection
from bot.rules.timing_settings import ReplyTiming

__all__ = [
    "SETTINGS_GROUPS",
    "CommunityRules",
    "Method",
    "PostSelection",
    "ReplyFormat",
    "ReplyLifetime",
    "ReplyTiming",
]
