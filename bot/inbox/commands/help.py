"""`help`: the list of commands. `why`: what the bot does and how to stop it."""

from __future__ import annotations

from bot.core.messages import Answer
from bot.inbox.commands.context import (
    CommandContext,
    CommandRequest,
    community_link,
    private_answer,
    request_translator,
    translator_for,
)
from bot.inbox.commands.reply_lookup import find_reply


def show_help(request: CommandRequest, context: CommandContext) -> Answer:
    translate = request_translator(request, context)
    name = community_link(request.community) if request.community else request.example_community
    return private_answer(translate, translate("help", community=name))


def explain_bot(request: CommandRequest, context: CommandContext) -> Answer:
    """Without a community it is the same as `help`."""
    reply = find_reply(request, context)
    community = reply.community if reply else request.community
    translate = translator_for(community, context, request.command.language)
    if community is None:
        return private_answer(translate, translate("help", community=request.example_community))
    return private_answer(translate, translate("why", community=community_link(community)))
