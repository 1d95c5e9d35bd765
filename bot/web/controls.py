"""Controls of the preview, made from `CommunityRules`: a new field there is a control here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from bot.config.schema import bounds, choices
from bot.rules import CommunityRules
from bot.web.words import setting

FIRST = ("method", "layout", "sentences", "words")
"""What is tried most; the others stand behind a fold."""
ELSEWHERE = frozenset({"enabled", "nsfw", "max_age_hours", "max_per_day"})
"""What decides about a post before its page is read, and shows nowhere in a reply."""


@dataclass(frozen=True, slots=True)
class Control:
    """One setting as a form shows it; `kind` is choice, number or switch."""

    name: str
    label: str
    help: str
    kind: str
    value: str
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None


def controls(rules: CommunityRules) -> tuple[tuple[Control, ...], tuple[Control, ...]]:
    """The controls for what holds now: the first ones, and those behind the fold."""
    found = {name: control for name in CommunityRules.model_fields if (control := _control(name, rules))}
    first = tuple(found.pop(name) for name in FIRST if name in found)
    return first, tuple(found.values())


def _control(name: str, rules: CommunityRules) -> Control | None:
    field, value = CommunityRules.model_fields[name], getattr(rules, name)
    if name in ELSEWHERE:
        return None
    known, (least, most) = choices(field), bounds(field)
    if isinstance(value, bool):
        kind = "switch"
    elif known:
        kind = "choice"
    elif isinstance(value, int) and most is not None:
        kind = "number"
    else:
        return None
    label = name.replace("_", " ").capitalize()
    return Control(name, label, field.description or "", kind, setting(value), known, least, most)


def chosen(base: CommunityRules, form: Mapping[str, Any]) -> tuple[CommunityRules, tuple[str, ...]]:
    """The rules that a form asks for over `base`, and a sentence for each value that cannot be."""
    given: dict[str, Any] = {}
    first, rest = controls(base)
    for control in (*first, *rest):
        if control.kind == "switch":
            given[control.name] = (
                form.get(control.name) == "yes" if "sent" in form else control.value == "yes"
            )
        elif form.get(control.name):
            given[control.name] = form[control.name]
    try:
        checked = CommunityRules.model_validate(given)
    except ValidationError as error:
        return base, tuple(f"{one['loc'][0]}: {one['msg']}." for one in error.errors(include_url=False))
    return base.model_copy(update={name: getattr(checked, name) for name in given}), ()


def changed(rules: CommunityRules) -> tuple[tuple[str, Any], ...]:
    """Where rules differ from the defaults, by name."""
    plain = CommunityRules()
    return tuple(
        (name, getattr(rules, name))
        for name in CommunityRules.model_fields
        if getattr(rules, name) != getattr(plain, name)
    )


def as_lines(rules: CommunityRules) -> str:
    """What differs from the defaults as moderators write it, `key: value`."""
    return "\n".join(f"{name}: {setting(value)}" for name, value in changed(rules))
