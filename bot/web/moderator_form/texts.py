"""The texts that moderators send or paste to get the settings of the form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from bot.i18n.translations import Translator
from bot.rules.profiles import Profile
from bot.rules.setting_errors import InvalidSettings
from bot.rules.setting_kinds import choices_of, is_bool, is_number
from bot.rules.setting_names import PROFILE
from bot.rules.validation import clamp_to_limits, parse_settings
from bot.web.moderator_form.submitted import Base, problems_of
from bot.web.moderator_form.written_lines import setting_lines


class SettingsTexts(Struct, frozen=True):
    """The same change in two forms."""

    message: str
    """A message to the bot that changes only what differs from now; "" without a community."""
    page: str
    """The lines of a settings page, which replaces everything that the moderators had set. "" if a
    setting of an earlier version is no longer accepted."""


def settings_texts(
    changes: Mapping[str, Any], profile: str, community: str, base: Base, translate: Translator
) -> SettingsTexts:
    """The texts for changes that were accepted. `community` is `name@host`, a subreddit or ""."""
    lines = _shortest_lines(changes, profile, base)
    command = translate("form-set")
    link = f"!{community}" if "@" in community else f"r/{community}"
    only = next(iter(changes))
    is_plain = is_bool(only) or is_number(only) or bool(choices_of(only))
    separator = " " if len(changes) == 1 and is_plain else "\n"
    message = f"{command} {link}{separator}{lines}" if community else ""
    page = setting_lines(base.own_settings() | dict(changes))
    return SettingsTexts(message, "" if problems_of(page, base) else page)


def _shortest_lines(changes: Mapping[str, Any], profile: str, base: Base) -> str:
    """The lines of the changes, or the name of a profile and what differs from it."""
    plain = setting_lines(changes)
    start = clamp_to_limits(base.profiles.get(profile, Profile({})).settings, base.limits)
    wanted = base.values() | dict(changes)
    overridden = [name for name in start if wanted[name] != start[name]]
    if not start or len(overridden) == len(start):
        return plain
    rest = {name: wanted[name] for name in wanted if name in overridden or name in changes.keys() - start}
    short = "\n".join(filter(None, (f"{PROFILE}: {profile}", setting_lines(rest))))
    try:
        parsed = parse_settings(short, base.limits, base.profiles, base.earlier)
    except InvalidSettings:  # the profile needs a setting that only the operator has set
        return plain
    is_same = all(value == wanted[name] for name, value in parsed.items())
    return short if is_same and len(short) < len(plain) else plain
