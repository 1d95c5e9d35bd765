"""The communities that Precis knows, and the one that a person named on the command line."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.cli.choices import suggestion
from bot.config import Config
from bot.core.errors import UserError
from bot.store import CommunitySettingsLog, Database, MutedCommunities
from bot.store.statistics import community_statistics

_MAX_LISTED = 10
_EVER = datetime.fromtimestamp(0, UTC)


def normalized_name(community: str) -> str:
    """The name as the database has it: `name@server`, or the name of a subreddit."""
    return community.strip().lower().removeprefix("!").removeprefix("/").removeprefix("r/")


def known_communities(settings: Config, database: Database) -> frozenset[str]:
    """The communities in the settings, and those that the database has posts or changes of."""
    known = {source.community for source in settings.sources() if source.community}
    known |= {normalized_name(name) for name in settings.rules.communities}
    known |= {each.community for each in community_statistics(database, _EVER)}
    known |= {each.community for each in MutedCommunities(database).list_all()}
    return frozenset(known | set(CommunitySettingsLog(database).communities()))


def unknown_community(community: str, known: frozenset[str]) -> UserError:
    """The error for a community that Precis does not know. It suggests a similar one, or lists them."""
    return UserError(
        f"Precis does not know the community {community}.",
        suggestion(normalized_name(community), sorted(known)) or _list(known),
    )


def _list(known: frozenset[str]) -> str:
    if not known:
        return "It knows no community yet."
    listed = ", ".join(sorted(known)[:_MAX_LISTED])
    return f"Known communities: {listed}{', …' if len(known) > _MAX_LISTED else ''}."
