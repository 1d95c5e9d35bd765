"""Split style sheets into the rules that apply to a screen: selector, declarations and place in the cascade.

This finds only where blocks begin and end, which takes a fraction of the time of parsing: most rules cannot
hide anything on the page and are never parsed.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from msgspec import Struct, field

from bot.extract.css.media_queries import container_matches, media_matches

MAX_CSS = 400_000
"""Characters of style sheets that are read for one page."""
_MAX_DEPTH = 20
_MAX_SELECTOR = 1_000
UNLAYERED = 1_000_000

_BOUNDARY = re.compile(
    r"""
      /\*.*?(?:\*/|\Z) | "(?:[^"\\\n]|\\.)*+"? | '(?:[^'\\\n]|\\.)*+'?
    | \\. | u[rR][lL]\(\s*[^"'\s)][^)]*\) | U[rR][lL]\(\s*[^"'\s)][^)]*\) | \{ | \}
    """,
    re.VERBOSE | re.DOTALL,
)  # each alternative begins with a plain character, so that the search skips to the next of these
_SEMICOLON = re.compile(_BOUNDARY.pattern + "|;", re.VERBOSE | re.DOTALL)
_NEEDS_TOKENS = re.compile(r"""["'\\(]|/\*""")
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_AT_RULE = re.compile(r"@(?:-[a-z]+-)?([a-z-]+)\s*(.*)", re.DOTALL | re.IGNORECASE)
_LAST_FRAME = re.compile(r"\bto\b|\b100%")


class Rule(NamedTuple):
    """One style rule. `layer` is the rank of its cascade layer; rules without one win over layers."""

    selector: str
    declarations: str
    layer: int
    order: int


class _Block(Struct):
    """A block that is open. `selector` is that of the style rule, or of the nearest one around it."""

    selector: str = ""
    applies: bool = True
    layer: int = UNLAYERED
    keyframes: str = ""
    pieces: list[str] = field(default_factory=list)


class RuleScanner:
    """Collects the rules of style sheets in page order."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []
        self.last_frames: dict[str, str] = {}
        """For each `@keyframes` name, the declarations of the last frame."""
        self._layers: dict[str, int] = {}
        self._left = MAX_CSS

    def scan(self, css: str) -> None:
        css = css[: self._left].replace("<!--", " ").replace("-->", " ")
        self._left -= len(css)
        open_blocks = [_Block()]
        start = 0  # of the text that belongs to no block yet
        for token in _BOUNDARY.finditer(css):
            kind = token[0]
            if kind == "{":
                text = css[start : token.start()]
                split = _after_last_semicolon(text)
                if split:
                    if len(open_blocks) == 1:
                        self._read_statements(text[:split])
                    open_blocks[-1].pieces.append(text[:split])
                open_blocks.append(self._open(text[split:], open_blocks[-1]))
                if len(open_blocks) > _MAX_DEPTH:
                    return
                start = token.end()
            elif kind == "}":
                if len(open_blocks) > 1:
                    block = open_blocks.pop()
                    block.pieces.append(css[start : token.start()])
                    self._close(block)
                start = token.end()
        for block in reversed(open_blocks[1:]):  # a style sheet may end within a block
            block.pieces.append(css[start:])
            start = len(css)
            self._close(block)

    def _read_statements(self, text: str) -> None:
        if "@" in text:
            for statement in _COMMENT.sub(" ", text).split(";"):
                if statement.lstrip().lower().startswith("@layer"):
                    for name in statement.split(None, 1)[-1].split(","):
                        self._rank(name)

    def _rank(self, name: str) -> int:
        name = name.strip() or f"(layer {len(self._layers)})"
        return self._layers.setdefault(name, len(self._layers))

    def _open(self, prelude: str, outer: _Block) -> _Block:
        prelude = (_COMMENT.sub("", prelude) if "/*" in prelude else prelude).strip()
        if outer.keyframes:
            return _Block(prelude.lower(), outer.applies, outer.layer, outer.keyframes)
        found = _AT_RULE.match(prelude) if prelude.startswith("@") else None
        if found is None:
            return _Block(_nested(outer.selector, prelude), outer.applies, outer.layer)
        name, condition = found[1].lower(), found[2].strip()
        if name == "keyframes":
            return _Block("", outer.applies, outer.layer, condition.strip("\"'") or "-")
        if name == "layer":
            return _Block(outer.selector, outer.applies, self._rank(condition))
        applies = (
            (name == "media" and media_matches(condition))
            or (name == "container" and container_matches(condition))
            or (name == "supports" and not condition.lower().startswith("not"))
        )
        return _Block(outer.selector, outer.applies and applies, outer.layer)

    def _close(self, block: _Block) -> None:
        if not block.applies or not block.selector:
            return
        declarations = "".join(block.pieces)
        if "/*" in declarations:
            declarations = _COMMENT.sub(" ", declarations)
        if block.keyframes:
            if _LAST_FRAME.search(block.selector):
                self.last_frames[block.keyframes] = declarations
        elif declarations.strip():
            self.rules.append(Rule(block.selector, declarations, block.layer, len(self.rules)))


def _after_last_semicolon(text: str) -> int:
    """Where the selector before a block begins."""
    if ";" not in text:
        return 0
    if not _NEEDS_TOKENS.search(text):
        return text.rfind(";") + 1
    return max((token.end() for token in _SEMICOLON.finditer(text) if token[0] == ";"), default=0)


def _nested(outer: str, selector: str) -> str:
    """The selector of a rule inside the rule of `outer`."""
    if not outer:
        return selector if len(selector) <= _MAX_SELECTOR else ""
    whole = selector.replace("&", f":is({outer})") if "&" in selector else f":is({outer}) {selector}"
    return whole if len(whole) <= _MAX_SELECTOR else ""
