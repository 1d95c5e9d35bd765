"""The communities and accounts that the pages know."""

from __future__ import annotations

from bot.store import MutedCommunities
from bot.store.statistics import community_statistics
from bot.web.context import PageContext


def known_communities(context: PageContext) -> dict[str, tuple[str, ...]]:
    """The communities that are watched, that posts came from, or that are muted, each with its accounts."""
    found: dict[str, set[str]] = {}
    for source in context.config.sources():
        if source.community:
            found.setdefault(source.community, set()).add(source.account)
    for seen in community_statistics(context.database, context.clock()):
        found.setdefault(seen.community, set()).add(seen.account)
    for muted in MutedCommunities(context.database).list_all():
        found.setdefault(muted.community, set()).add(muted.account)
    return {name: tuple(sorted(found[name])) for name in sorted(found)}


def account_names(context: PageContext) -> list[str]:
    return [name for _, name, _ in context.config.accounts()]
