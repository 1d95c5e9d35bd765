"""The names of an element and of its ancestors: all that most selectors ask for.

Elements with equal paths, such as the items of a list, match the same selectors of plain names, so that these
are matched once for each path.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from functools import cached_property

from lxml.html import HtmlElement


class ElementPath:
    """The names of an element, and the path of its parent."""

    def __init__(self, names: frozenset[str], parent: ElementPath | None) -> None:
        self.names = names
        """`#id`, `.class`, `tag`, `[name` for each attribute, `:root`, and the empty name."""
        self.parent = parent

    @cached_property
    def all_names(self) -> frozenset[str]:
        """The names of the element and of its ancestors."""
        missing = [self]
        while (parent := missing[-1].parent) is not None and "all_names" not in parent.__dict__:
            missing.append(parent)
        names = parent.all_names if parent is not None else frozenset()
        for one in reversed(missing[1:]):
            one.__dict__["all_names"] = names = names | one.names
        return names | self.names


class ElementPaths:
    """The paths of the elements of one page."""

    def __init__(self, use: Callable[[], None]) -> None:
        self.relevant_names: Callable[[], AbstractSet[str]] | None = None
        """Gives the names, without their first character, that selectors may ask for; None for all names."""
        self._relevant: AbstractSet[str] | None = None
        self._use = use
        self._of_elements: dict[HtmlElement | None, ElementPath | None] = {None: None}
        self._unique: dict[tuple[frozenset[str], ElementPath | None], ElementPath] = {}

    def path_of(self, element: HtmlElement) -> ElementPath:
        path = self._of_elements.get(element)
        return path or self._add(element)

    def _add(self, element: HtmlElement) -> ElementPath:
        missing = [element]
        while (parent := missing[-1].getparent()) not in self._of_elements:
            missing.append(parent)
        path = self._of_elements[parent]
        if self._relevant is None and self.relevant_names is not None:
            self._relevant = self.relevant_names()
        for one in reversed(missing):
            self._use()
            names = _names_of(one, self._relevant)
            key = names if path is not None else names | {":root"}, path
            path = self._unique.get(key)
            if path is None:
                path = self._unique[key] = ElementPath(*key)
            self._of_elements[one] = path
        assert path is not None
        return path


def _names_of(element: HtmlElement, relevant: AbstractSet[str] | None) -> frozenset[str]:
    names = ["", str(element.tag)]
    for name, value in element.items():
        if relevant is None or name in relevant:
            names.append(f"[{name}")
        if name == "class":
            names += [f".{one}" for one in value.split() if relevant is None or one in relevant]
        elif name == "id" and (relevant is None or value in relevant):
            names.append(f"#{value}")
    return frozenset(names)
