"""CSS colours as red, green, blue and opacity."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from tinycss2 import color4

_MIN_DIFFERENCE = 24
"""If the differences of the three channels add up to less, text in one colour on the other is invisible."""
_MAX_INVISIBLE_ALPHA = 0.1
_COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\([^()]*\)|(?<![-\w])[a-z]+\b(?![-(])",
    re.IGNORECASE,
)
_LIGHT_DARK = re.compile(r"light-dark\(\s*((?:[^(),]|\([^()]*\))+),.*\)", re.IGNORECASE)
_PERCEPTUAL = {"lab": 100.0, "lch": 100.0, "oklab": 1.0, "oklch": 1.0}
_MAX_CHARS = 500


class Colour(NamedTuple):
    """`red`, `green` and `blue` are 0 to 255, `alpha` is 0 (transparent) to 1."""

    red: float
    green: float
    blue: float
    alpha: float

    @property
    def is_transparent(self) -> bool:
        return self.alpha <= _MAX_INVISIBLE_ALPHA

    def is_near(self, other: Colour) -> bool:
        return sum(abs(one - two) for one, two in zip(self[:3], other[:3], strict=True)) < _MIN_DIFFERENCE


WHITE = Colour(255, 255, 255, 1)


@lru_cache(maxsize=4096)
def parse_colour(text: str) -> Colour | None:
    """The colour that a value consists of; None for `currentcolor`, `inherit` and what is not a colour.

    Of `light-dark()` the light colour is used. The colours of Lab and similar spaces are known only if they
    are black, white or transparent.
    """
    text = text.strip()[:_MAX_CHARS]
    chosen = _LIGHT_DARK.fullmatch(text)
    try:
        found = color4.parse_color(chosen[1].strip() if chosen else text)
        if found is None or isinstance(found, str):
            return None
        if found.space in ("hsl", "hwb"):
            found = found.to("srgb")
    except (ValueError, TypeError, NotImplementedError, ArithmeticError, AttributeError):
        return None  # tinycss2 raises for some invalid values
    coordinates = [value or 0.0 for value in found.coordinates]
    if found.space in ("srgb", "srgb-linear", "display-p3"):
        # tinycss2 keeps rgb(300 0 0) as it is, a screen shows 255
        red, green, blue = (255 * min(max(value, 0.0), 1.0) for value in coordinates)
        return Colour(red, green, blue, found.alpha)
    lightness = coordinates[0] / _PERCEPTUAL.get(found.space, 1.0)
    if found.space in _PERCEPTUAL and not 0.01 < lightness < 0.99:
        grey = 255.0 * round(lightness)
        return Colour(grey, grey, grey, found.alpha)
    return Colour(0, 0, 0, 0) if found.alpha <= _MAX_INVISIBLE_ALPHA else None


@lru_cache(maxsize=4096)
def colours_in(text: str) -> tuple[Colour, ...]:
    """All colours that are named anywhere in a value, for example in a gradient."""
    found = (parse_colour(one) for one in _COLOUR.findall(text[:_MAX_CHARS]))
    return tuple(colour for colour in found if colour is not None)
