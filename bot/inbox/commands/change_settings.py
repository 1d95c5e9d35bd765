"""`settings COMMUNITY` with lines of settings below: a moderator changes the settings."""

from __future__ import annotations

from dataclasses import replace

from bot.core.messages import Answer
from bot.inbox.commands.authorisation import refuse_settings_change
from bot.inbox.commands.context import (
    CommandContext,
    CommandRequest,
    community_link,
    private_answer,
    request_translator,
    translator_for,
)
from bot.inbox.commands.show_settings import describe_source, list_settings, show_settings
from bot.rules.setting_errors import InvalidSettings
from bot.rules.validation import parse_settings
from bot.store import SettingsChange, SettingsChangeKind, SettingsSource


def change_settings(request: CommandRequest, context: CommandContext) -> Answer:
    """Apply the lines below the command. Without lines it is the same as `show`."""
    community = request.community
    translate = request_translator(request, context)
    if community is None or not request.command.body:
        return show_settings(request, context)
    refusal = refuse_settings_change(request, community, context, translate)
    if refusal is not None:
        return refusal
    change = SettingsChange(
        community,
        SettingsChangeKind.SETTINGS,
        SettingsSource.MESSAGE,
        request.message.author,
        request.message.sent,
        request.source_id,
        request.command.body.strip("\n"),
    )
    return apply_settings(
        change, request.command.body, request.message.account, context, request.command.language
    )


def apply_settings(
    change: SettingsChange, text: str, account: str, context: CommandContext, fallback: str | None
) -> Answer:
    """Record all settings of a text, or none if it has an error. Returns the answer.

    The answer is in the language that the settings name now, else in the `fallback` language. Its line
    numbers are those of `text`, which must be the lines that its author sees.
    """
    settings_log = context.rule_resolver.settings_log
    community = community_link(change.community)
    try:
        settings = parse_settings(text, context.rule_resolver.bounds.limits)
    except InvalidSettings as error:
        translate = translator_for(change.community, context, fallback)
        problems = "\n".join(f"- {problem.to_markdown(translate)}" for problem in error.problems)
        summary = translate("settings-refused", count=len(error.problems), community=community)
        return private_answer(translate, summary, problems)
    before = settings_log.latest_settings(change.community)
    is_new = settings_log.add(replace(change, settings=settings))
    latest = settings_log.latest_settings(change.community) or change
    translate = translator_for(change.community, context, fallback)
    listing = list_settings(change.community, account, context, translate)
    if latest.source_id != change.source_id:  # a newer change was recorded first
        return private_answer(translate, *describe_source(latest, change, translate), *listing)
    is_unchanged = is_new and before is not None and before.settings == settings
    result = translate("settings-unchanged" if is_unchanged else "settings-changed", community=community)
    return private_answer(translate, result, *describe_source(latest, before, translate), *listing)
