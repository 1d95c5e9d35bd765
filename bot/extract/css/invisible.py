"""Decide from the computed style of an element whether its text is invisible."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from bot.extract.css.colours import colours_in, parse_colour
from bot.extract.css.numbers import box_sides, first_number, numbers_of

Style = Mapping[str, str]

_MAX_FONT_SIZE = 4.0
_MAX_OPACITY = 0.1
_MAX_SIZE = 4.0
_MIN_DISTANCE = 480.0
"""Pixels that move text off the screen to the left or to the top."""
_MIN_FAR = 2_500.0
"""Pixels that move text off the screen to the right or to the bottom."""
_MIN_SHIFT = 1_000.0
_MIN_SPACING = -6.0
_SCREEN = (12.8, 8.0)
"""1% of the width and of the height, in pixels."""
_SIDES = {"left": _SCREEN[0], "right": _SCREEN[0], "top": _SCREEN[1], "bottom": _SCREEN[1]}
_FUNCTION = re.compile(r"([a-z0-9-]+)\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)")
_CLIPPING = frozenset({"hidden", "clip", "auto", "scroll"})
_EDGE_ON = 2.0


def hiding_property(style: Style) -> str | None:
    """The property that makes the text invisible; None if no property does.

    Values are in lower case, without `var()`. Colours that equal the background are not checked here.
    """
    return next((name for name, hides in _CHECKS.items() if hides(style)), None)


def _is_near_zero(style: Style, name: str, limit: float, percent: float) -> bool:
    number = first_number(style[name], percent) if name in style else None
    return number is not None and number <= limit


def _hides_by_opacity(style: Style) -> bool:
    if _is_near_zero(style, "opacity", _MAX_OPACITY, 0.01):
        return True
    return any(
        name == "opacity" and (number := first_number(inner, 0.01)) is not None and number <= _MAX_OPACITY
        for name, inner in _FUNCTION.findall(style.get("filter", ""))
    )


def _hides_by_transform(style: Style) -> bool:
    functions = [*_FUNCTION.findall(style.get("transform", ""))]
    functions += [(name, style[name]) for name in ("translate", "scale", "rotate") if name in style]
    return any(_collapses(name, inner, style) for name, inner in functions)


def _collapses(name: str, inner: str, style: Style) -> bool:
    numbers = numbers_of(inner, 0.01 if name.startswith("scale") else _SCREEN[0])
    if name.startswith("scale"):
        return any(abs(number) <= _MAX_OPACITY for number in numbers[:2])
    if name.startswith("translate"):
        return any(abs(number) >= _MIN_SHIFT for number in numbers[:2] or ()) and not _is_full_size(inner)
    if name in ("matrix", "matrix3d"):
        return _matrix_collapses(name, numbers)
    if name in ("rotatex", "rotatey") or (name == "rotate" and re.match(r"[xy]\b", inner)):
        angle = abs(numbers[-1]) % 360 if numbers else 0.0
        from_behind = style.get("backface-visibility") == "hidden" and 90 < angle < 270
        return from_behind or abs(angle % 180 - 90) < _EDGE_ON
    return False


def _is_full_size(inner: str) -> bool:
    """Whether a shift is by about the element's own size, as for a menu or slide that a script moves in."""
    return all(abs(number) <= 200 for number in numbers_of(inner, 1.0)) and "%" in inner


def _matrix_collapses(name: str, numbers: tuple[float, ...]) -> bool:
    if name == "matrix" and len(numbers) == 6:
        a, b, c, d, x, y = numbers
    elif name == "matrix3d" and len(numbers) == 16:
        a, b, c, d, x, y = (numbers[index] for index in (0, 1, 4, 5, 12, 13))
    else:
        return False
    return abs(a * d - b * c) <= _MAX_OPACITY**2 or max(abs(x), abs(y)) >= _MIN_SHIFT


def _hides_by_position(style: Style) -> bool:
    position = style.get("position", "")
    for name, percent in _SIDES.items():
        number = first_number(style[name], percent) if name in style and position != "static" else None
        if number is not None and (number <= -_MIN_DISTANCE or number >= _far(position, name)):
            return True
    margins = [first_number(style.get(name, ""), _SCREEN[0]) for name in ("margin-left", "margin-top")]
    return any(number is not None and number <= -_MIN_DISTANCE for number in margins)


def _far(position: str, name: str) -> float:
    """From how many pixels on a positive distance leaves the screen; a page can be scrolled down."""
    if position == "fixed":
        return _SCREEN[0] * 100 if name in ("left", "right") else _SCREEN[1] * 100
    return float("inf") if name == "top" else _MIN_FAR


def _hides_by_indent(style: Style) -> bool:
    if "text-indent" not in style:
        return False
    number = first_number(style["text-indent"], _SCREEN[0])
    if number is None:
        return False
    return number <= -_MIN_DISTANCE or (number >= 90 * _SCREEN[0] and _is_clipped(style, "x"))


def _hides_by_clip(style: Style) -> bool:
    name_and_inner = _FUNCTION.match(style.get("clip", ""))
    if name_and_inner and name_and_inner[1] == "rect" and style.get("position") not in ("static", "relative"):
        numbers = numbers_of(name_and_inner[2])
        if len(numbers) == 4 and "auto" not in name_and_inner[2]:
            top, right, bottom, left = numbers
            if right - left <= 1 or bottom - top <= 1:
                return True
    shape = _FUNCTION.search(style.get("clip-path", ""))
    return bool(shape) and shape is not None and _shape_is_empty(shape[1], shape[2])


def _shape_is_empty(name: str, inner: str) -> bool:
    sizes = inner.partition("round")[0].partition(" at ")[0]
    numbers = numbers_of(sizes)
    if name == "inset" and numbers:
        top, right, bottom, left = box_sides(numbers)
        whole = 98.0 if "%" in sizes else 10_000.0
        return top + bottom >= whole or left + right >= whole
    if name in ("circle", "ellipse"):
        return bool(numbers) and min(numbers) <= 1
    if name == "polygon":
        points = numbers_of(inner)
        return len(points) >= 2 and (
            max(points[::2]) - min(points[::2]) <= 1 or max(points[1::2]) - min(points[1::2]) <= 1
        )
    if name == "rect" and len(numbers) == 4 and "auto" not in inner:
        return numbers[1] - numbers[3] <= 1 or numbers[2] - numbers[0] <= 1
    return name == "xywh" and len(numbers) >= 4 and min(numbers[2:4]) <= 1


def _hides_by_mask(style: Style) -> bool:
    mask = style.get("mask-image", "")
    colours = colours_in(mask) if "gradient" in mask else ()
    return bool(colours) and all(colour.is_transparent for colour in colours)


def _hides_by_size(style: Style) -> bool:
    for side, axis, paddings in (("height", "y", ("top", "bottom")), ("width", "x", ("left", "right"))):
        small = any(_is_near_zero(style, name, _MAX_SIZE, 1.0) for name in (side, f"max-{side}"))
        if small and _is_clipped(style, axis) and not _grows(style, side):
            padded = [first_number(style.get(f"padding-{edge}", "0"), _SCREEN[0]) for edge in paddings]
            if all(padding is not None and padding <= 2 * _MAX_SIZE for padding in padded):
                return True
    return _is_near_zero(style, "line-height", 0.1, 0.01) and _is_clipped(style, "y")


def _grows(style: Style, side: str) -> bool:
    """Whether the element is larger than its `width` or `height` says."""
    growth = (
        style.get("flex-grow", style.get("flex", "0")).replace("none", "0"),
        style.get(f"min-{side}", "0"),
    )
    numbers = [first_number(value) for value in growth]
    return numbers[0] != 0 or (numbers[1] or 0) > _MAX_SIZE


def _is_clipped(style: Style, axis: str) -> bool:
    return style.get(f"overflow-{axis}", "") in _CLIPPING


def _hides_by_colour(style: Style) -> bool:
    colour = parse_colour(style.get("text-fill-color", style.get("color", "")))
    if colour is None or not colour.is_transparent or style.get("background-clip") == "text":
        return False
    shadows = colours_in(style.get("text-shadow", ""))
    return not any(not shadow.is_transparent for shadow in shadows)


_CHECKS: dict[str, Callable[[Style], bool]] = {
    "display": lambda style: style.get("display") == "none",
    "visibility": lambda style: style.get("visibility") in ("hidden", "collapse"),
    "content-visibility": lambda style: style.get("content-visibility") == "hidden",
    "opacity": _hides_by_opacity,
    "font-size": lambda style: _is_near_zero(style, "font-size", _MAX_FONT_SIZE - 0.01, 0.16),
    "zoom": lambda style: _is_near_zero(style, "zoom", _MAX_OPACITY, 0.01),
    "color": _hides_by_colour,
    "transform": _hides_by_transform,
    "position": _hides_by_position,
    "text-indent": _hides_by_indent,
    "clip": _hides_by_clip,
    "mask-image": _hides_by_mask,
    "size": _hides_by_size,
    "letter-spacing": lambda style: _is_near_zero(style, "letter-spacing", _MIN_SPACING, 0.16),
    "text-decoration-line": lambda style: "line-through" in style.get("text-decoration-line", ""),
}
INHERITED = {
    "visibility": "visibility",
    "font-size": "font",
    "color": "colour",
    "same colour": "colour",
    "text-indent": "indent",
    "letter-spacing": "spacing",
}
"""Properties that a part of a hidden element can undo, each with its family."""
FADING = frozenset({"opacity", "visibility", "transform", "position", "size"})
"""Reasons that scripts remove when an element comes into view."""
