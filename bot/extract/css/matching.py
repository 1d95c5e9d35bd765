"""Match selectors against the elements of a page within a limited number of steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

import cssselect2
from lxml.html import HtmlElement

from bot.extract.css.selectors import Selector, Specificity, compile_selectors, names_of

MAX_STEPS = 100_000
"""Elements that matching may visit on one page: up to about half a second of processor time."""
_STEPS_TO_COMPILE = 100
_NAMES_PER_STEP = 50
_SIBLINGS_PER_STEP = 20


class StepsUsedUp(Exception):
    """Matching has used the steps of a page."""


class Matching:
    """The matching of selectors on one page, with a limit on its steps."""

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self._steps_left = steps
        self._wrapped: dict[HtmlElement, SelectorElement] = {}
        self._compiled: dict[str, tuple[Selector, ...]] = {}
        self._own_names: dict[HtmlElement, frozenset[str]] = {}
        self._found: dict[tuple[str, HtmlElement], Specificity | None] = {}
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
        key = selectors, element
        if key not in self._found:
            self.use()
            if selectors not in self._compiled:
                self.use(_STEPS_TO_COMPILE)
                self._compiled[selectors] = compile_selectors(selectors)
            matched = [one.specificity for one in self._compiled[selectors] if self._matches(one, element)]
            self._found[key] = max(matched, default=None)
        return self._found[key]

    def _matches(self, selector: Selector, element: HtmlElement) -> bool:
        if not selector.own_names <= self.names_of(element):
            return False
        return selector.is_compound or (
            selector.path_names <= self._names_on_path(element) and selector.matches(self.wrap(element))
        )

    def names_of(self, element: HtmlElement) -> frozenset[str]:
        """The names of an element as in `required_names`, and the empty one."""
        names = self._own_names.get(element)
        if names is None:
            names = self._own_names[element] = frozenset(names_of(element))
        return names

    def _names_on_path(self, element: HtmlElement | None) -> frozenset[str]:
        """The names of an element and of its ancestors."""
        missing = []
        while element not in self._path_names:
            missing.append(element)
            element = element.getparent() if element is not None else None
        names = self._path_names[element]
        for one in reversed(missing):
            self.use(1 + len(names) // _NAMES_PER_STEP)
            self._path_names[one] = names = names | self.names_of(one)
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
