"""`settings COMMUNITY` with lines below replaces all settings; `set` and `reset` change those they name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.core.messages import Answer
from bot.inbox.commands.authorisation import refuse_settings_change
from bot.inbox.commands.context import (
    CommandContext,
    CommandRequest,
    ask_for_community,
    command_word,
    community_link,
    private_answer,
    request_translator,
    translator_for,
)
from bot.inbox.commands.implied_community import with_implied_community
from bot.inbox.commands.inline_settings import setting_names_in
from bot.inbox.commands.parser import Verb
from bot.inbox.commands.settings_answers import describe_change, describe_source
from bot.inbox.commands.show_settings import show_settings
from bot.inbox.commands.vocabulary import names_everything
from bot.rules.setting_errors import InvalidSettings
from bot.rules.setting_names import nearest_setting
from bot.rules.validation import parse_settings
from bot.store import SettingsChange, SettingsChangeKind, SettingsSource

Settings = Mapping[str, Any]


def change_settings(request: CommandRequest, context: CommandContext) -> Answer:
    """Replace all settings by the lines below the command. Without lines it is the same as `show`."""
    if request.community is None or not request.command.body:
        return show_settings(request, context)
    refusal = refuse_settings_change(
        request, request.community, context, request_translator(request, context)
    )
    if refusal is not None:
        return refusal
    body = request.command.body
    return _apply(
        _change(request, body), request, context, lambda earlier: _parse(body, context, {}), replaces=True
    )


def set_settings(request: CommandRequest, context: CommandContext) -> Answer:
    """Change only the settings that the message names."""
    request = with_implied_community(request, context)
    community, translate = request.community, request_translator(request, context)
    if community is None:
        return ask_for_community(
            f"{command_word(Verb.SET, translate)}", request, translate, "layout: bullets"
        )
    if not request.command.body:
        example = f"{command_word(Verb.SET, translate)} {community_link(community)} layout: bullets"
        return private_answer(translate, translate("which-setting", example=example))
    refusal = refuse_settings_change(request, community, context, translate)
    if refusal is not None:
        return refusal
    body = request.command.body
    return _apply(
        _change(request, body),
        request,
        context,
        lambda earlier: {**earlier, **_parse(body, context, earlier)},
    )


def reset_settings(request: CommandRequest, context: CommandContext) -> Answer:
    """Take the named settings back to the operator's value or the default."""
    request = with_implied_community(request, context)
    community, translate = request.community, request_translator(request, context)
    word = command_word(Verb.RESET, translate)
    if community is None:
        return ask_for_community(word, request, translate, "layout")
    names, unknown = setting_names_in(request.command.arguments)
    everything = names_everything(request.command.arguments)
    if unknown and not everything:
        nearest = nearest_setting(" ".join(unknown))
        hint = (
            [translate("did-you-mean", nearest=f"{word} {community_link(community)} {nearest}")]
            if nearest
            else []
        )
        return private_answer(
            translate, " ".join([translate("unknown-setting", key=_plain(unknown[0])), *hint])
        )
    if not names and not everything:
        example = f"{word} {community_link(community)} layout"
        return private_answer(translate, translate("which-setting", example=example))
    refusal = refuse_settings_change(request, community, context, translate)
    if refusal is not None:
        return refusal
    change = _change(request, f"{Verb.RESET.value} {' '.join(names) if names else 'all'}")
    return _apply(
        change,
        request,
        context,
        lambda earlier: {} if everything else {name: earlier[name] for name in earlier if name not in names},
    )


def replace_settings(change: SettingsChange, text: str, account: str, context: CommandContext) -> Answer:
    """Replace all settings by those of a page. The answer is in the language of the community.

    Its line numbers are those of `text`, which must be the lines that its author sees.
    """
    return apply_change(
        change, account, context, (), lambda earlier: _parse(text, context, {}), replaces=True
    )


def _apply(
    change: SettingsChange,
    request: CommandRequest,
    context: CommandContext,
    update: Callable[[Settings], Settings],
    *,
    replaces: bool = False,
) -> Answer:
    account, languages = request.message.account, request.command.languages
    return apply_change(change, account, context, languages, update, replaces=replaces)


def apply_change(
    change: SettingsChange,
    account: str,
    context: CommandContext,
    languages: tuple[str, ...],
    update: Callable[[Settings], Settings],
    *,
    replaces: bool,
) -> Answer:
    """Record the settings that `update` makes of the earlier ones, or none if they have an error.

    The answer is in the language of the message, else in the one that the settings name now.
    """
    settings_log = context.rule_resolver.settings_log
    community = community_link(change.community)
    before = settings_log.settings_before(change)
    try:
        settings = update((before.settings if before else None) or {})
    except InvalidSettings as error:
        translate = translator_for(change.community, context, languages)
        problems = "\n".join(f"- {problem.to_markdown(translate)}" for problem in error.problems)
        summary = translate("settings-refused", count=len(error.problems), community=community)
        return private_answer(translate, summary, problems)
    settings_log.add(replace(change, settings=settings))
    latest = settings_log.latest_settings(change.community) or change
    translate = translator_for(change.community, context, languages)
    if latest.source_id != change.source_id:  # a newer change was recorded first
        word = command_word(Verb.SHOW, translate)
        rest = translate("settings-rest", show=f"{word} {community}")
        return private_answer(translate, *describe_source(latest, change, translate), rest)
    return private_answer(
        translate, *describe_change(latest, before, account, context, translate, replaces=replaces)
    )


def _parse(text: str, context: CommandContext, earlier: Settings) -> dict[str, Any]:
    bounds = context.rule_resolver.bounds
    return parse_settings(text, bounds.limits, bounds.profiles, earlier)


def _change(request: CommandRequest, text: str) -> SettingsChange:
    assert request.community is not None
    return SettingsChange(
        request.community,
        SettingsChangeKind.SETTINGS,
        SettingsSource.MESSAGE,
        request.message.author,
        request.message.sent,
        request.source_id,
        text.strip("\n"),
    )


def _plain(word: str) -> str:
    return "".join(char for char in word[:40] if char.isalnum() or char in "_-")
