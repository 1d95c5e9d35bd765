"""Match selectors against elements within a limited number of steps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from typing import Any

import cssselect2
from lxml import etree
from lxml.html import HtmlElement

MAX_STEPS = 200_000
"""Elements that matching may visit on one page: up to about a second of processor time."""
_STEPS_TO_COMPILE = 100
_NAMES_PER_STEP = 50
_SIBLINGS_PER_STEP = 20
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


class StepsUsedUp(Exception):
    """Matching has used the steps of a page."""


class Matching:
    """The matching of selectors on one page, with a limit on its steps."""

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self._steps_left = steps
        self._wrapped: dict[HtmlElement, SelectorElement] = {}
        self._compiled: dict[str, tuple[Selector, ...]] = {}
        self._path_names: dict[HtmlElement | None, frozenset[str]] = {None: frozenset()}

    def use(self, steps: int = 1) -> None:
        """Count steps. Raises `StepsUsedUp`."""
        self._steps_left -= steps
        if self._steps_left < 0:
            raise StepsUsedUp

    def wrap(self, element: HtmlElement) -> SelectorElement:
        self.use()
        wrapped = self._wrapped.get(element)
        if wrapped is None:
            wrapped = self._wrapped[element] = SelectorElement(element, self)
        return wrapped

    def specificity(self, selectors: str, element: HtmlElement) -> Specificity | None:
        """The greatest specificity of those selectors of a list that match; None if none does."""
        self.use()
        if selectors not in self._compiled:
            self.use(_STEPS_TO_COMPILE)
            self._compiled[selectors] = compile_selectors(selectors)
        names = self._names_on_path(element)
        matched = [
            one.specificity
            for one in self._compiled[selectors]
            if one.path_names <= names and one.matches(self.wrap(element))
        ]
        return max(matched, default=None)

    def _names_on_path(self, element: HtmlElement | None) -> frozenset[str]:
        """The names of an element and of its ancestors."""
        missing = []
        while element not in self._path_names:
            missing.append(element)
            element = element.getparent() if element is not None else None
        names = self._path_names[element]
        for one in reversed(missing):
            self.use(1 + len(names) // _NAMES_PER_STEP)
            self._path_names[one] = names = names.union(names_of(one))
        return names


class SelectorElement(cssselect2.ElementWrapper):  # type: ignore[misc]
    """An element as cssselect2 sees it. Relatives are looked up when a selector asks, and are counted."""

    def __init__(self, element: HtmlElement, matching: Matching) -> None:
        self.etree_element = element
        self.in_html_document = True
        self.transport_content_language = None
        self._matching = matching

    def _wrap(self, element: HtmlElement | None) -> SelectorElement | None:
        return None if element is None else self._matching.wrap(element)

    def _wrap_all(self, elements: Iterable[HtmlElement]) -> Iterator[SelectorElement]:
        return map(self._matching.wrap, elements)

    @cached_property
    def parent(self) -> SelectorElement | None:
        return self._wrap(self.etree_element.getparent())

    @cached_property
    def previous(self) -> SelectorElement | None:
        return self._wrap(self.etree_element.getprevious())

    @property
    def etree_siblings(self) -> list[HtmlElement]:
        parent = self.etree_element.getparent()
        if parent is None:
            return [self.etree_element]
        self._matching.use(1 + len(parent) // _SIBLINGS_PER_STEP)
        return list(parent)

    @cached_property
    def index(self) -> int:
        parent = self.etree_element.getparent()
        if parent is None:
            return 0
        self._matching.use(1 + len(parent) // _SIBLINGS_PER_STEP)
        return int(parent.index(self.etree_element))

    @property
    def ancestors(self) -> Iterator[SelectorElement]:
        return self._wrap_all(self.etree_element.iterancestors())

    @property
    def previous_siblings(self) -> Iterator[SelectorElement]:
        return self._wrap_all(self.etree_element.itersiblings(preceding=True))

    def iter_siblings(self) -> Iterator[SelectorElement]:
        return self._wrap_all(self.etree_siblings)

    def iter_next_siblings(self) -> Iterator[SelectorElement]:
        return self._wrap_all(self.etree_element.itersiblings())

    def iter_children(self) -> Iterator[SelectorElement]:
        return self._wrap_all(self.etree_element)

    def iter_subtree(self) -> Iterator[SelectorElement]:
        return self._wrap_all(self.etree_element.iter())


class Selector:
    """One compiled selector. A matching element and its ancestors have all of the `path_names`."""

    def __init__(self, compiled: Any, path_names: frozenset[str]) -> None:
        self.specificity: Specificity = tuple(compiled.specificity)
        self.path_names = path_names
        self._test = compiled.test

    def matches(self, element: SelectorElement) -> bool:
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
