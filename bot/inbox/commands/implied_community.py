"""The community of a setting in a message that names none: the one that the conversation is about."""

from __future__ import annotations

from dataclasses import replace

from bot.core.errors import PlatformError
from bot.inbox.commands.authorisation import is_moderator
from bot.inbox.commands.context import CommandContext, CommandRequest

MAX_COMMUNITIES = 20
"""Watched communities whose moderators are looked up for one message."""


def with_implied_community(request: CommandRequest, context: CommandContext) -> CommandRequest:
    """The request with the community of the last answer, else the only one that the author moderates.

    It is unchanged if it names a community, or if several are possible. Raises `PlatformError`.
    """
    if request.community is not None:
        return request
    community = context.last_community(request.message)
    if community is None:
        moderated = moderated_communities(request, context)
        community = moderated[0] if len(moderated) == 1 else None
    return (
        request
        if community is None
        else replace(request, command=replace(request.command, community=community))
    )


def moderated_communities(request: CommandRequest, context: CommandContext) -> list[str]:
    """The watched communities that the author moderates; those that cannot be looked up are left out."""
    watched = context.watched_communities(request.message.account)
    return [name for name in watched[:MAX_COMMUNITIES] if _moderates(request, name)]


def _moderates(request: CommandRequest, community: str) -> bool:
    try:
        return is_moderator(request, community)
    except PlatformError:
        return False
