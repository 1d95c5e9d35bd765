"""Mark captions and credits of pictures that are not in a `figcaption`, so that they are not read as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from lxml import etree
from lxml.html import HtmlElement

from bot.extract.html_tree import elements_with_class
from bot.extract.word_count import count_words

_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_NAMES = frozenset(
    {
        "credit", "credits", "photocredit", "photocredits", "photocred", "imagecredit", "imagecredits",
        "imgcredit", "mediacredit", "legend", "bildtext", "bildunterschrift", "bildnachweis", "bildquelle",
        "bildinfo", "fotocredit", "fotonachweis", "legende", "legenda", "leyenda", "piefoto", "didascalia",
        "onderschrift", "bijschrift", "fotobijschrift", "bildtexte", "kuvateksti", "billedtekst",
    }
)  # fmt: skip
_CAPTION = "caption"
_KEYWORDS = (_CAPTION, "cred", "legend", "leyenda", "bild", "foto", "didascalia", "schrift", "tekst")
"""Names of captions have one of these words, which is much faster to find."""
_SIZES = frozenset({"large", "small", "medium", "bold", "md", "sm", "lg", "xl", "xs", "strong", "regular"})
"""After "caption" they name a size of letters, not a caption."""
_TAGS = frozenset({"p", "div", "span", "small", "cite", "em", "i", "dd", "section", "td", "aside", "footer"})
_PICTURES = ("img", "picture", "video", "amp-img", "noscript", "canvas", "svg", "iframe", "object")
_HAS_PICTURE = etree.XPath(
    f"boolean(descendant-or-self::*[{' or '.join(f'self::{tag}' for tag in _PICTURES)}])"
)
_HAS_OTHER = etree.XPath(
    "boolean(descendant::*[self::h1 or self::h2 or self::h3 or self::li or self::table or self::pre"
    " or self::blockquote])"
)
_FIGURES = etree.XPath("/descendant::figure")
_CAPTIONS = etree.XPath("descendant::figcaption")
_IN_CAPTION = etree.XPath("boolean(ancestor::figcaption)")
_MAX_WORDS = 90
_MAX_ELEMENTS = 300
"""How many elements and figures are looked at: a page cannot make this slow."""
_MAX_LENGTH, _MAX_NODES = 2000, 400
_LEVELS = 3
_MAX_OTHER_TEXT = 150
"""Characters beside the caption in the element around a picture and its caption."""


def mark_captions(root: HtmlElement, class_attributes: AbstractSet[str]) -> None:
    """Turn captions into `figcaption` elements, in place: by their class beside a picture, or in a figure."""
    named = {value for value in class_attributes if _may_name(value.lower()) and _names_a_caption(value)}
    for element in elements_with_class(root, named)[:_MAX_ELEMENTS]:
        if element.tag in _TAGS and _is_caption(element):
            element.tag = "figcaption"
    for figure in _FIGURES(root)[:_MAX_ELEMENTS]:
        _mark_text_of_figure(figure)


def _may_name(lower: str) -> bool:
    return any(map(lower.__contains__, _KEYWORDS))


def _names_a_caption(value: str) -> bool:
    return any(_is_caption_name(name) for name in value.split())


def _is_caption_name(name: str) -> bool:
    parts = [part.lower() for part in _PART.findall(name)]
    for at, part in enumerate(parts):
        after = parts[at + 1] if at + 1 < len(parts) else ""
        if (part.endswith(_CAPTION) or part in _NAMES) and after not in _SIZES:
            return True
    return "".join(parts) in _NAMES


def _is_caption(element: HtmlElement) -> bool:
    if _is_long(element) or _IN_CAPTION(element) or _HAS_OTHER(element):
        return False
    return _is_beside_picture(element)


def _is_long(element: HtmlElement) -> bool:
    return _length(element) > _MAX_LENGTH or count_words(element.text_content()) > _MAX_WORDS


def _length(element: HtmlElement) -> int:
    """The number of characters of the text; more than `_MAX_LENGTH` if the element is large."""
    length = 0
    for number, one in enumerate(element.iter()):
        length += len((one.text or "").strip()) + (len((one.tail or "").strip()) if one is not element else 0)
        if length > _MAX_LENGTH or number > _MAX_NODES:
            return _MAX_LENGTH + 1
    return length


def _is_beside_picture(element: HtmlElement) -> bool:
    """Whether a picture is in the element, beside it, or in an element around it with little other text."""
    length = _length(element)
    neighbours = (element, *_siblings_without_text(element))
    if any(_HAS_PICTURE(one) for one in neighbours):
        return True
    around = element.getparent()
    for _ in range(_LEVELS):
        if around is None or around.tag in ("body", "article", "main"):
            return False
        if _length(around) - length > _MAX_OTHER_TEXT:
            return False
        if _HAS_PICTURE(around):
            return True
        around = around.getparent()
    return False


def _siblings_without_text(element: HtmlElement) -> Iterator[HtmlElement]:
    """The elements directly before and after it, if they have no text of their own."""
    for sibling in (element.getprevious(), element.getnext()):
        if sibling is not None and _length(sibling) == 0:
            yield sibling


def _mark_text_of_figure(figure: HtmlElement) -> None:
    """Mark what little text a figure with a picture has outside of its `figcaption`."""
    if _is_long(figure) or not _HAS_PICTURE(figure) or _HAS_OTHER(figure):
        return
    captioned = sum(_length(caption) for caption in _CAPTIONS(figure))
    if _length(figure) <= captioned:
        return
    for element in list(figure):
        if element.tag in _TAGS and _length(element) and not _CAPTIONS(element):
            element.tag = "figcaption"
