"""Tell cheaply, without parsing, which declarations may make text invisible, and by which properties.

A family is a set of properties that together decide one thing, for example whether text is off the screen.
Only the families that may hide an element are ever computed for it.
"""

from __future__ import annotations

import re

from bot.extract.css.colours import Colour, parse_colour

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

_MENTIONS = {
    "display": r"display\s*:",
    "visibility": r"visibility\s*:",
    "opacity": r"opacity\s*:|filter\s*:",
    "font": r"font(?:-size)?\s*:",
    "zoom": r"zoom\s*:",
    "transform": r"transform\s*:|(?:translate|scale|rotate)\s*:",
    "position": r"(?:position|left|right|top|bottom|start|end|inset[a-z-]*|margin[a-z-]*)\s*:",
    "indent": r"indent\s*:",
    "spacing": r"letter-spacing\s*:",
    "clip": r"clip(?:-path)?\s*:",
    "mask": r"mask(?:-image)?\s*:",
    "size": r"(?:height|width|size|padding[a-z-]*|overflow[a-z-]*|flex(?:-grow)?)\s*:",
    "strike": r"decoration(?:-line)?\s*:",
    "motion": r"animation[a-z-]*\s*:|transition[a-z-]*\s*:",
    "colour": r"(?:color|background[a-z-]*|shadow)\s*:",
    "custom": r"--[\w-]+\s*:",
}
_ALSO_MENTIONS = {"size": ("indent",), "position": ("clip",)}
"""Families that share properties with another one."""
_HIDES = {
    "display": r"display\s*:\s*none",
    "visibility": r"visibility\s*:\s*(?:hidden|collapse)",
    "opacity": r"opacity\s*[:(]\s*(?:[^1-9\s]|\d+(?:%|e))",
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
        |line-height\s*:\s*0?(?:\.0\d*)?(?:[a-z%\s;!]|$))""",
    "strike": r"line-through",
    "motion": r"animation(?:-name)?\s*:",
    "colour": r"fill-color\s*:",
}


def _alternatives(patterns: dict[str, str]) -> re.Pattern[str]:
    whole = "|".join(f"(?P<{name}>{pattern})" for name, pattern in patterns.items())
    return re.compile(whole, re.IGNORECASE | re.VERBOSE)


_HIDING = _alternatives(_HIDES)
_MENTIONING = _alternatives(_MENTIONS)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_STRING = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_COLOUR = re.compile(r"(?<![\w-])color\s*:\s*([^;!}]+)", re.IGNORECASE)
_BACKGROUND = re.compile(
    r"(?<![\w-])background(?:-color)?\s*:[^;]*?(\#[\da-f]{3,8}\b|(?:rgb|hsl)a?\([^)]*\)|\b[a-z]+\b)",
    re.IGNORECASE,
)
_ALL = frozenset(FAMILIES)


def mentioned_families(declarations: str) -> frozenset[str]:
    """The families that the declarations have a property of, and perhaps others."""
    if _has_escapes(declarations):
        return _ALL
    found = {match.lastgroup or "" for match in _MENTIONING.finditer(declarations)}
    return frozenset(found.union(*(_ALSO_MENTIONS.get(name, ()) for name in found)))


def hiding_families(declarations: str) -> frozenset[str]:
    """The families whose values among the declarations may make text invisible.

    That text has the colour of a background is not found here.
    """
    if "/*" in declarations:
        declarations = _COMMENT.sub(" ", declarations)
    declarations = " ".join(declarations.split())  # the patterns look only a short way into a value
    if _has_escapes(declarations):
        return _ALL
    return frozenset(match.lastgroup or "" for match in _HIDING.finditer(declarations))


def _has_escapes(declarations: str) -> bool:
    return "\\" in declarations and "\\" in _STRING.sub("", declarations)


def text_colours(declarations: str) -> list[Colour]:
    """The colours that the declarations give to text; all but one of them are overridden."""
    colours = (parse_colour(value) for value in _COLOUR.findall(declarations))
    return [colour for colour in colours if colour is not None]


def background_colour(declarations: str) -> Colour | None:
    """The first colour of a background among the declarations."""
    found = _BACKGROUND.search(declarations)
    return parse_colour(found[1]) if found else None
