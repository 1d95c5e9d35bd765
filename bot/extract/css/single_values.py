"""Decide which families of properties may hide an element by a value among some declarations.

The patterns of `bot.extract.css.property_families` are quick and catch more than what hides, for example each
negative margin. Here the values are parsed. What the other rules of an element say counts as if it helped to
hide the element.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from bot.extract.css.declarations import parse_declarations
from bot.extract.css.invisible import hiding_property
from bot.extract.css.property_families import FAMILIES, hiding_families

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


Variants = Callable[[str], Iterable[str] | None]


def without_harmless_values(
    declarations: str, families: frozenset[str], variants: Variants
) -> frozenset[str]:
    """Those of the families with a value among the declarations that may hide, whatever other rules say.

    `variants` gives a value with its custom properties replaced, or None if it has too many. Which values
    these have together is not known, so that such a value is not looked at closely. Each colour of a text
    counts as one that hides.
    """
    parsed = parse_declarations(declarations)
    return frozenset(
        family
        for family in families
        if any(_may_hide(one.name, one.value, family, variants) for one in parsed)
    )


def _may_hide(name: str, value: str, family: str, variants: Variants) -> bool:
    if family in ("colour", SAME_COLOUR):
        return name in _TEXT_COLOURS
    companions = _COMPANIONS.get(family, {})
    if name not in FAMILIES[family] or name in companions:
        return False
    if family == "motion":
        return True
    if "var(" not in value:
        return hiding_property({**companions, name: value}) is not None
    possible = variants(value)
    return possible is None or any(family in hiding_families(f"{name}:{one}") for one in possible)
