"""Decide which families of properties hide an element if one of their values wins.

The patterns of `bot.extract.css.property_families` are quick and catch more than what hides, for example each
negative margin. Here the values are parsed. What an element's other rules say counts as if it helped to hide
the element.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.extract.css.declarations import Declaration, parse_declarations
from bot.extract.css.invisible import hiding_property
from bot.extract.css.property_families import FAMILIES

_COMPANIONS: Mapping[str, Mapping[str, str]] = {
    "transform": {"backface-visibility": "hidden"},
    "position": {"position": "fixed"},
    "indent": {"overflow-x": "hidden"},
    "clip": {"position": "absolute"},
    "size": {"overflow-x": "hidden", "overflow-y": "hidden"},
}
"""The values of the other properties of a family with which most values of its properties hide."""
_NOT_REFINED = frozenset({"colour", "same colour", "custom", "motion"})
"""Families whose values do not hide by themselves."""


def without_harmless_values(declarations: str, families: frozenset[str]) -> frozenset[str]:
    """Those of the families with a value among the declarations that hides, whatever other rules say.

    `families` are those of `hiding_families`. The declarations have no custom properties. That text has the
    colour of a background is not looked at.
    """
    if families <= _NOT_REFINED:
        return families
    parsed = parse_declarations(declarations)
    return frozenset(one for one in families if one in _NOT_REFINED or _has_hiding_value(parsed, one))


def _has_hiding_value(parsed: tuple[Declaration, ...], family: str) -> bool:
    companions = _COMPANIONS.get(family, {})
    return any(
        hiding_property({**companions, one.name: one.value}) is not None
        for one in parsed
        if one.name in FAMILIES[family] and one.name not in companions
    )
