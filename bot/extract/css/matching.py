"""Match selectors against the elements of a page within a limited number of steps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from collections.abc import Set as AbstractSet

from lxml.html import HtmlElement

from bot.extract.css.element_paths import ElementPath, ElementPaths
from bot.extract.css.selector_element import Steps
from bot.extract.css.selector_names import needed_names
from bot.extract.css.selectors import Ancestor, Selector, Specificity, compile_plain, compile_selectors

MAX_STEPS = 100_000
"""Elements that matching may visit on one page: up to about half a second of processor time."""
_STEPS_TO_COMPILE = 100

PathMatch = tuple[Specificity | None, tuple[Selector, ...]]
"""The greatest specificity of the selectors that match all elements of a path, and those that may match some
of them."""


class Matching(Steps):
    """The matching of selectors on one page, with a limit on its steps."""

    def __init__(self, steps: int = MAX_STEPS) -> None:
        super().__init__(steps)
        self._paths = ElementPaths(self.use)
        self._compiled: dict[str, tuple[Selector, ...]] = {}
        self._on_paths: dict[tuple[str, ElementPath], PathMatch] = {}
        self._below: dict[Ancestor, dict[ElementPath, bool]] = defaultdict(dict)
        self._tested: dict[tuple[Selector, HtmlElement], bool] = {}

    def limit_names(self, relevant_names: Callable[[], AbstractSet[str]]) -> None:
        """Leave out the names that no selector asks for, so that more elements have equal paths."""
        self._paths.relevant_names = relevant_names

    def path_of(self, element: HtmlElement) -> ElementPath:
        """The names of an element and of its ancestors. May raise `StepsUsedUp`."""
        return self._paths.path_of(element)

    def names_of(self, element: HtmlElement) -> frozenset[str]:
        """The names of an element as in `required_names`, and the empty one. May raise `StepsUsedUp`."""
        return self._paths.path_of(element).names

    def specificity(self, selectors: str, element: HtmlElement) -> Specificity | None:
        """The greatest specificity of those selectors of a list that match; None if none does.

        May raise `StepsUsedUp`.
        """
        best, undecided = self.match_path(selectors, self.path_of(element))
        for selector in undecided:
            if (best is None or selector.specificity > best) and self._passes(selector, element):
                best = selector.specificity
        return best

    def match_path(self, selectors: str, path: ElementPath) -> PathMatch:
        """Which selectors of a list match the elements of a path. May raise `StepsUsedUp`."""
        key = selectors, path
        found = self._on_paths.get(key)
        if found is None:
            found = self._on_paths[key] = self._match_path(selectors, path)
        return found

    def _match_path(self, selectors: str, path: ElementPath) -> PathMatch:
        self.use()
        compiled = self._compiled.get(selectors)
        if compiled is None:
            compiled = compile_plain(selectors)
            if compiled is None:
                if not any(
                    own <= path.names and every <= path.all_names for own, every in needed_names(selectors)
                ):
                    return None, ()
                compiled = compile_selectors(selectors)
                self.use(_STEPS_TO_COMPILE - 1)
            self._compiled[selectors] = compiled
            self.use()
        best: Specificity | None = None
        undecided = []
        for one in compiled:
            if not one.own_names <= path.names:
                continue
            if not one.is_plain:
                if one.path_names <= path.all_names:
                    undecided.append(one)
            elif (best is None or one.specificity > best) and (
                one.ancestor is None or self._is_below(path, one.ancestor)
            ):
                best = one.specificity
        return best, tuple(undecided)

    def _passes(self, selector: Selector, element: HtmlElement) -> bool:
        key = selector, element
        passes = self._tested.get(key)
        if passes is None:
            passes = self._tested[key] = selector.matches(self.wrap(element))
        return passes

    def _is_below(self, path: ElementPath, ancestor: Ancestor) -> bool:
        """Whether the elements of a path have such an ancestor."""
        if ancestor.is_parent:
            return path.parent is not None and self._is_ancestor(path.parent, ancestor)
        known = self._below[ancestor]
        passed = []
        one: ElementPath | None = path
        found = False
        while one is not None and not found:
            if one in known:
                found = known[one]
                break
            self.use()
            passed.append(one)
            one = one.parent
            found = one is not None and self._is_ancestor(one, ancestor)
        known.update(dict.fromkeys(passed, found))
        return found

    def _is_ancestor(self, path: ElementPath, ancestor: Ancestor) -> bool:
        return ancestor.names <= path.names and (ancestor.next is None or self._is_below(path, ancestor.next))
