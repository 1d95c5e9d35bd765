"""`try LINK`: a private preview of the reply to a link, with the settings of a community."""

from __future__ import annotations

from bot.core.messages import Answer
from bot.core.models import Skipped
from bot.i18n.translations import reason_sentence
from bot.inbox.commands.context import (
    CommandContext,
    CommandRequest,
    command_word,
    community_link,
    private_answer,
    request_translator,
)
from bot.inbox.commands.parser import Verb
from bot.render import with_lead


def try_link(request: CommandRequest, context: CommandContext) -> Answer:
    link, community = request.command.link, request.community
    translate = request_translator(request, context)
    if link is None:
        return private_answer(
            translate, translate("which-link", example=f"{command_word(Verb.TRY, translate)} https://…")
        )
    outcome = context.preview(request.message.account, community or "", link)
    if isinstance(outcome, Skipped):
        return private_answer(
            translate, translate("no-preview", reason=reason_sentence(outcome.reason, translate))
        )
    name = community_link(community) if community else "Precis"
    return private_answer(translate, with_lead(translate("preview", community=name), outcome.markdown))
