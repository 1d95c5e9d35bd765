"""`show COMMUNITY`: the current settings and where each value comes from, for anyone."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.messages import Answer
from bot.core.models import Dialect
from bot.i18n.translations import Translator
from bot.inbox.commands.context import (
    CommandContext,
    CommandRequest,
    ask_for_community,
    command_word,
    community_link,
    private_answer,
    request_translator,
)
from bot.inbox.commands.parser import Verb
from bot.inbox.commands.settings_answers import describe_source, settings_that_differ, shown_value, warnings
from bot.inbox.commands.vocabulary import names_everything
from bot.rules import CommunityRules
from bot.rules.layers import EffectiveRules

MAX_VALUE_LENGTH = 200
"""Characters of one value in the list of settings."""


def show_settings(request: CommandRequest, context: CommandContext) -> Answer:
    """What differs from the defaults comes first; the other settings are folded, or listed by `show all`."""
    community = request.community
    translate = request_translator(request, context)
    if community is None:
        return ask_for_community(command_word(Verb.SHOW, translate), request, translate)
    effective = context.rule_resolver.effective_rules(community)
    different = list(settings_that_differ(effective))
    same = [name for name in CommunityRules.model_fields if name not in different]
    parts: list[str] = []
    if different:
        lines = "\n".join(_lines(different, effective, translate))
        parts += [translate("settings-list", community=community_link(community)), lines]
    else:
        parts.append(translate("settings-all-default", community=community_link(community)))
    defaults = "\n".join(_lines(same, effective, translate))
    title = translate("settings-defaults", count=len(same))
    if names_everything(request.command.arguments):
        parts += [f"{title}:", defaults]
    elif request.identity.dialect is Dialect.REDDIT:  # a spoiler cannot hold a list there
        word = command_word(Verb.SHOW, translate)
        show_all = f"{word} {community_link(community)} all"
        listed = translate("settings-others", count=len(same), show=show_all)
        parts.append(listed if different else translate("settings-list-all", show=show_all))
    else:
        parts.append(f"::: spoiler {title}\n\n{defaults}\n\n:::")
    latest = context.rule_resolver.settings_log.latest_settings(community)
    if latest is not None:
        parts += describe_source(latest, None, translate)
    parts += warnings(community, request.message.account, different, context, translate)
    return private_answer(translate, *parts)


def _lines(names: list[str], effective: EffectiveRules, translate: Translator) -> Iterator[str]:
    for name in names:
        value = shown_value(getattr(effective.rules, name), MAX_VALUE_LENGTH)
        origin = translate(f"origin-{effective.origins[name].value}")
        yield f"- `{name}: {value}` · {origin}"
