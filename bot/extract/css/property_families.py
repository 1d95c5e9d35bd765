"""Tell cheaply, without parsing, which declarations may make text invisible, and by which properties.

A family is a set of properties that together decide one thing, for example whether text is off the screen.
Only the families that may hide an element are ever computed for it.
"""

from __future__ import annotations

import re

from bot.extract.css.colours import Colour, parse_colour
from bot.extract.css.declarations import SHORTHANDS, longhands
from bot.extract.css.kept_results import keep_results

_SIZES = ("height", "width", "max-height", "max-width")
_GROWING = ("flex", "flex-grow", "min-height", "min-width")
_PADDINGS = ("padding-top", "padding-right", "padding-bottom", "padding-left")
_OVERFLOWS = ("overflow-x", "overflow-y")
FAMILIES: dict[str, frozenset[str]] = {
    "display": frozenset({"display"}),
    "visibility": frozenset({"visibility", "content-visibility"}),
    "opacity": frozenset({"opacity", "filter"}),
    "font": frozenset({"font-size"}),
    "zoom": frozenset({"zoom"}),
    "transform": frozenset({"transform", "translate", "scale", "rotate", "backface-visibility"}),
    "position": frozenset({"position", "left", "right", "top", "bottom", "margin-left", "margin-top"}),
    "indent": frozenset({"text-indent", *_OVERFLOWS}),
    "spacing": frozenset({"letter-spacing"}),
    "clip": frozenset({"clip", "clip-path", "position"}),
    "mask": frozenset({"mask-image"}),
    "size": frozenset(
        {
            *_SIZES,
            *_GROWING,
            *_OVERFLOWS,
            "line-height",
            *_PADDINGS,
        }
    ),
    "strike": frozenset({"text-decoration-line"}),
    "motion": frozenset({"animation-name", "transition", "transition-property", "transition-duration"}),
    "colour": frozenset({"color", "text-fill-color", "background", "background-clip", "text-shadow"}),
    "custom": frozenset(),
}
"""The properties of each family; `custom` has all custom properties."""

_WORDS = {
    "transform": ("transform", "translate", "scale", "rotate"),
    "position": ("left", "right", "top", "bottom", "start", "end", "inset", "inline", "block", "margin"),
    "size": ("height", "width", "size"),
}
"""Declarations that hide by a family have at least one of these words."""
_HIDES = {
    "display": r"display\s*:\s*none",
    "visibility": r"visibility\s*:\s*(?:hidden|collapse)",
    "opacity": r"opacity\s*[:(]\s*(?:[^\d.\s]|0*\.[01]|0+(?![\d.])|[\d.]+(?:%|e))",
    "font": r"""font(?:-size)?\s*:[^;]{0,200}?(?:
        (?<![\d.])[0-3]?(?:\.\d+)?(?:px|pt|q|mm)\b | (?<![\d.])0?\.[0-2]\d*r?em | (?<![\d.\w])0(?:[^.\d]|$)
        | (?<![\d.])\d(?:\.\d+)?% | \de- | (?<![\d.])0\.?\d*v | calc\([^;]{0,200}?[-*/]
        | min\( | max\( | clamp)""",
    "zoom": r"zoom\s*:",
    "transform": r"""transform\s*:[^;]{0,200}?(?:
        scale[^;]{0,200}?(?:\(|,)\s*[0.]
        | translate[^;]{0,200}?(?:\d{3}|calc\([^;]{0,200}?[-*/]) | matrix | rotate[xy3])
        | (?:^|[;\s])(?:translate|scale|rotate)\s*:\s*[^;\s]""",
    "position": r"(?:left|right|top|bottom|inset|margin|start|end|inline|block)\s*:"
    r"[^;]{0,200}?(?:-\s*\d{2}|\d{4}|\d{3}(?:v|%)|calc\([^;]{0,200}?[-*/])",
    "indent": r"indent\s*:[^;]{0,200}?(?:\d{3}|-\s*\d{2}|calc\([^;]{0,200}?[-*/])",
    "spacing": r"letter-spacing\s*:\s*-",
    "clip": r"clip(?:-path)?\s*:",
    "mask": r"mask(?:-image)?\s*:[^;]{0,200}?gradient",
    "size": r"""(?<![\w-])(?:(?:max-)?(?:height|width|inline-size|block-size)\s*:\s*
        (?:[0-4]?(?:\.\d+)?(?:px|pt|q|mm)|0?\.[0-2]\d*r?em|0(?:[a-z%\s;!]|$)|\.?\d%|calc\([^;]{0,200}?[-*/]|min\()
        |line-height\s*:\s*(?:[^\d.\s;!a-z]|0|\.0|\d+(?:\.\d+)?(?:%|e)|calc))""",
    "strike": r"line-through",
    "motion": r"animation(?:-name)?\s*:",
    "colour": r"fill-color\s*:",
}


# for text in lower case: without IGNORECASE the search skips to where a pattern may begin
_HIDING = {family: re.compile(pattern, re.VERBOSE) for family, pattern in _HIDES.items()}
_HINTS = {
    "display": "none",
    "visibility": "visibility",
    "opacity": "opacity",
    "font": "font",
    "zoom": "zoom",
    "indent": "indent",
    "spacing": "letter-spacing",
    "clip": "clip",
    "mask": "mask",
    "strike": "decoration",
    "motion": "animation",
    "colour": "fill-color",
}
"""What the pattern of a family needs, which is found much faster. The others need one of their words."""
_LARGE_NUMBER = re.compile(r"\d{3}|-\s*\d\d|calc\(")
_OVERFLOW = re.compile(r"overflow[a-z-]*\s*:[^;]{0,200}?(?:hidden|clip|auto|scroll|var\()")
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_STRING = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_COLOUR = re.compile(r"(?<![\w-])color\s*:\s*([^;!}]+)", re.IGNORECASE)
_BACKGROUND = re.compile(
    r"(?<![\w-])background(?:-color)?\s*:[^;]*?(\#[\da-f]{3,8}\b|(?:rgb|hsl)a?\([^)]*\)|\b[a-z]+\b)",
    re.IGNORECASE,
)
_BACKGROUND_GIVEN = re.compile(
    r"background(?:-color|-image)?\s*:(?!\s*(?:none|transparent|0|0 0|inherit|initial|unset)\s*(?:[;!]|$))"
)
_BACKGROUND_VALUE = re.compile(r"background(?:-color)?\s*:([^;}]*)", re.IGNORECASE)
_ALL = frozenset(FAMILIES)
_PROPERTY = re.compile(r"(?<![\w-])(?:-(?:webkit|moz|ms|o)-)?(--[^\s:;{}]+|[a-z][a-z-]*)\s*:")
_FAMILIES_OF: dict[str, tuple[str, ...]] = {}
"""For each property, shorthands among them, the families that it belongs to."""
for _name in (*SHORTHANDS, *frozenset[str]().union(*FAMILIES.values())):
    _longhands = {_longhand for _longhand, _ in longhands(_name, "0 0")}
    _FAMILIES_OF[_name] = tuple(
        _family for _family, _properties in FAMILIES.items() if not _longhands.isdisjoint(_properties)
    )


def mentioned_families(declarations: str) -> frozenset[str]:
    """The families that declarations in lower case may have properties of; they have none of others."""
    if has_escapes(declarations):
        return _ALL
    found: set[str] = set()
    for name in _PROPERTY.findall(declarations):
        found.update(_FAMILIES_OF.get(name, ("custom",) if name.startswith("--") else ()))
    return frozenset(found)


@keep_results
def hiding_families(declarations: str) -> frozenset[str]:
    """The families whose values among the declarations may make text invisible.

    That text has the colour of a background is not found here.
    """
    if "/*" in declarations:
        declarations = _COMMENT.sub(" ", declarations)
    if has_escapes(declarations):
        return _ALL
    text = " ".join(declarations.lower().split())  # the patterns look only a short way into a value
    possible = [family for family, hint in _HINTS.items() if hint in text]
    possible += [family for family in ("transform", "size") if any(map(text.__contains__, _WORDS[family]))]
    if _LARGE_NUMBER.search(text) and any(map(text.__contains__, _WORDS["position"])):
        possible.append("position")
    return frozenset(family for family in possible if _HIDING[family].search(text))


def may_have_background(declarations: str) -> bool:
    """Whether declarations in lower case may give a background that is not transparent; False is certain."""
    return bool(_BACKGROUND_GIVEN.search(declarations))


def may_clip(declarations: str) -> bool:
    """Whether declarations in lower case may clip what overflows an element; False is certain."""
    return bool(_OVERFLOW.search(declarations)) or has_escapes(declarations)


def has_escapes(declarations: str) -> bool:
    """Whether declarations have escapes outside of strings."""
    return "\\" in declarations and "\\" in _STRING.sub("", declarations)


@keep_results
def text_colours(declarations: str) -> tuple[Colour, ...]:
    """The colours that the declarations give to text; all but one of them are overridden."""
    if "color" not in declarations.lower():
        return ()
    colours = (parse_colour(value) for value in _COLOUR.findall(declarations))
    return tuple(colour for colour in colours if colour is not None)


@keep_results
def background_colour(declarations: str) -> Colour | None:
    """The first colour of a background among the declarations."""
    found = _BACKGROUND.search(declarations) if "background" in declarations.lower() else None
    return parse_colour(found[1]) if found else None


def background_values(declarations: str) -> list[str] | None:
    """The values of backgrounds among the declarations; None if they cannot be found without parsing."""
    if "/*" in declarations or has_escapes(declarations):
        return None
    return _BACKGROUND_VALUE.findall(declarations)
