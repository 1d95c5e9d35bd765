"""The form control of one setting, for the preview, the form for moderators and that of the operator."""

from __future__ import annotations

from msgspec import Struct

from bot.rules.setting_kinds import choices_of, is_bool, is_list, is_number

MAX_RADIO_BUTTONS = 4
"""More choices are shown as a list to select from."""


class Control(Struct, frozen=True):
    """The form control of one setting. `kind` is switch, radio, select, number, list or text."""

    name: str
    label: str
    help: str
    kind: str
    value: str
    choices: tuple[str, ...] = ()
    example: str = ""
    """A value, or one item of a list."""
    unit: str = ""
    """What a number counts; "" for other kinds."""
    lowest: int | None = None
    highest: int | None = None
    errors: tuple[str, ...] = ()


def control_kind(name: str) -> str:
    """The kind of control that a setting needs."""
    if is_bool(name):
        return "switch"
    if is_list(name):
        return "list"
    if is_number(name):
        return "number"
    if not choices_of(name):
        return "text"
    return "radio" if len(choices_of(name)) <= MAX_RADIO_BUTTONS else "select"
