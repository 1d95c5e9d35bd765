"""Decide which families of properties may hide an element by a value among some declarations.

The patterns of `bot.extract.css.property_families` are quick and catch more than what hides, for example each
negative margin. Here the values are parsed. What the other rules of an element say counts as if it helped to
hide the element.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.extract.css.declarations import parse_declarations
from bot.extract.css.invisible import hiding_property
from bot.extract.css.property_families import FAMILIES

SAME_COLOUR = "same colour"
"""The family `colour`, if it hides text only in front of a background of the same colour."""
_TEXT_COLOURS = frozenset({"color", "text-fill-color"})
_COMPANIONS: Mapping[str, Mapping[str, str]] = {
    "transform": {"backface-visibility": "hidden"},
    "position": {"position": "fixed"},
    "indent": {"overflow-x": "hidden"},
    "clip": {"position": "absolute"},
    "size": {"overflow-x": "hidden", "overflow-y": "hidden"},
}
"""The values of other properties of a family with which the most values of its properties hide."""


def without_harmless_values(declarations: str, families: frozenset[str]) -> frozenset[str]:
    """Those of the families with a value among the declarations that hides, whatever other rules say.

    A value with a custom property counts as one that hides, and so does each colour of a text.
    """
    parsed = parse_declarations(declarations)
    values = tuple((one.name, one.value) for one in parsed)
    return frozenset(family for family in families if _may_hide(values, family))


def _may_hide(values: tuple[tuple[str, str], ...], family: str) -> bool:
    if family in ("colour", SAME_COLOUR):
        return any(name in _TEXT_COLOURS for name, _ in values)
    if family == "motion":
        return True
    companions = _COMPANIONS.get(family, {})
    return any(
        "var(" in value or hiding_property({**companions, name: value}) is not None
        for name, value in values
        if name in FAMILIES[family] and name not in companions
    )
