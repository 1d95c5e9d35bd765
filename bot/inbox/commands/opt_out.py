"""`opt out` and `opt in`: no replies under a person's posts, in all communities of the network."""

from __future__ import annotations

from bot.core.messages import Answer
from bot.inbox.commands.context import CommandContext, CommandRequest, private_answer, request_translator
from bot.pipeline.rule_resolver import network_of


def opt_out(request: CommandRequest, context: CommandContext) -> Answer:
    network = network_of(request.identity.dialect)
    context.rule_resolver.opt_outs.add(network, request.message.author, context.clock())
    translate = request_translator(request, context)
    return private_answer(translate, translate("opted-out"))


def opt_in(request: CommandRequest, context: CommandContext) -> Answer:
    network = network_of(request.identity.dialect)
    context.rule_resolver.opt_outs.remove(network, request.message.author)
    translate = request_translator(request, context)
    return private_answer(translate, translate("opted-in"))
