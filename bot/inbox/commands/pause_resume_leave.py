"""`pause`, `resume` and `leave COMMUNITY`: a moderator stops or restarts replies. In effect at once."""

from __future__ import annotations

from bot.core.messages import Answer
from bot.inbox.commands.authorisation import refuse_non_moderator
from bot.inbox.commands.context import (
    CommandContext,
    CommandRequest,
    ask_for_community,
    command_word,
    community_link,
    private_answer,
    request_translator,
)
from bot.store import SettingsChange, SettingsChangeKind, SettingsSource

_TEXT_KEYS = {
    SettingsChangeKind.PAUSE: "paused",
    SettingsChangeKind.RESUME: "resumed",
    SettingsChangeKind.LEAVE: "left",
}


def pause(request: CommandRequest, context: CommandContext) -> Answer:
    return _record(request, context, SettingsChangeKind.PAUSE)


def resume(request: CommandRequest, context: CommandContext) -> Answer:
    return _record(request, context, SettingsChangeKind.RESUME)


def leave(request: CommandRequest, context: CommandContext) -> Answer:
    return _record(request, context, SettingsChangeKind.LEAVE)


def _record(request: CommandRequest, context: CommandContext, kind: SettingsChangeKind) -> Answer:
    """Record the change. The answer says what is in effect now, even if that is a newer command."""
    community = request.community
    translate = request_translator(request, context)
    if community is None:
        return ask_for_community(command_word(request.command.verb, translate), request, translate)
    refusal = refuse_non_moderator(request, community, translate)
    if refusal is not None:
        return refusal
    message = request.message
    settings_log = context.rule_resolver.settings_log
    settings_log.add(
        SettingsChange(
            community, kind, SettingsSource.MESSAGE, message.author, message.sent, request.source_id
        )
    )
    status = settings_log.status(community)
    result = translate(_TEXT_KEYS[status], community=community_link(community))
    if status is not kind:
        return private_answer(translate, translate("newer-command"), result)
    if not context.is_watched(message.account, community):
        return private_answer(
            translate, result, translate("not-watched", community=community_link(community))
        )
    return private_answer(translate, result)
