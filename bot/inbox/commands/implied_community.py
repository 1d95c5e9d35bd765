"""The community of a setting in a message that names none: the one that the conversation is about."""

from __future__ import annotations

from msgspec.structs import replace

from bot.inbox.commands.context import CommandContext, CommandRequest
from bot.inbox.commands.known_moderators import MAX_COMMUNITIES, KnownModerators


def with_implied_community(
    request: CommandRequest, context: CommandContext, known_moderators: KnownModerators
) -> CommandRequest:
    """The request with the community of the last answer, else the only one that the author moderates.

    It is unchanged if it names a community, or if several are possible.
    """
    if request.community is not None:
        return request
    message = request.message
    community = context.last_community(message)
    if community is None:
        watched = context.watched_communities(message.account)[:MAX_COMMUNITIES]
        author, messaging = message.author.lower(), request.identity.messaging
        moderated = [
            each for each in watched if author in known_moderators.of(message.account, each, messaging)
        ]
        community = moderated[0] if len(moderated) == 1 else None
    if community is None:
        return request
    return replace(request, command=replace(request.command, community=community))
