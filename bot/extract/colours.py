"""Detect text that is invisible because it has the colour of its background."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

_COLOUR = re.compile(r"(?:^|[;\s])color\s*:\s*([^;!]+)", re.IGNORECASE)
_BACKGROUND = re.compile(r"(?:^|[;\s])background(?:-color)?\s*:\s*([^;!]+)", re.IGNORECASE)
_HEX = re.compile(r"#([0-9a-f]{3,8})\b", re.IGNORECASE)
_RGB = re.compile(r"rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)(?:[\s,/]+([\d.]+%?))?", re.IGNORECASE)
_NAMED = {"white": (255, 255, 255), "black": (0, 0, 0), "snow": (255, 250, 250), "ivory": (255, 255, 240)}
_WHITE = (255, 255, 255)
_MIN_DIFFERENCE = 24
"""If the differences of the three channels add up to less, the text is invisible."""

Colour = tuple[int, int, int]


class PageColours:
    """The background colours of a page, without its linked style sheets."""

    def __init__(self, root: HtmlElement, page_style: str, *, linked: bool) -> None:
        body = root.find("body")
        given = (body.get("bgcolor") or "") if body is not None else ""
        # a page without a background and without a linked style sheet is white
        self._page = parse_colour(given) or _background_colour(page_style) or (None if linked else _WHITE)

    def is_invisible(self, element: HtmlElement) -> bool:
        """Whether an element sets its text to the colour of its background."""
        style = element.get("style", "")
        found = _COLOUR.search(style)
        colour = parse_colour(found[1] if found else element.get("color") or "")
        if found and found[1].strip().lower() == "transparent":
            return "background-clip" not in style
        return colour is not None and _is_near(colour, self._background_of(element))

    def _background_of(self, element: HtmlElement) -> Colour | None:
        for ancestor in (element, *element.iterancestors()):
            style = ancestor.get("style", "")
            if "gradient" in style or "url(" in style:
                return None
            found = _background_colour(style) or parse_colour(ancestor.get("bgcolor") or "")
            if found is not None:
                return found
        return self._page

    @staticmethod
    def sets_same_colour(declarations: str) -> bool:
        """Whether one CSS rule sets the text and the background to the same colour."""
        if "background" not in declarations:
            return False
        found = _COLOUR.search(declarations)
        colour = parse_colour(found[1]) if found else None
        return colour is not None and _is_near(colour, _background_colour(declarations))


def _background_colour(style: str) -> Colour | None:
    found = _BACKGROUND.search(style)
    return parse_colour(found[1]) if found else None


def _is_near(one: Colour, other: Colour | None) -> bool:
    return other is not None and sum(abs(a - b) for a, b in zip(one, other, strict=True)) < _MIN_DIFFERENCE


def parse_colour(text: str) -> Colour | None:
    """Red, green and blue of a CSS colour; None if it is not in one of the common forms."""
    text = text.strip().lower()
    name = text.split(" ", 1)[0]
    if name in _NAMED:
        return _NAMED[name]
    found = _HEX.match(text)
    if found:
        digits = found[1]
        if len(digits) in (3, 4):
            digits = "".join(2 * digit for digit in digits)
        return (int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)) if len(digits) >= 6 else None
    found = _RGB.match(text)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None
