"""Takes out of a tree what a person at the screen would not see.

All readers let hidden text through, and hidden text is where a page speaks to machines only. What is
recognised: elements that are never shown; `hidden`, `aria-hidden`, `inert`, `popover`; and, in
`style` attributes and in `<style>` rules for one class or id, the declarations of `_HIDING`.
Rules inside `@media` and the like are left alone, and so is whatever linked style sheets do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from lxml.html import HtmlElement

from bot.extract.colours import PageColours

_SIZE0 = r"0*\.?0+(?:px|pt|em|rem|%|vw|vh)?\s*(?:;|!|$)"
_FAR = r"-\s*(?:\d{3,}(?:\.\d+)?(?:px|pt|em|rem|%|vw|vh)|[5-9]\d(?:em|rem))"
_WORTH_A_LOOK = re.compile(
    r"none|hidden|collapse|:\s*0|:\s*\.0|-\s*[5-9]\d|-\s*\d{3}|scale|clip|translate", re.IGNORECASE
)
_CSS_PARTS = ("none", "hidden", "opacity", "font-size", "indent", "clip", "-9", "collapse", "scale", "#fff")
"""Most rules have none of these: the expressions need not look at them."""
_LONGEST_CSS = 400_000
_HIDING = re.compile(
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
_SR_ONLY = re.compile(
    r"(?:^|\s)(?:sr-only|visually-?hidden|screen-reader-(?:text|only)|screenreader|u-hidden-visually|d-none)(?:\s|$)",
    re.IGNORECASE,
)
_SR_PARTS = ("sr-only", "hidden", "screen", "d-none")
_RESPONSIVE = re.compile(r"(?:^|\s)d-(?:\w\w-)?(?:block|flex|inline|grid|table)", re.IGNORECASE)

_NEVER_SHOWN = etree.XPath(
    "//script | //style | //template | //link | //svg | //iframe | //object | //dialog[not(@open)]"
    " | //input[@type='hidden']"
)
_NO_SCRIPT = etree.XPath("//noscript")
_MARKED = etree.XPath(
    "//*[@hidden or @inert or @popover or @aria-hidden='true' or @style or @color or @bgcolor]"
)
_CLASSES = etree.XPath("//@class", smart_strings=False)
_WITH_CLASS = etree.XPath("//*[@class]")
_WITH_ID = etree.XPath("//*[@id]")
_STYLES = etree.XPath("//style/text()", smart_strings=False)
_SHEETS = etree.XPath("boolean(//link[contains(@rel, 'stylesheet')])")
_TEXT_LENGTH = etree.XPath("string-length(normalize-space(.))")
_SCRIPTS = etree.XPath("//script/text()", smart_strings=False)
_SEGMENTS = etree.XPath("//*[@hidden and starts-with(@id, 'S:')]")
_MARKS = etree.XPath("//template[starts-with(@id, 'B:') or starts-with(@id, 'P:')]")
_MOVES = re.compile(r'\$R[A-Z]\("([BS]:\w+)",\s*"([SP]:\w+)"')
_CONTROLLED = etree.XPath("//@aria-controls", smart_strings=False)
_SWITCH = etree.XPath("boolean(descendant-or-self::*[@aria-expanded or @role='button'])")
_PANELS = frozenset({"region", "tabpanel"})
_CHROME = ("nav", "header", "footer", "form")
_ROOTS = frozenset({"html", "body", "head"})
_WHOLE = 0.5
"""A larger share of the page's text than this is not hidden by what scripts undo on loading."""


def strip_hidden(root: HtmlElement) -> None:
    """Remove hidden elements from the tree in place; the text that follows them stays."""
    rules = _Rules(" ".join(_STYLES(root)))
    colours = PageColours(root, rules.page_background, linked=bool(_SHEETS(root)))
    _put_streamed_in_place(root)
    for element in _NEVER_SHOWN(root):
        _drop(element)
    whole = _length(root)
    for element in _NO_SCRIPT(root):
        if _length(element) > _WHOLE * whole:  # the page proper, for visitors without scripts
            element.drop_tag()
        else:
            _drop(element)
    controlled = set(" ".join(_CONTROLLED(root)).split())
    for element in [*_marked(root, colours), *_classed(root, rules)]:
        if element.tag in _ROOTS or _opens(element, controlled):
            continue
        if "hidden" in element.attrib or not _is_page(element, whole):
            _drop(element)


def _put_streamed_in_place(root: HtmlElement) -> None:
    """Do what React's scripts do with what the server sent late: put segments where their marks wait."""
    marks = {element.get("id"): element for element in _MARKS(root)}
    if not marks:
        return
    segments = {element.get("id"): element for element in _SEGMENTS(root)}
    moves = {
        segment: mark for pair in _MOVES.findall(" ".join(_SCRIPTS(root))) for mark, segment in [sorted(pair)]
    }
    for name, segment in segments.items():
        number = name[2:]
        mark = marks.get(moves.get(name, ""), marks.get(f"B:{number}", marks.get(f"P:{number}")))
        if mark is not None and mark.getparent() is not None and segment not in mark.iterancestors():
            segment.attrib.pop("hidden", None)
            mark.addnext(segment)


def _marked(root: HtmlElement, colours: PageColours) -> Iterator[HtmlElement]:
    for element in _MARKED(root):
        attributes = element.attrib
        if "hidden" in attributes or "inert" in attributes or "popover" in attributes:
            if attributes.get("hidden") != "until-found":
                yield element
        elif (
            attributes.get("aria-hidden") == "true"
            or hides(attributes.get("style", ""))
            or colours.invisible(element)
        ):
            yield element


def hides(declarations: str) -> bool:
    """Whether CSS declarations keep an element's text from being seen."""
    if not _WORTH_A_LOOK.search(declarations):
        return False
    if _HIDING.search(declarations):
        return True
    return bool(_CLIPPED.search(declarations) and _NO_SIZE.search(declarations))


def _classed(root: HtmlElement, rules: _Rules) -> Iterator[HtmlElement]:
    # few pages have such a class, so the strings are looked at before any element is made of them
    names = set(_CLASSES(root))
    hiding = (
        {value for value in names if not rules.classes.isdisjoint(value.split())} if rules.classes else set()
    )
    hiding |= {value for value in names if any(map(value.__contains__, _SR_PARTS)) and _screen_reader(value)}
    if hiding:
        yield from (element for element in _WITH_CLASS(root) if element.get("class") in hiding)
    if rules.ids:
        yield from (element for element in _WITH_ID(root) if element.get("id") in rules.ids)


def _screen_reader(names: str) -> bool:
    return bool(_SR_ONLY.search(names)) and not _RESPONSIVE.search(names)


class _Rules:
    """Classes and ids that a page's own `<style>` elements hide."""

    def __init__(self, css: str) -> None:
        self.classes: set[str] = set()
        self.ids: set[str] = set()
        self.page_background = ""
        css = css[:_LONGEST_CSS]
        for selectors, declarations in _rules(_COMMENT.sub("", css) if "/*" in css else css):
            if "." in selectors or "#" in selectors:
                if not any(map(declarations.__contains__, _CSS_PARTS)):
                    continue
                if hides(declarations) or PageColours.same(declarations):
                    self._note(selectors)
            elif selectors.strip() == "body":
                self.page_background = declarations

    def _note(self, selectors: str) -> None:
        for one in selectors.split(","):
            found = _SIMPLE.fullmatch(one.strip())
            if found:
                (self.classes if found[1] == "." else self.ids).add(found[2])


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """Selectors and declarations of the rules that stand in no `@media` or other block."""
    depth = 0
    for piece in css.split("}"):
        opened = piece.count("{")
        if depth == 0 and opened == 1:
            selectors, _, declarations = piece.partition("{")
            if "@" not in selectors.rpartition(";")[2]:
                yield selectors.rpartition(";")[2], declarations
        depth = max(0, depth + opened - 1)


def _opens(element: HtmlElement, controlled: set[str]) -> bool:
    """Whether a reader opens the element with a click on what is shown: an accordion, a tab."""
    if element.get("role") in _PANELS and "aria-labelledby" in element.attrib:
        return True
    if element.get("id") in controlled:
        return element.tag not in _CHROME and next(element.iterancestors(*_CHROME), None) is None
    before = element.getprevious()
    return before is not None and bool(_SWITCH(before))


def _is_page(element: HtmlElement, whole: int) -> bool:
    """Whether the element is the page itself, waiting for a script to fade it in."""
    return _length(element) > _WHOLE * whole


def _length(element: HtmlElement) -> int:
    return int(_TEXT_LENGTH(element))


def _drop(element: HtmlElement) -> None:
    """Like `drop_tree`, but an element whose ancestor is gone already is no error."""
    if element.getparent() is not None:
        element.drop_tree()
