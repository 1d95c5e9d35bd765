"""The answers to commands that failed too often or were refused."""

from __future__ import annotations

from bot.core.errors import CommunityLookupFailed, Refused
from bot.core.messages import Answer
from bot.inbox.commands.context import (
    CommandContext,
    CommandRequest,
    community_link,
    private_answer,
    translator_for,
)


def explain_failure(request: CommandRequest, error: Exception, context: CommandContext) -> Answer:
    """What happened, and what the author of the command can do."""
    translate = translator_for(request.message.community, context, request.command.languages)
    verb = request.command.verb.value
    if isinstance(error, Refused):
        return private_answer(translate, translate("command-refused", command=verb))
    if not isinstance(error, CommunityLookupFailed):
        return private_answer(translate, translate("command-failed", command=verb))
    example = f"{verb} {request.example_community}"
    community = community_link(error.community)
    return private_answer(translate, translate("lookup-failed", community=community, example=example))
