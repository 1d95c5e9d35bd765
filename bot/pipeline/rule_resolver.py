"""What holds in each community: the defaults, over them the operator's settings, over both the moderators'.

What moderators set is kept in the database, and holds only where and as far as the operator lets
them. Nothing here reads a page or a message; `bot.inbox.commands.handler` does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.config import Config
from bot.core.models import Dialect, Post, Skipped
from bot.core.skip_reasons import SkipReason
from bot.rules import CommunityRules
from bot.rules.layers import EffectiveRules, merge_layers
from bot.rules.moderator_limits import ModeratorLimits
from bot.store import CommunitySettingsLog, Database, OptOuts, SettingsChangeKind


@dataclass(frozen=True, slots=True)
class ModeratorBounds:
    """What the operator leaves to the moderators."""

    limits: ModeratorLimits
    applies_to: Callable[[str], bool]
    """Whether the moderators of a community may set something."""


class RuleResolver:
    """The settings of all communities; each answer is fresh from the database."""

    def __init__(
        self,
        operator_rules: Callable[[str], Mapping[str, Any]],
        bounds: ModeratorBounds,
        settings_log: CommunitySettingsLog,
        opt_outs: OptOuts,
    ) -> None:
        """`written` gives the operator's settings for a community, by name."""
        self._written = operator_rules
        self.bounds = bounds
        self.settings_log = settings_log
        self.opt_outs = opt_outs

    def effective_rules(self, community: str) -> EffectiveRules:
        """What holds in a community (`name@host`, or the bare name of a subreddit), and why."""
        theirs = self.settings_log.latest_settings(community) if self.bounds.applies_to(community) else None
        settings = theirs.settings if theirs is not None else None
        return merge_layers(self._written(community), settings or {}, self.bounds.limits)

    def rules_for(self, community: str) -> CommunityRules:
        return self.effective_rules(community).rules

    def opted_out_or_paused(self, post: Post, dialect: Dialect) -> Skipped | None:
        """Why somebody wants no reply under this post."""
        match self.settings_log.status(post.community):
            case SettingsChangeKind.PAUSE:
                return Skipped(SkipReason.PAUSED)
            case SettingsChangeKind.LEAVE:
                return Skipped(SkipReason.LEFT)
        if post.author and self.opt_outs.has(network_of(dialect), post.author):
            return Skipped(SkipReason.OPTED_OUT)
        return None


def network_of(dialect: Dialect) -> str:
    """Where a person is the same person: Lemmy and PieFed share theirs."""
    return "reddit" if dialect is Dialect.REDDIT else "fediverse"


def make_rule_resolver(config: Config, database: Database) -> RuleResolver:
    """What holds in each community, for the daemon and for the command line."""
    theirs = config.moderators
    limits = ModeratorLimits(frozenset(theirs.fixed), theirs.lowest, theirs.highest)
    bounds = ModeratorBounds(limits, theirs.allows)
    return RuleResolver(config.explicit_rules, bounds, CommunitySettingsLog(database), OptOuts(database))
