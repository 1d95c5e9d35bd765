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
from bot.rules.layers import Held, layered
from bot.rules.moderator_limits import Limits
from bot.store import Database, OptOuts, OrderKind, Orders


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the operator leaves to the moderators."""

    limits: Limits
    open_to: Callable[[str], bool]
    """Whether the moderators of a community may set something."""


class RuleBook:
    """The settings of all communities; each answer is fresh from the database."""

    def __init__(
        self, written: Callable[[str], Mapping[str, Any]], bounds: Bounds, orders: Orders, optouts: OptOuts
    ) -> None:
        """`written` gives the operator's settings for a community, by name."""
        self._written = written
        self.bounds = bounds
        self.orders = orders
        self.optouts = optouts

    def held(self, community: str) -> Held:
        """What holds in a community (`name@host`, or the bare name of a subreddit), and why."""
        theirs = self.orders.settings(community) if self.bounds.open_to(community) else None
        settings = theirs.settings if theirs is not None else None
        return layered(self._written(community), settings or {}, self.bounds.limits)

    def rules_for(self, community: str) -> CommunityRules:
        return self.held(community).rules

    def unwelcome(self, post: Post, dialect: Dialect) -> Skipped | None:
        """Why somebody wants no reply under this post."""
        match self.orders.standing(post.community):
            case OrderKind.PAUSE:
                return Skipped(SkipReason.PAUSED)
            case OrderKind.LEAVE:
                return Skipped(SkipReason.LEFT)
        if post.author and self.optouts.has(network(dialect), post.author):
            return Skipped(SkipReason.OPTED_OUT)
        return None


def network(dialect: Dialect) -> str:
    """Where a person is the same person: Lemmy and PieFed share theirs."""
    return "reddit" if dialect is Dialect.REDDIT else "fediverse"


def make_book(config: Config, database: Database) -> RuleBook:
    """What holds in each community, for the daemon and for the command line."""
    theirs = config.moderators
    limits = Limits(frozenset(theirs.fixed), theirs.lowest, theirs.highest)
    bounds = Bounds(limits, theirs.open_to)
    return RuleBook(config.written_rules, bounds, Orders(database), OptOuts(database))
