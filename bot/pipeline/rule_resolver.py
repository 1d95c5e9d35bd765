"""The effective rules of a community: defaults, then the operator's settings, then the moderators'.

The moderators' settings are stored in the database, and apply only where and as far as the operator
allows. `bot.inbox` reads them from messages and pages.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from msgspec import Struct, field

from bot.config import Config
from bot.core.models import Dialect, Post, Skipped
from bot.core.skip_reasons import SkipReason
from bot.rules import CommunityRules
from bot.rules.layers import EffectiveRules, merge_layers
from bot.rules.moderator_limits import ModeratorLimits
from bot.rules.profiles import BUILT_IN_PROFILES, Profiles
from bot.store import CommunitySettingsLog, Database, OptOuts, SettingsChangeKind
from bot.store.pauses import is_account_paused
from bot.store.rules_revision import rules_revision

MAX_CACHED = 2_000
"""Rules and pauses that are kept. An account that watches all communities finds posts in thousands."""


class ModeratorBounds(Struct, frozen=True):
    """What the operator allows moderators to set."""

    limits: ModeratorLimits
    applies_to: Callable[[str], bool]
    """Whether the moderators of a community may set something."""
    profiles: Profiles = field(default_factory=lambda: BUILT_IN_PROFILES)


class RuleResolver:
    """The rules of all communities. They are read again after each change, by any process."""

    def __init__(
        self,
        operator_rules: Callable[[str], Mapping[str, Any]],
        bounds: ModeratorBounds,
        settings_log: CommunitySettingsLog,
        opt_outs: OptOuts,
        is_account_paused: Callable[[str], bool],
        revision: Callable[[], int],
        *,
        seen_within: timedelta = timedelta(0),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`operator_rules` returns the operator's settings for a community, by name.

        `revision` returns another number after each change of moderators' settings or of a pause. It is read
        again after `seen_within`: so much later, a change applies to posts and replies. By default, at once.
        """
        self._is_account_paused = is_account_paused
        self._revision = revision
        self._seen_within = seen_within.total_seconds()
        self._monotonic = monotonic
        self._read_again_at = monotonic()
        self._cache = _Cache(revision())
        self._operator_rules = operator_rules
        self.bounds = bounds
        self.settings_log = settings_log
        self.opt_outs = opt_outs

    def effective_rules(self, community: str) -> EffectiveRules:
        """The rules of a community (`name@host`, or the name of a subreddit), and the layer of each value.

        For answers about the rules: every change is in them at once.
        """
        return self._rules_in(self._read_cache(), community)

    def _rules_in(self, cache: _Cache, community: str) -> EffectiveRules:
        known = cache.rules
        if (found := known.get(community)) is None:
            found = known[community] = self._read_rules(community)
        return found

    def _read_rules(self, community: str) -> EffectiveRules:
        allowed = self.bounds.applies_to(community)
        change = self.settings_log.latest_settings(community) if allowed else None
        settings = change.settings if change is not None else None
        return merge_layers(self._operator_rules(community), settings or {}, self.bounds.limits)

    def rules_with(self, community: str, settings: Mapping[str, Any]) -> EffectiveRules:
        """The rules that a community would have with other settings of its moderators."""
        return merge_layers(self._operator_rules(community), settings, self.bounds.limits)

    def rules_for(self, community: str) -> CommunityRules:
        """The rules for posts and replies in a community."""
        return self._rules_in(self._recent_cache(), community).rules

    def opted_out_or_paused(self, post: Post, has_opted_out: bool) -> Skipped | None:
        """Why the operator, the moderators or the author want no reply to the post."""
        known = self._recent_cache()
        if post.account not in known.paused_accounts:
            known.paused_accounts[post.account] = self._is_account_paused(post.account)
        if known.paused_accounts[post.account]:
            return Skipped(SkipReason.ACCOUNT_PAUSED)
        if post.community not in known.status:
            known.status[post.community] = self.settings_log.status(post.community)
        match known.status[post.community]:
            case SettingsChangeKind.PAUSE:
                return Skipped(SkipReason.PAUSED)
            case SettingsChangeKind.LEAVE:
                return Skipped(SkipReason.LEFT)
        if post.author and has_opted_out:
            return Skipped(SkipReason.OPTED_OUT)
        return None

    def _recent_cache(self) -> _Cache:
        """A cache whose revision was the current one at most `seen_within` ago."""
        return self._cache if self._monotonic() < self._read_again_at else self._read_cache()

    def _read_cache(self) -> _Cache:
        """A cache of the current revision, which is read before what goes into the cache.

        So an answer can be newer than its revision, and is then read once more, but never older.
        """
        began = self._monotonic()
        revision, cache = self._revision(), self._cache
        if cache.revision != revision or len(cache.rules) + len(cache.status) > MAX_CACHED:
            cache = self._cache = _Cache(revision)
        self._read_again_at = began + self._seen_within
        return cache


class _Cache(Struct, frozen=True):
    """What was read at one revision. Threads share it; two may read the same once each."""

    revision: int
    rules: dict[str, EffectiveRules] = field(default_factory=dict)
    """By community; the same for `status`."""
    status: dict[str, SettingsChangeKind] = field(default_factory=dict)
    paused_accounts: dict[str, bool] = field(default_factory=dict)


def network_of(dialect: Dialect) -> str:
    """The network of a platform: Lemmy and PieFed share their users."""
    return "reddit" if dialect is Dialect.REDDIT else "fediverse"


def make_rule_resolver(
    config: Config, database: Database, seen_within: timedelta = timedelta(0)
) -> RuleResolver:
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
        partial(rules_revision, database),
        seen_within=seen_within,
    )
