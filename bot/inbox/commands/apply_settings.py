"""Records a change of settings and writes its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from bot.core.messages import Answer
from bot.inbox.commands.context import (
    CommandContext,
    command_word,
    community_link,
    private_answer,
    translator_for,
)
from bot.inbox.commands.parser import Verb
from bot.inbox.commands.settings_answers import describe_change, describe_source
from bot.rules.setting_errors import InvalidSettings
from bot.rules.validation import parse_settings
from bot.store import SettingsChange

Settings = Mapping[str, Any]
"""Settings of moderators by name; the values are JSON types."""


class SettingsUpdate(Struct, frozen=True):
    """What a change makes of the earlier settings."""

    settings: Settings
    named: tuple[str, ...]
    """The settings that the change names."""
    replaces: bool = False
    """Whether all earlier settings ended."""


def replace_all(text: str, context: CommandContext) -> SettingsUpdate:
    """The settings of a text in the place of all earlier ones. Raises `InvalidSettings`."""
    settings = parse(text, context, {})
    return SettingsUpdate(settings, tuple(settings), replaces=True)


def parse(text: str, context: CommandContext, earlier: Settings) -> dict[str, Any]:
    """The settings of a text within the operator's limits. Raises `InvalidSettings`."""
    bounds = context.rule_resolver.bounds
    return parse_settings(text, bounds.limits, bounds.profiles, earlier)


def apply_change(
    change: SettingsChange,
    account: str,
    context: CommandContext,
    update: Callable[[Settings], SettingsUpdate],
    languages: tuple[str, ...] = (),
) -> Answer:
    """Record the settings that `update` makes of the earlier ones, or none if they have an error.

    The answer is in one of the `languages` of the message, else in the one that the settings name now. Line
    numbers are those of the text, which must be the lines that its author sees.
    """
    settings_log = context.rule_resolver.settings_log
    community = community_link(change.community)
    before = settings_log.settings_before(change)
    try:
        updated = update((before.settings if before else None) or {})
    except InvalidSettings as error:
        translate = translator_for(change.community, context, languages)
        problems = "\n".join(f"- {problem.to_markdown(translate)}" for problem in error.problems)
        summary = translate("settings-refused", count=len(error.problems), community=community)
        return private_answer(translate, summary, problems)
    settings_log.add(replace(change, settings=updated.settings))
    latest = settings_log.latest_settings(change.community) or change
    translate = translator_for(change.community, context, languages)
    if latest.source_id != change.source_id:  # a newer change was recorded first
        show = f"{command_word(Verb.SHOW, translate)} {community}"
        rest = translate("settings-rest", show=show)
        return private_answer(translate, *describe_source(latest, change, translate), rest)
    paragraphs = describe_change(
        latest, before, account, context, translate, named=updated.named, replaces=updated.replaces
    )
    return private_answer(translate, *paragraphs)
