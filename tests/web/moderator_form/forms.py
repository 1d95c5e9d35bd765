"""Forms as browsers send them, and the bot that receives the texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.i18n.translations import translator
from bot.inbox.commands.parser import Verb, parse_command
from bot.rules import CommunityRules
from bot.rules.layers import merge_layers
from bot.rules.moderator_limits import ModeratorLimits
from bot.rules.profiles import BUILT_IN_PROFILES
from bot.rules.validation import parse_settings
from bot.web.moderator_form.controls import control_text
from bot.web.moderator_form.submitted import Base, Submitted, read_submitted
from bot.web.moderator_form.texts import SettingsTexts, settings_texts

COMMUNITY = "news@lemmy.example"


def base_with(
    earlier: Mapping[str, Any] | None = None,
    operator: Mapping[str, Any] | None = None,
    limits: ModeratorLimits | None = None,
) -> Base:
    limits = limits or ModeratorLimits()
    effective = merge_layers(operator or {}, earlier or {}, limits)
    return Base(effective, earlier or {}, limits, BUILT_IN_PROFILES)


def form_with(base: Base, values: Mapping[str, Any], profile: str = "") -> dict[str, str]:
    """All controls, some of them with other values."""
    written = {name: control_text(name, value) for name, value in values.items()}
    return {name: text.replace("\n", "\r\n") for name, text in (base.shown(profile) | written).items()}


def submit(
    base: Base, values: Mapping[str, Any], profile: str = "", language: str = "en"
) -> tuple[Submitted, SettingsTexts | None]:
    translate = translator(language)
    submitted = read_submitted(form_with(base, values, profile), base, translate, profile)
    if submitted.errors or not submitted.changes:
        return submitted, None
    return submitted, settings_texts(submitted.changes, profile, COMMUNITY, base, translate)


def received(message: str, base: Base, community: str = COMMUNITY) -> CommunityRules:
    """The settings in effect after the bot has got a message. Raises `InvalidSettings`."""
    command = parse_command(message, private=True)
    assert command is not None, message
    assert (command.verb, command.community) == (Verb.SET, community), message
    settings = parse_settings(command.body, base.limits, base.profiles, base.earlier)
    return _in_effect(base, {**base.earlier, **settings})


def read_from_page(page: str, base: Base) -> CommunityRules:
    """The settings in effect after the bot has read a settings page. Raises `InvalidSettings`."""
    return _in_effect(base, parse_settings(page, base.limits, base.profiles, {}))


def _in_effect(base: Base, moderators: Mapping[str, Any]) -> CommunityRules:
    operator = {
        name: getattr(base.effective.rules, name)
        for name, origin in base.effective.origins.items()
        if origin == "operator"
    }
    return merge_layers(operator, moderators, base.limits).rules
