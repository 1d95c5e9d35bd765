"""Elements as cssselect2 sees them, with a limit on the number of elements that it visits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

import cssselect2
from lxml.html import HtmlElement

_SIBLINGS_PER_STEP = 20


class StepsUsedUp(Exception):
    """Matching has used the steps of a page."""


class Steps:
    """The steps that are left for a page."""

    def __init__(self, left: int) -> None:
        self._left = left
        self._wrapped: dict[HtmlElement, SelectorElement] = {}

    def use(self, steps: int = 1) -> None:
        """Count steps. Raises `StepsUsedUp`."""
        self._left -= steps
        if self._left < 0:
            raise StepsUsedUp

    def wrap(self, element: HtmlElement) -> SelectorElement:
        """The element for cssselect2. Takes one step."""
        self.use()
        wrapped = self._wrapped.get(element)
        if wrapped is None:
            wrapped = self._wrapped[element] = SelectorElement(element, self)
        return wrapped


class SelectorElement(cssselect2.ElementWrapper):  # type: ignore[misc]
    """An element as cssselect2 sees it. Relatives are looked up when a selector asks, and are counted."""

    def __init__(self, element: HtmlElement, steps: Steps) -> None:
        self.etree_element = element
        self.in_html_document = True
        self.transport_content_language = None
        self._steps = steps

    def _wrap(self, element: HtmlElement | None) -> SelectorElement | None:
        return None if element is None else self._steps.wrap(element)

    def _wrap_all(self, elements: Iterable[HtmlElement]) -> Iterator[SelectorElement]:
        return map(self._steps.wrap, elements)

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
        self._steps.use(1 + len(parent) // _SIBLINGS_PER_STEP)
        return list(parent)

    @cached_property
    def index(self) -> int:
        parent = self.etree_element.getparent()
        if parent is None:
            return 0
        self._steps.use(1 + len(parent) // _SIBLINGS_PER_STEP)
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
