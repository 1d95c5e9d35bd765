"""`show COMMUNITY`: the current settings and where each value comes from, for anyone."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.messages import Answer
from bot.i18n.translations import Translator
from bot.inbox.commands.context import (
    CommandContext,
    CommandRequest,
    ask_for_community,
    community_link,
    private_answer,
    request_translator,
)
from bot.render import clean
from bot.rules import CommunityRules
from bot.rules.layers import EffectiveRules
from bot.rules.validation import to_yaml
from bot.store import SettingsChange

MAX_VALUE_LENGTH = 200
"""Characters of one value in the list of settings."""


def show_settings(request: CommandRequest, context: CommandContext) -> Answer:
    community = request.community
    translate = request_translator(request, context)
    if community is None:
        return ask_for_community("show", request, translate)
    latest = context.rule_resolver.settings_log.latest_settings(community)
    source = describe_source(latest, None, translate) if latest is not None else ()
    account = request.message.account
    if not context.is_watched(account, community):
        source = (*source, translate("not-watched", community=community_link(community)))
    return private_answer(translate, *list_settings(community, account, context, translate), *source)


def list_settings(
    community: str, account: str, context: CommandContext, translate: Translator
) -> tuple[str, ...]:
    """Each setting with its value and origin, as paragraphs, and a warning if one has no effect.

    Raises `PlatformError` if the platform must be asked and cannot be.
    """
    effective = context.rule_resolver.effective_rules(community)
    lines = "\n".join(_lines(effective, translate))
    listing = translate("settings-list", community=community_link(community)), lines
    if effective.rules.nsfw and context.hides_nsfw(account):
        return *listing, translate("nsfw-hidden")
    return listing


def _lines(effective: EffectiveRules, translate: Translator) -> Iterator[str]:
    for name in CommunityRules.model_fields:
        value = clean(to_yaml(getattr(effective.rules, name))).replace("`", "'")
        shown = value if len(value) <= MAX_VALUE_LENGTH else f"{value[: MAX_VALUE_LENGTH - 1]}…"
        yield f"- `{name}: {shown}` · {translate(f'origin-{effective.origins[name].value}')}"


def describe_source(
    latest: SettingsChange, replaced: SettingsChange | None, translate: Translator
) -> tuple[str, ...]:
    """Where and when the moderators' settings were written, and which older source they replace."""
    source = translate(f"source-{latest.source.value}")
    text = translate("settings-from", source=source, date=f"{latest.changed_at:%Y-%m-%d %H:%M}")
    if replaced is None or replaced.source is latest.source:
        return (text,)
    other = translate(f"source-{replaced.source.value}")
    return (f"{text} {translate('settings-replaced', other=other)}",)
