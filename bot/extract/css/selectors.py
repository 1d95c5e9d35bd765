"""Compile selectors, and tell without compiling which elements they may match."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import cssselect2
from lxml import etree
from lxml.html import HtmlElement

_MAX_BRACKETS = 12

_WITHOUT_TEXT = frozenset(
    ("script", "style", "template", "link", "meta", "svg", "path", "img", "source", "br")
)
_CLASSES = etree.XPath("//@class", smart_strings=False)
_IDS = etree.XPath("//@id", smart_strings=False)
_SELECTOR = re.compile(r"(?:[^,()\[\]]|\((?:[^()]|\((?:[^()]|\([^()]*+\))*+\))*+\)|\[[^\]]*+\])++")
_BRACKETS = re.compile(r"\((?:[^()]|\((?:[^()]|\([^()]*+\))*+\))*+\)|\[[^\]]*+\]")
_SIBLING = re.compile(r"[+~]")
_COMBINATOR = re.compile(r"\s*[>+~]\s*|\s+")
_SIMPLE_GROUP = re.compile(r":(?:where|is)\(\s*([^\s(),>+~:]+)\s*\)(?![\w-])", re.IGNORECASE)
_NEVER_TRUE = re.compile(
    r"::|:(?:before|after|first-letter|first-line|hover|focus|active|visited|target)", re.IGNORECASE
)
_NAME = re.compile(r"([.#]?)(-?[_a-zA-Z\u0080-\U0010ffff][\w\u0080-\U0010ffff-]*)")


_NO_NAMES: frozenset[str] = frozenset()
Specificity = tuple[int, int, int]


class Selector:
    """One compiled selector. A matching element and its ancestors have all of the `path_names`."""

    def __init__(self, compiled: Any, path_names: frozenset[str]) -> None:
        self.specificity: Specificity = tuple(compiled.specificity)
        self.path_names = path_names
        self._test = compiled.test

    def matches(self, element: cssselect2.ElementWrapper) -> bool:
        try:
            return bool(self._test(element))
        except (RecursionError, ValueError, TypeError):
            return False


def compile_selectors(text: str) -> tuple[Selector, ...]:
    """The selectors of a list. An invalid list has none, as in browsers; pseudo-elements are left out."""
    if text.count("(") > _MAX_BRACKETS:
        return ()
    try:
        compiled = cssselect2.compile_selector_list(text)
    except (
        cssselect2.SelectorError,
        SyntaxError,
        NotImplementedError,
        RecursionError,
        MemoryError,
        ValueError,
        TypeError,
        AttributeError,
    ):
        return ()  # cssselect2 does not know it, or its generated code is nested too deeply
    texts = _SELECTOR.findall(text)
    names = (
        [_path_names(one) for one in texts] if len(texts) == len(compiled) else [_NO_NAMES] * len(compiled)
    )
    return tuple(
        Selector(one, required)
        for one, required in zip(compiled, names, strict=True)
        if not one.pseudo_element and not one.never_matches
    )


def _path_names(selector: str) -> frozenset[str]:
    names = _required_names(selector)
    return _NO_NAMES if names is None or _SIBLING.search(_BRACKETS.sub("", selector)) else names[1]


@lru_cache(maxsize=8192)
def required_names(selectors: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """For each selector of a list, names that a page must have for a match: `#id`, `.class` or `tag`.

    Selectors that match no whole element of a page at rest are left out, such as those with `:hover`. The
    first name is one that the matching element itself has, or "" if the selector asks for none. Found without
    parsing, which takes much longer.
    """
    found = (_required_names(selector) for selector in _SELECTOR.findall(selectors))
    return tuple(names for names in found if names is not None)


def _required_names(selector: str) -> tuple[str, frozenset[str]] | None:
    if "\\" in selector:
        return "", frozenset()
    if ":" in selector:
        selector = _SIMPLE_GROUP.sub(r"\1", selector)
        if _NEVER_TRUE.search(_BRACKETS.sub("", selector)):
            return None
    parts = _COMBINATOR.split(_BRACKETS.sub("", selector).strip())
    names = [
        [kind + (name if kind else name.lower()) for kind, name in _NAME.findall(part.partition(":")[0])]
        for part in parts
    ]
    last = max(names[-1], key=lambda name: ".#".find(name[0]), default="")
    return last, frozenset(name for part in names for name in part)


def elements_with_text(root: HtmlElement) -> Iterator[HtmlElement]:
    """The elements of the body that may have text, in page order."""
    body = root.find("body")
    for element in (root if body is None else body).iter():
        if element.tag not in _WITHOUT_TEXT and (len(element) or element.text):
            yield element


def names_in(root: HtmlElement) -> set[str]:
    """The names of all elements."""
    names = {str(element.tag) for element in root.iter()}
    names.update(f".{name}" for value in set(_CLASSES(root)) for name in value.split())
    names.update(f"#{value}" for value in _IDS(root))
    return names


def names_of(element: HtmlElement) -> list[str]:
    """The names of an element as in `required_names`, and the empty one."""
    names = ["", str(element.tag)]
    attributes = element.attrib
    if "class" in attributes:
        names += [f".{name}" for name in attributes["class"].split()]
    if "id" in attributes:
        names.append(f"#{attributes['id']}")
    return names
