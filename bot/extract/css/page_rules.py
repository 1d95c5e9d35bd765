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

from bot.extract.css.property_families import may_mention
from bot.extract.css.rules import Rule
from bot.extract.css.selector_names import names_on_page

_WITHOUT_TEXT = frozenset(
    ("script", "style", "template", "link", "meta", "svg", "path", "img", "source", "br")
)
_CLASSES = etree.XPath("//@class", smart_strings=False)
_IDS = etree.XPath("//@id", smart_strings=False)


class PageRules:
    """The rules in the order of the page. `root` must still have all its elements."""

    def __init__(self, root: HtmlElement, rules: Sequence[Rule]) -> None:
        self.all = rules
        self._root = root
        self._lower = [rule.declarations.lower() for rule in rules]
        self._names: dict[int, AbstractSet[str]] = {}
        self._by_name: dict[str, Mapping[str, Sequence[Rule]]] = {}

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
            for rule, lower in zip(self.all, self._lower, strict=True):
                if may_mention(lower, family):
                    for name in self.names_of(rule):
                        found[name].append(rule)
            self._by_name[family] = found
        return self._by_name[family]

    def with_word(self, word: str) -> Iterator[Rule]:
        """The rules whose declarations have a word, in lower case."""
        return (rule for rule, lower in zip(self.all, self._lower, strict=True) if word in lower)

    def _has_name(self, name: str) -> bool:
        return name in self._tags_classes_ids or (name.startswith("[") and name in self._attributes)

    @cached_property
    def _tags_classes_ids(self) -> AbstractSet[str]:
        names = {str(element.tag) for element in self._root.iter()}
        names.update(f".{name}" for value in set(_CLASSES(self._root)) for name in value.split())
        names.update(f"#{value}" for value in _IDS(self._root))
        return names

    @cached_property
    def _attributes(self) -> AbstractSet[str]:
        return {f"[{name}" for element in self._root.iter() for name in element.keys()}  # noqa: SIM118


def elements_with_text(root: HtmlElement) -> list[HtmlElement]:
    """The elements of the body that may have text, in page order."""
    body = root.find("body")
    return [
        element
        for element in (root if body is None else body).iter()
        if element.tag not in _WITHOUT_TEXT and (len(element) or element.text)
    ]


def elements_by_name(
    elements: Iterable[HtmlElement], wanted: frozenset[str]
) -> Mapping[str, Sequence[HtmlElement]]:
    """The elements that have one of the wanted names, by name."""
    found: dict[str, list[HtmlElement]] = defaultdict(list)
    has_ids = any(name.startswith("#") for name in wanted)
    has_attributes = any(name.startswith("[") for name in wanted)
    in_class: dict[str, Sequence[str]] = {}  # many elements have the same class attribute
    for element in elements:
        names = [name for name in ("", element.tag) if name in wanted]
        value = element.get("class")
        if value:
            if value not in in_class:
                in_class[value] = [*wanted.intersection(f".{name}" for name in value.split())]
            names += in_class[value]
        if has_ids and (name := f"#{element.get('id', '')}") in wanted:
            names.append(name)
        if has_attributes:
            names += [f"[{name}" for name in element.keys()]  # noqa: SIM118
        for name in names:
            found[name].append(element)
    return found
