"""The rules of a page's style sheets, found by the names that a matching element has.

Most rules are never asked for: which names a rule needs, and whether the page has them, is found out for each
rule when it matters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property

from lxml import etree
from lxml.html import HtmlElement

from bot.extract.css.custom_properties import PossibleValues
from bot.extract.css.property_families import has_escapes, mentioned_families
from bot.extract.css.rules import Rule
from bot.extract.css.selector_names import classes_and_ids, names_on_page, words_of
from bot.extract.html_tree import class_attributes_of

_STYLES = etree.XPath("/descendant::*/@style", smart_strings=False)
_STYLING_ATTRIBUTES = frozenset(("style", "color", "bgcolor"))
_IDS = etree.XPath("//@id", smart_strings=False)


class PageRules:
    """The rules in the order of the page. `root` must still have all its elements."""

    def __init__(
        self, root: HtmlElement, rules: Iterable[Rule], class_attributes: AbstractSet[str] | None = None
    ) -> None:
        self._root = root
        self._class_attributes = class_attributes
        self._tags: dict[str, bool] = {}
        self._names: dict[int, AbstractSet[str]] = {}
        self._by_name: dict[str, Mapping[str, Sequence[Rule]]] = {}
        self.all = [rule for rule in rules if self._may_match(rule.selector)]
        """Those of the rules whose classes and identifiers the page may have, at least of one selector."""
        self._lower = [rule.declarations.lower() for rule in self.all]

    def mentioned_names(self) -> AbstractSet[str]:
        """The names in all selectors, without their first character, and those of styling attributes."""
        return words_of(rule.selector for rule in self.all) | _STYLING_ATTRIBUTES

    def names_of(self, rule: Rule) -> AbstractSet[str]:
        """Names of which an element that the rule matches has at least one.

        Empty if the rule matches no element of the page.
        """
        names = self._names.get(rule.order)
        if names is None:
            names = self._names[rule.order] = names_on_page(rule.selector, self._has_name)
        return names

    def by_name(self, family: str) -> Mapping[str, Sequence[Rule]]:
        """The rules that may have declarations of a family, by the `names_of` each rule."""
        if family not in self._by_name:
            found: dict[str, list[Rule]] = defaultdict(list)
            for rule in self._by_family.get(family, ()):
                for name in self.names_of(rule):
                    found[name].append(rule)
            self._by_name[family] = found
        return self._by_name[family]

    @cached_property
    def _by_family(self) -> Mapping[str, Sequence[Rule]]:
        found: dict[str, list[Rule]] = defaultdict(list)
        for rule, lower in zip(self.all, self._lower, strict=True):
            for family in mentioned_families(lower):
                found[family].append(rule)
        return found

    def with_word(self, word: str) -> Iterator[Rule]:
        """The rules whose declarations may have a word, given in lower case."""
        return (
            rule
            for rule, lower in zip(self.all, self._lower, strict=True)
            if word in lower or has_escapes(lower)
        )

    @cached_property
    def possible_values(self) -> PossibleValues:
        """What custom properties may be."""
        defining = (rule.declarations for rule in self.with_word("--") if self.names_of(rule))
        return PossibleValues([*defining, *set(_STYLES(self._root))])

    def _may_match(self, selectors: str) -> bool:
        """Quick, for all rules of a page: False is certain."""
        wanted = classes_and_ids(selectors)
        return wanted is None or any(map(self._classes_and_ids.issuperset, wanted))

    def _has_name(self, name: str) -> bool:
        if name.startswith((".", "#")):
            return name in self._classes_and_ids
        if name.startswith("["):
            return name in self._attributes
        if name not in self._tags:
            self._tags[name] = not name.startswith("{") and next(self._root.iter(name), None) is not None
        return self._tags[name]

    @cached_property
    def _classes_and_ids(self) -> set[str]:
        values = self._class_attributes
        if values is None:
            values = class_attributes_of(self._root)
        names = {f".{name}" for value in values for name in value.split()}
        names.update(f"#{value}" for value in _IDS(self._root))
        return names

    @cached_property
    def _attributes(self) -> AbstractSet[str]:
        return {f"[{name}" for element in self._root.iter() for name in element.keys()}  # noqa: SIM118
