"""The effective rules of a community: defaults, then the operator's settings, then the moderators'.

The moderators' settings are stored in the database, and apply only where and as far as the operator
allows. `bot.inbox` reads them from messages and pages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bot.config import Config
from bot.core.models import Dialect, Post, Skipped
from bot.core.skip_reasons import SkipReason
from bot.rules import CommunityRules
from bot.rules.layers import EffectiveRules, merge_layers
from bot.rules.moderator_limits import ModeratorLimits
from bot.rules.profiles import BUILT_IN_PROFILES, Profiles
from bot.store import CommunitySettingsLog, Database, OptOuts, SettingsChangeKind
from bot.store.pauses import is_account_paused


@dataclass(frozen=True, slots=True)
class ModeratorBounds:
    """What the operator allows moderators to set."""

    limits: ModeratorLimits
    applies_to: Callable[[str], bool]
    """Whether the moderators of a community may set something."""
    profiles: Profiles = field(default_factory=lambda: BUILT_IN_PROFILES)


class RuleResolver:
    """The rules of all communities, read from the database at each call."""

    def __init__(
        self,
        operator_rules: Callable[[str], Mapping[str, Any]],
        bounds: ModeratorBounds,
        settings_log: CommunitySettingsLog,
        opt_outs: OptOuts,
        is_account_paused: Callable[[str], bool] = lambda account: False,
    ) -> None:
        """`operator_rules` returns the operator's settings for a community, by name."""
        self._is_account_paused = is_account_paused
        self._operator_rules = operator_rules
        self.bounds = bounds
        self.settings_log = settings_log
        self.opt_outs = opt_outs

    def effective_rules(self, community: str) -> EffectiveRules:
        """The rules of a community (`name@host`, or the name of a subreddit), and the layer of each value."""
        allowed = self.bounds.applies_to(community)
        change = self.settings_log.latest_settings(community) if allowed else None
        settings = change.settings if change is not None else None
        return merge_layers(self._operator_rules(community), settings or {}, self.bounds.limits)

    def rules_with(self, community: str, settings: Mapping[str, Any]) -> EffectiveRules:
        """The rules that a community would have with other settings of its moderators."""
        return merge_layers(self._operator_rules(community), settings, self.bounds.limits)

    def rules_for(self, community: str) -> CommunityRules:
        return self.effective_rules(community).rules

    def opted_out_or_paused(self, post: Post, dialect: Dialect) -> Skipped | None:
        """Why the operator, the moderators or the author want no reply to the post."""
        if self._is_account_paused(post.account):
            return Skipped(SkipReason.ACCOUNT_PAUSED)
        match self.settings_log.status(post.community):
            case SettingsChangeKind.PAUSE:
                return Skipped(SkipReason.PAUSED)
            case SettingsChangeKind.LEAVE:
                return Skipped(SkipReason.LEFT)
        if post.author and self.opt_outs.has(network_of(dialect), post.author):
            return Skipped(SkipReason.OPTED_OUT)
        return None


def network_of(dialect: Dialect) -> str:
    """The network of a platform: Lemmy and PieFed share their users."""
    return "reddit" if dialect is Dialect.REDDIT else "fediverse"


def make_rule_resolver(config: Config, database: Database) -> RuleResolver:
    """The resolver for the daemon and for the command line."""
    moderators = config.moderators
    limits = ModeratorLimits(frozenset(moderators.fixed), moderators.lowest, moderators.highest)
    bounds = ModeratorBounds(limits, moderators.allows, moderators.all_profiles())
    return RuleResolver(
        config.explicit_rules,
        bounds,
        CommunitySettingsLog(database),
        OptOuts(database),
        partial(is_account_paused, database),
    )
