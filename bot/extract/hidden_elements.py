"""Remove the elements that a person does not see on the screen.

No reader removes hidden text, and hidden text is often meant for machines only. Recognised are: elements
that are never shown; `hidden`, `aria-hidden`, `inert`, `popover`; and, in `style`
attributes and in `<style>` rules for one class or id, the declarations of `_HIDES`. Rules inside `@media` and
similar blocks, and linked style sheets, are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from lxml.html import HtmlElement

from bot.extract.colours import PageColours

_SIZE0 = r"0*\.?0+(?:px|pt|em|rem|%|vw|vh)?\s*(?:;|!|$)"
_FAR = r"-\s*(?:\d{3,}(?:\.\d+)?(?:px|pt|em|rem|%|vw|vh)|[5-9]\d(?:em|rem))"
_MAY_HIDE = re.compile(
    r"none|hidden|collapse|:\s*0|:\s*\.0|-\s*[5-9]\d|-\s*\d{3}|scale|clip|translate", re.IGNORECASE
)
_HIDING_KEYWORDS = (
    "none",
    "hidden",
    "opacity",
    "font-size",
    "indent",
    "clip",
    "-9",
    "collapse",
    "scale",
    "#fff",
)
"""Only rules with one of these words are matched against the slower expressions."""
_MAX_CSS = 400_000
_HIDES = re.compile(
    rf"""
    (?:^|[;\s])(?:
        display\s*:\s*none
      | visibility\s*:\s*(?:hidden|collapse)
      | content-visibility\s*:\s*hidden
      | opacity\s*:\s*0*\.?0+\s*(?:;|!|$)
      | font-size\s*:\s*{_SIZE0}
      | text-indent\s*:\s*{_FAR}
      | (?:margin-)?(?:left|top|right|bottom)\s*:\s*{_FAR}
      | transform\s*:[^;]*(?:scale\(\s*0|translate[xy3d]*\([^)]*-\s*\d{{4,}})
      | clip\s*:\s*rect\(\s*(?:0|1px)[\s,0px1]*\)
      | clip-path\s*:\s*(?:inset\(\s*(?:50|100)%|circle\(\s*0)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_NO_SIZE = re.compile(rf"(?:^|[;\s])(?:max-)?(?:height|width)\s*:\s*(?:{_SIZE0}|1px)", re.IGNORECASE)
_CLIPPED = re.compile(r"overflow(?:-[xy])?\s*:\s*(?:hidden|clip)", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SIMPLE = re.compile(r"(?:[a-z][a-z0-9]*)?([.#])(-?[_a-zA-Z][\w-]*)", re.IGNORECASE)
_SCREEN_READER_CLASS = re.compile(
    r"(?:^|\s)(?:sr-only|visually-?hidden|screen-reader-(?:text|only)|screenreader|u-hidden-visually|d-none)(?:\s|$)",
    re.IGNORECASE,
)
_SCREEN_READER_KEYWORDS = ("sr-only", "hidden", "screen", "d-none")
_SHOWN_WHEN_WIDE = re.compile(r"(?:^|\s)d-(?:\w\w-)?(?:block|flex|inline|grid|table)", re.IGNORECASE)

_NEVER_SHOWN = etree.XPath(
    "//script | //style | //template | //link | //svg | //iframe | //object | //dialog[not(@open)]"
    " | //input[@type='hidden']"
)
_NO_SCRIPT = etree.XPath("//noscript")
_WITH_HIDING_ATTRIBUTE = etree.XPath(
    "//*[@hidden or @inert or @popover or @aria-hidden='true' or @style or @color or @bgcolor]"
)
_CLASSES = etree.XPath("//@class", smart_strings=False)
_WITH_CLASS = etree.XPath("//*[@class]")
_WITH_ID = etree.XPath("//*[@id]")
_STYLES = etree.XPath("//style/text()", smart_strings=False)
_SHEETS = etree.XPath("boolean(//link[contains(@rel, 'stylesheet')])")
_STRING_LENGTH = etree.XPath("string-length(normalize-space(.))")
_SCRIPTS = etree.XPath("//script/text()", smart_strings=False)
_SEGMENTS = etree.XPath("//*[@hidden and starts-with(@id, 'S:')]")
_PLACEHOLDERS = etree.XPath("//template[starts-with(@id, 'B:') or starts-with(@id, 'P:')]")
_MOVES = re.compile(r'\$R[A-Z]\("([BS]:\w+)",\s*"([SP]:\w+)"')
_CONTROLLED = etree.XPath("//@aria-controls", smart_strings=False)
_IS_TOGGLE = etree.XPath("boolean(descendant-or-self::*[@aria-expanded or @role='button'])")
_PANELS = frozenset({"region", "tabpanel"})
_PAGE_CHROME = ("nav", "header", "footer", "form")
_ROOTS = frozenset({"html", "body", "head"})
_WHOLE_PAGE_SHARE = 0.5
"""An element with a larger share of the text is the page itself, hidden until its scripts have run."""


def strip_hidden(root: HtmlElement) -> None:
    """Remove hidden elements from the tree in place; the text that follows them stays."""
    rules = _HidingRules(" ".join(_STYLES(root)))
    colours = PageColours(root, rules.page_background, linked=bool(_SHEETS(root)))
    _move_streamed_segments(root)
    for element in _NEVER_SHOWN(root):
        _remove(element)
    page_length = _text_length(root)
    for element in _NO_SCRIPT(root):
        if (
            _text_length(element) > _WHOLE_PAGE_SHARE * page_length
        ):  # the page itself, for visitors without scripts
            element.drop_tag()
        else:
            _remove(element)
    controlled = set(" ".join(_CONTROLLED(root)).split())
    for element in [*_hidden_by_attribute(root, colours), *_hidden_by_rule(root, rules)]:
        if element.tag in _ROOTS or _is_openable(element, controlled):
            continue
        if "hidden" in element.attrib or not _is_whole_page(element, page_length):
            _remove(element)


def _move_streamed_segments(root: HtmlElement) -> None:
    """Move segments that the server sent late to their placeholders, as React's scripts do."""
    placeholders = {element.get("id"): element for element in _PLACEHOLDERS(root)}
    if not placeholders:
        return
    segments = {element.get("id"): element for element in _SEGMENTS(root)}
    moves = {
        segment: mark for pair in _MOVES.findall(" ".join(_SCRIPTS(root))) for mark, segment in [sorted(pair)]
    }
    for name, segment in segments.items():
        number = name[2:]
        mark = placeholders.get(
            moves.get(name, ""), placeholders.get(f"B:{number}", placeholders.get(f"P:{number}"))
        )
        if mark is not None and mark.getparent() is not None and segment not in mark.iterancestors():
            segment.attrib.pop("hidden", None)
            mark.addnext(segment)


def _hidden_by_attribute(root: HtmlElement, colours: PageColours) -> Iterator[HtmlElement]:
    for element in _WITH_HIDING_ATTRIBUTE(root):
        attributes = element.attrib
        if "hidden" in attributes or "inert" in attributes or "popover" in attributes:
            if attributes.get("hidden") != "until-found":
                yield element
        elif (
            attributes.get("aria-hidden") == "true"
            or hides_text(attributes.get("style", ""))
            or colours.is_invisible(element)
        ):
            yield element


def hides_text(declarations: str) -> bool:
    """Whether CSS declarations make the text of an element invisible."""
    if not _MAY_HIDE.search(declarations):
        return False
    if _HIDES.search(declarations):
        return True
    return bool(_CLIPPED.search(declarations) and _NO_SIZE.search(declarations))


def _hidden_by_rule(root: HtmlElement, rules: _HidingRules) -> Iterator[HtmlElement]:
    # few pages have such a class: comparing the attribute strings first avoids creating element objects
    names = set(_CLASSES(root))
    hiding = (
        {value for value in names if not rules.classes.isdisjoint(value.split())} if rules.classes else set()
    )
    hiding |= {
        value
        for value in names
        if any(map(value.__contains__, _SCREEN_READER_KEYWORDS)) and _is_screen_reader_class(value)
    }
    if hiding:
        yield from (element for element in _WITH_CLASS(root) if element.get("class") in hiding)
    if rules.ids:
        yield from (element for element in _WITH_ID(root) if element.get("id") in rules.ids)


def _is_screen_reader_class(names: str) -> bool:
    return bool(_SCREEN_READER_CLASS.search(names)) and not _SHOWN_WHEN_WIDE.search(names)


class _HidingRules:
    """Classes and ids that the `<style>` elements of a page hide."""

    def __init__(self, css: str) -> None:
        self.classes: set[str] = set()
        self.ids: set[str] = set()
        self.page_background = ""
        css = css[:_MAX_CSS]
        for selectors, declarations in _css_rules(_COMMENT.sub("", css) if "/*" in css else css):
            if "." in selectors or "#" in selectors:
                if not any(map(declarations.__contains__, _HIDING_KEYWORDS)):
                    continue
                if hides_text(declarations) or PageColours.sets_same_colour(declarations):
                    self._add(selectors)
            elif selectors.strip() == "body":
                self.page_background = declarations

    def _add(self, selectors: str) -> None:
        for one in selectors.split(","):
            found = _SIMPLE.fullmatch(one.strip())
            if found:
                (self.classes if found[1] == "." else self.ids).add(found[2])


def _css_rules(css: str) -> Iterator[tuple[str, str]]:
    """Selectors and declarations of the rules that are not inside `@media` or another block."""
    depth = 0
    for piece in css.split("}"):
        opened = piece.count("{")
        if depth == 0 and opened == 1:
            selectors, _, declarations = piece.partition("{")
            if "@" not in selectors.rpartition(";")[2]:
                yield selectors.rpartition(";")[2], declarations
        depth = max(0, depth + opened - 1)


def _is_openable(element: HtmlElement, controlled: set[str]) -> bool:
    """Whether a visitor can open the element with a click, for example an accordion or a tab."""
    if element.get("role") in _PANELS and "aria-labelledby" in element.attrib:
        return True
    if element.get("id") in controlled:
        return element.tag not in _PAGE_CHROME and next(element.iterancestors(*_PAGE_CHROME), None) is None
    before = element.getprevious()
    return before is not None and bool(_IS_TOGGLE(before))


def _is_whole_page(element: HtmlElement, page_length: int) -> bool:
    """Whether the element is the page itself, hidden until a script shows it."""
    return _text_length(element) > _WHOLE_PAGE_SHARE * page_length


def _text_length(element: HtmlElement) -> int:
    return int(_STRING_LENGTH(element))


def _remove(element: HtmlElement) -> None:
    """Like `drop_tree`, but accepts an element whose ancestor was already removed."""
    if element.getparent() is not None:
        element.drop_tree()
