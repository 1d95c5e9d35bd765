"""Write formulas as text. One that cannot be written leaves a mark, so that its sentence is not picked."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from lxml import etree
from lxml.html import HtmlElement

from bot.core.models import MISSING_PART
from bot.extract.running_text.math_text import mathml_text, tex_text
from bot.extract.running_text.tree_text import change_texts, is_in_running_text, replace

_NAMED = etree.XPath("//@class[contains(., 'MathJax') or contains(., 'katex')]/..")
_OUTER = re.compile(r"(?:^|\s)(?:katex(?:-display)?|MathJax\S*|mwe-math-element)(?:\s|$)")
_FORMULA_NAME = re.compile(r"latex|\btex\b|math|formula|equation|\beq\b|codecogs")
_KEYWORDS = ("tex", "math", "formula", "equation", "eq", "codecogs")
"""Names of formulas have one of these words, which is faster to find."""
_NUMBER = re.compile(r"[\d.,\s+\-−=×·^/()%²³¹⁰⁴-⁹]*\d[\d.,\s+\-−=×·^/()%²³¹⁰⁴-⁹]*")
_TEX_IN_TEXT = re.compile(r"\\\((.{1,200}?)\\\)|\\\[(.{1,500}?)\\\]|\$\$(.{1,500}?)\$\$", re.DOTALL)
_PLACEHOLDER = re.compile(r"\[Math Processing(?: Error)?\]")
_MARKS = ("\\(", "\\[", "$$", "[Math ")
_NOT_PROSE = ("pre", "code", "script", "style", "textarea")


def write_formulas(root: HtmlElement, class_attributes: AbstractSet[str]) -> None:
    """Replace MathML, KaTeX, MathJax and pictures of formulas by text or by `MISSING_PART`."""
    is_named = any("MathJax" in value or "katex" in value for value in class_attributes)
    for element in [*root.iter("math", "mjx-container"), *(_NAMED(root) if is_named else ())]:
        if element.getparent() is None:
            continue
        outer = _outermost(element)
        replace(outer, _text_of_formula(outer) or MISSING_PART)
    for script in list(root.iter("script")):
        if script.get("type", "").startswith("math/tex"):
            replace(script, tex_text(script.text or "") or MISSING_PART)
    for picture in root.iter("img"):
        _write_picture(picture)
    body = root.find("body")
    if body is not None:
        change_texts(body, _MARKS, _without_tex, skipped=_NOT_PROSE)


def _outermost(element: HtmlElement) -> HtmlElement:
    found = element
    for ancestor in element.iterancestors():
        if _OUTER.search(ancestor.get("class", "")) or ancestor.tag == "mjx-container":
            found = ancestor
    return found


def _text_of_formula(element: HtmlElement) -> str | None:
    formula = element if element.tag == "math" else next(element.iter("math"), None)
    if formula is None:
        return None
    return mathml_text(formula) or tex_text(formula.get("alttext", ""))


def _write_picture(picture: HtmlElement) -> None:
    alt = picture.get("alt", "").strip()
    source = picture.get("src", "").partition("?")[0]
    named = f"{picture.get('class', '')} {source}"
    is_formula = "\\" in alt or _names_a_formula(named.lower())
    if not (is_formula or _NUMBER.fullmatch(alt)) or not is_in_running_text(picture):
        return
    tail = picture.tail
    picture.tail = None
    replacement = etree.Element("span")
    replacement.text, replacement.tail = tex_text(alt) or MISSING_PART, tail
    picture.addnext(replacement)
    picture.drop_tree()


def _names_a_formula(names: str) -> bool:
    return any(map(names.__contains__, _KEYWORDS)) and _FORMULA_NAME.search(names) is not None


def _without_tex(text: str) -> str:
    text = _PLACEHOLDER.sub(MISSING_PART, text)
    return _TEX_IN_TEXT.sub(
        lambda found: tex_text(found[1] or found[2] or found[3] or "") or MISSING_PART, text
    )
