"""CSS lengths, percentages, angles and `calc()` as numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import tinycss2

Value = TypeVar("Value")

FONT_SIZE = 16.0
_PIXELS = {
    "px": 1.0,
    "pt": 4 / 3,
    "pc": 16.0,
    "em": FONT_SIZE,
    "rem": FONT_SIZE,
    "lh": 20.0,
    "rlh": 20.0,
    "ex": FONT_SIZE / 2,
    "ch": FONT_SIZE / 2,
    "cm": 96 / 2.54,
    "mm": 9.6 / 2.54,
    "q": 2.4 / 2.54,
    "in": 96.0,
    "deg": 1.0,
    "grad": 0.9,
    "rad": 180 / math.pi,
    "turn": 360.0,
}
_VIEWPORT = {"w": 12.8, "i": 12.8, "h": 8.0, "b": 8.0}
_MAX_CHARS = 300


@lru_cache(maxsize=4096)
def numbers_of(value: str, percent: float = 1.0) -> tuple[float, ...]:
    """The numbers of a value in order, lengths in pixels, angles in degrees; other parts are left out.

    100% counts as `100 * percent`. Relative lengths are those of a 16 px font and a screen of 1280 × 800.
    """
    if len(value) > _MAX_CHARS:
        return ()
    return tuple(_numbers(tinycss2.parse_component_value_list(value, skip_comments=True), percent))


def first_number(value: str, percent: float = 1.0) -> float | None:
    """The number that a value begins with; None if it does not begin with one."""
    return _first_number(value[:_MAX_CHARS], percent)


@lru_cache(maxsize=4096)
def _first_number(value: str, percent: float) -> float | None:
    tokens = [
        token
        for token in tinycss2.parse_component_value_list(value, skip_comments=True)
        if token.type != "whitespace"
    ]
    return _number(tokens[0], percent) if tokens else None


def _numbers(tokens: Sequence[Any], percent: float) -> Iterator[float]:
    for token in tokens:
        number = _number(token, percent)
        if number is not None:
            yield number
        elif token.type == "function":
            yield from _numbers(token.arguments, percent)


def _number(token: Any, percent: float) -> float | None:
    if token.type == "number":
        return float(token.value)
    if token.type == "percentage":
        return float(token.value) * percent
    if token.type == "dimension":
        unit = token.lower_unit
        scale = _PIXELS.get(unit) or (_VIEWPORT.get(unit[-1]) if "v" in unit else None)
        return None if scale is None else float(token.value) * scale
    if token.type == "() block":
        return _sum(token.content, percent)
    if token.type == "function":
        return _function(token, percent)
    return None


def _function(token: Any, percent: float) -> float | None:
    if token.lower_name not in ("calc", "min", "max", "clamp"):
        return None
    parts: list[list[Any]] = [[]]
    for argument in token.arguments:
        if argument == ",":
            parts.append([])
        else:
            parts[-1].append(argument)
    values = [_sum(part, percent) for part in parts]
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    if token.lower_name == "clamp" and len(known) == 3:
        return max(known[0], min(known[1], known[2]))
    return {"min": min, "max": max}.get(token.lower_name, sum)(known)


def _sum(tokens: Sequence[Any], percent: float) -> float | None:
    """The value of a sum of products; None for anything else."""
    total, product, operator = 0.0, None, "+"
    sign = 1.0
    for token in tokens:
        if token.type == "whitespace":
            continue
        if token.type == "literal":
            operator = token.value
            if operator in "+-" and product is not None:
                total, product, sign = total + sign * product, None, -1.0 if operator == "-" else 1.0
            continue
        number = _number(token, percent)
        if number is None:
            return None
        if product is None:
            product = number
        elif operator == "*":
            product *= number
        elif operator == "/" and number:
            product /= number
        else:
            return None
    return None if product is None else total + sign * product


def box_sides(values: Sequence[Value]) -> tuple[Value, Value, Value, Value]:
    """Top, right, bottom and left of one to four values, as in `margin`."""
    top = values[0]
    right = values[1] if len(values) > 1 else top
    bottom = values[2] if len(values) > 2 else top
    return top, right, bottom, values[3] if len(values) > 3 else right
