"""The communities that the bot watches, to recognise a name with a typing error or without its server."""

from __future__ import annotations

from bot.core.edit_distance import edit_distance, edits_within
from bot.inbox.commands.context import CommandContext, CommandRequest

MAX_EDITS = 2


def full_name(name: str, host: str | None, request: CommandRequest, context: CommandContext) -> str:
    """The watched community with this name or almost this name; without one, the name on the bot's server."""
    name = name.lower()
    own_host = request.identity.host
    written = name if own_host is None else f"{name}@{(host or own_host).lower()}"
    return nearest_watched(written, request, context) or written


def nearest_watched(community: str, request: CommandRequest, context: CommandContext) -> str | None:
    """The watched community with the nearest name; None if all names differ more."""
    watched = context.watched_communities(request.message.account)
    if community in watched:
        return community
    name, _, host = community.partition("@")
    found: list[tuple[int, int, str]] = []
    for each in watched:
        own, _, own_host = each.partition("@")
        edits = edits_within(name, own, min(MAX_EDITS, len(own) // 2))
        if edits is not None:
            found.append((edits, edit_distance(host, own_host), each))
    return min(found)[2] if found else None
