"""Parse declarations into longhand properties and plain values."""

from __future__ import annotations

import re
from collections.abc import Iterator

import tinycss2
from msgspec import Struct

from bot.extract.css.kept_results import keep_results
from bot.extract.css.numbers import box_sides

_MAX_CHARS = 10_000
_MAX_NESTING = 100
_VENDOR = re.compile(r"-(?:webkit|moz|ms|o)-")
_FONT_SIZE = re.compile(r"(?:^|\s)(calc\([^()]*\)|[\d.]+(?:e-?\d+)?(?:%|[a-z]+)?)(?:\s*/\s*\S+)?\s+[^\d\s]")
_PLAIN = re.compile(
    r"(?:[^\"'\\{}\[\]()@<>\x00]|\((?:[^\"'\\{}\[\]()@<>;\x00]|\([^\"'\\{}\[\]()@<>;\x00]*+\))*+\))*+"
)
_PLAIN_DECLARATION = re.compile(
    r"\s*(--[\w-]+|-?[a-zA-Z_][\w-]*)\s*:([^!]*)(!\s*important\s*)?", re.IGNORECASE
)
_CSS_WIDE = frozenset({"inherit", "initial", "unset", "revert", "revert-layer"})
_ALIASES = {
    "inline-size": "width",
    "block-size": "height",
    "max-inline-size": "max-width",
    "max-block-size": "max-height",
    "inset-inline-start": "left",
    "inset-inline-end": "right",
    "inset-block-start": "top",
    "inset-block-end": "bottom",
    "margin-inline-start": "margin-left",
    "margin-inline-end": "margin-right",
    "margin-block-start": "margin-top",
    "margin-block-end": "margin-bottom",
    "overflow-inline": "overflow-x",
    "overflow-block": "overflow-y",
    "mask": "mask-image",
    "text-decoration": "text-decoration-line",
    "animation": "animation-name",
    "background-color": "background",
}
_SIDES = {
    "inset": ("top", "right", "bottom", "left"),
    "margin": ("margin-top", "margin-right", "margin-bottom", "margin-left"),
    "padding": ("padding-top", "padding-right", "padding-bottom", "padding-left"),
    "inset-inline": ("left", "right"),
    "inset-block": ("top", "bottom"),
    "margin-inline": ("margin-left", "margin-right"),
    "margin-block": ("margin-top", "margin-bottom"),
    "overflow": ("overflow-x", "overflow-y"),
}


SHORTHANDS = frozenset({*_ALIASES, *_SIDES, "font"})
"""The properties that stand for others here."""


class Declaration(Struct, frozen=True):
    """One property and its value in lower case, without comments and escapes."""

    name: str
    value: str
    important: bool


@keep_results
def parse_declarations(text: str) -> tuple[Declaration, ...]:
    """The valid declarations of a block, with shorthands split into the longhand properties used here."""
    if len(text) > _MAX_CHARS or text.count("(") > _MAX_NESTING or text.count("[") > _MAX_NESTING:
        text = text[: text.rfind(";", 0, _MAX_CHARS) + 1]
        if text.count("(") > _MAX_NESTING or text.count("[") > _MAX_NESTING:
            return ()
    given = _split_plain(text) if _is_plain(text) else _parse(text)
    return tuple(
        Declaration(one, single, important)
        for name, value, important in given
        for one, single in longhands(
            name if name.startswith("--") else _VENDOR.sub("", name.lower()), " ".join(value.lower().split())
        )
    )


def _parse(text: str) -> Iterator[tuple[str, str, bool]]:
    """The name and the value of each declaration, and whether it is important."""
    for node in tinycss2.parse_blocks_contents(text, skip_comments=True, skip_whitespace=True):
        if node.type == "declaration":
            tokens = [token for token in node.value if token.type != "comment"]
            yield node.name, tinycss2.serialize(tokens), node.important


def _is_plain(text: str) -> bool:
    """Whether semicolons and colons alone separate the parts of the declarations, as in nearly all rules."""
    return _PLAIN.fullmatch(text) is not None and "/*" not in text


def _split_plain(text: str) -> Iterator[tuple[str, str, bool]]:
    """As `_parse`, for plain declarations, in a small part of the time."""
    for piece in text.split(";"):
        found = _PLAIN_DECLARATION.fullmatch(piece)
        if found:
            yield found[1], found[2], found[3] is not None


def longhands(name: str, value: str) -> Iterator[tuple[str, str]]:
    """The longhand properties that a property stands for, each with its value."""
    if name in _SIDES:
        yield from zip(_SIDES[name], box_sides(_split(value) or [""]), strict=False)
    elif name == "font":
        size = _FONT_SIZE.search(value + " x")
        if size or value in _CSS_WIDE:
            yield "font-size", size[1] if size else value
    else:
        yield _ALIASES.get(name, name), value


def _split(value: str) -> list[str]:
    """The parts of a value between spaces that are not inside brackets."""
    return re.findall(r"(?:[^\s()]|\((?:[^()]|\([^()]*\))*\))+", value)


def is_css_wide(value: str) -> bool:
    """Whether the value is a keyword that all properties have, such as `inherit`."""
    return value in _CSS_WIDE


def is_picture(background: str) -> bool:
    """Whether the value of a background has an image or a gradient."""
    return "(" in background and any(name in background for name in ("url(", "gradient(", "image"))
