"""The form controls of the preview, generated from the fields of `CommunityRules`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum
from typing import Any

from pydantic import ValidationError

from bot.config.introspection import bounds_of
from bot.rules import CommunityRules, ReplyFormat
from bot.rules.layers import EffectiveRules, Origin
from bot.rules.setting_kinds import choices_of
from bot.rules.validation import to_yaml
from bot.web.form_controls import Control, control_kind
from bot.web.formatting import setting_value

FIRST_SETTINGS = ("method", "layout", "sentences", "words")
"""The most used settings. All others are under "More settings"."""
AFTER_SENDING = frozenset({"distinguished", "sticky"})
"""Settings that a platform applies after a reply is sent."""
SHOWN_SETTINGS = (
    *(name for name in ReplyFormat.model_fields if name not in AFTER_SENDING),
    "min_article_words",
)
"""Settings that change the reply to a page. All others are about the post or the time."""


def controls(rules: CommunityRules) -> tuple[tuple[Control, ...], tuple[Control, ...]]:
    """The controls with the current values: the first ones, and those under "More settings"."""
    found = {name: _control(name, rules) for name in SHOWN_SETTINGS}
    first = tuple(found.pop(name) for name in FIRST_SETTINGS if name in found)
    return first, tuple(found.values())


def _control(name: str, rules: CommunityRules) -> Control:
    field, value = CommunityRules.model_fields[name], getattr(rules, name)
    lowest, highest = bounds_of(field)
    return Control(
        name,
        label=name.replace("_", " ").capitalize(),
        help=field.description or "",
        kind=control_kind(name),
        value=value if isinstance(value, str) else setting_value(value),
        choices=choices_of(name),
        lowest=lowest,
        highest=highest,
    )


def rules_from_form(base: CommunityRules, form: Mapping[str, Any]) -> tuple[CommunityRules, tuple[str, ...]]:
    """`base` with the values of a form, and a sentence for each invalid value."""
    given: dict[str, Any] = {}
    first, rest = controls(base)
    for control in (*first, *rest):
        if control.kind == "switch" and "sent" in form:
            given[control.name] = form.get(control.name) == "yes"
        elif form.get(control.name) or (control.kind == "text" and control.name in form):
            given[control.name] = form[control.name]
    try:
        checked = CommunityRules.model_validate(given)
    except ValidationError as error:
        return base, tuple(
            f"{item['loc'][0]}: {item['msg'].replace('Input should', 'must')}."
            for item in error.errors(include_url=False)
        )
    return base.model_copy(update={name: getattr(checked, name) for name in given}), ()


def to_settings_lines(rules: CommunityRules, effective: EffectiveRules) -> str:
    """The lines, `key: value`, with which moderators get `rules`. "" if those rules already apply.

    A new text of moderators replaces the old one, so the lines repeat the settings that they set before.
    """
    fields, current = CommunityRules.model_fields, effective.rules
    changed = [name for name in fields if getattr(rules, name) != getattr(current, name)]
    if not changed:
        return ""
    written = [
        name for name, origin in effective.origins.items() if origin is Origin.MODERATORS or name in changed
    ]
    return "\n".join(f"{name}: {_yaml_value(getattr(rules, name))}" for name in written)


def _yaml_value(value: object) -> str:
    """A value as YAML. Free text is quoted as in JSON, because it may contain YAML syntax."""
    free = isinstance(value, str) and not isinstance(value, Enum) and not value.isalpha()
    return json.dumps(value, ensure_ascii=False) if free or isinstance(value, tuple) else to_yaml(value)
