"""`settings COMMUNITY` with lines below replaces all settings; `set` and `reset` change those they name."""

from __future__ import annotations

from bot.core.messages import Answer
from bot.i18n.translations import Translator
from bot.inbox.commands.apply_settings import Settings, SettingsUpdate, apply_change, parse, replace_all
from bot.inbox.commands.authorisation import refuse_settings_change
from bot.inbox.commands.context import (
    CommandContext,
    CommandRequest,
    ask_for_community,
    command_word,
    community_link,
    private_answer,
    request_translator,
)
from bot.inbox.commands.inline_settings import example_setting, setting_names_in
from bot.inbox.commands.parser import Verb
from bot.inbox.commands.show_settings import show_settings
from bot.inbox.commands.vocabulary import names_everything
from bot.rules.setting_names import PROFILE, nearest_setting
from bot.rules.yaml_lines import safe_excerpt
from bot.store import SettingsChange, SettingsChangeKind, SettingsSource


def change_settings(request: CommandRequest, context: CommandContext) -> Answer:
    """Replace all settings by the lines below the command. Without lines it is the same as `show`."""
    community, body = request.community, request.command.body
    if community is None or not body:
        return show_settings(request, context)
    translate = request_translator(request, context)
    refusal = refuse_settings_change(request, community, context, translate)
    if refusal is not None:
        return refusal
    change, account = _change(request, body), request.message.account
    languages = request.command.languages
    return apply_change(change, account, context, lambda earlier: replace_all(body, context), languages)


def set_settings(request: CommandRequest, context: CommandContext) -> Answer:
    """Change only the settings that the message names."""
    community, body = request.community, request.command.body
    translate = request_translator(request, context)
    word = command_word(Verb.SET, translate)
    if community is None:
        return ask_for_community(word, request, translate, example_setting(body))
    if not body:
        example = f"{word} {community_link(community)} layout: bullets"
        return private_answer(translate, translate("which-setting", example=example))
    refusal = refuse_settings_change(request, community, context, translate)
    if refusal is not None:
        return refusal

    def update(earlier: Settings) -> SettingsUpdate:
        settings = parse(body, context, earlier)
        return SettingsUpdate({**earlier, **settings}, tuple(settings))

    change, account = _change(request, body), request.message.account
    return apply_change(change, account, context, update, request.command.languages)


def reset_settings(request: CommandRequest, context: CommandContext) -> Answer:
    """Take the named settings back to the operator's value or the default."""
    community, arguments = request.community, request.command.arguments
    translate = request_translator(request, context)
    if community is None:
        return ask_for_community(command_word(Verb.RESET, translate), request, translate, "layout")
    names, unknown = setting_names_in(arguments)
    if PROFILE in names:  # a starting point, which is not stored
        names, unknown = [], [PROFILE]
    everything = names_everything(arguments)
    if not everything and (unknown or not names):
        return _ask_for_setting(community, unknown, translate)
    refusal = refuse_settings_change(request, community, context, translate)
    if refusal is not None:
        return refusal

    def update(earlier: Settings) -> SettingsUpdate:
        kept = {name: value for name, value in earlier.items() if name not in names and not everything}
        return SettingsUpdate(kept, tuple(names))

    change = _change(request, f"reset {'all' if everything else ' '.join(names)}")
    return apply_change(change, request.message.account, context, update, request.command.languages)


def _ask_for_setting(community: str, unknown: list[str], translate: Translator) -> Answer:
    """The answer to a `reset` with no name of a setting, or an unknown one."""
    line = f"{command_word(Verb.RESET, translate)} {community_link(community)}"
    if not unknown:
        return private_answer(translate, translate("which-setting", example=f"{line} layout"))
    text = translate("unknown-setting", key=safe_excerpt(unknown[0]))
    nearest = nearest_setting(" ".join(unknown))
    if nearest == PROFILE:
        text += " " + translate("which-setting", example=f"{line} layout")
    elif nearest is not None:
        text += " " + translate("did-you-mean", nearest=f"{line} {nearest}")
    return private_answer(translate, text)


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
