"""`pause`, `resume` and `leave COMMUNITY`: a moderator stops or restarts replies. In effect at once."""

from __future__ import annotations

from bot.core.messages import Answer
from bot.inbox.commands.authorisation import refuse_non_moderator
from bot.inbox.commands.context import (
    CommandContext,
    CommandRequest,
    ask_for_community,
    community_link,
    private_answer,
    request_translator,
)
from bot.store import SettingsChange, SettingsChangeKind, SettingsSource


def pause(request: CommandRequest, context: CommandContext) -> Answer:
    return _record(request, context, SettingsChangeKind.PAUSE, "paused")


def resume(request: CommandRequest, context: CommandContext) -> Answer:
    return _record(request, context, SettingsChangeKind.RESUME, "resumed")


def leave(request: CommandRequest, context: CommandContext) -> Answer:
    return _record(request, context, SettingsChangeKind.LEAVE, "left")


def _record(
    request: CommandRequest, context: CommandContext, kind: SettingsChangeKind, text_key: str
) -> Answer:
    community = request.community
    translate = request_translator(request, context)
    if community is None:
        return ask_for_community(request.command.verb.value, request, translate)
    refusal = refuse_non_moderator(request, community, translate)
    if refusal is not None:
        return refusal
    message = request.message
    context.rule_resolver.settings_log.add(
        SettingsChange(
            community, kind, SettingsSource.MESSAGE, message.author, message.sent, request.source_id
        )
    )
    return private_answer(translate, translate(text_key, community=community_link(community)))
