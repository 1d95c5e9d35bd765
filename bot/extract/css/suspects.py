"""Find the elements of a page with a declaration that may make their text invisible.

Only for these the cascade is computed, which takes much longer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from itertools import chain

from lxml import etree
from lxml.html import HtmlElement

from bot.extract.css.matching import Matching
from bot.extract.css.named_elements import elements_by_name, elements_of_body, may_have_text
from bot.extract.css.page_rules import PageRules
from bot.extract.css.property_families import (
    hiding_families,
    may_clip,
    mentioned_families,
    text_colours,
)
from bot.extract.css.rules import Rule
from bot.extract.css.same_colour import Background, SameColour
from bot.extract.css.single_values import SAME_COLOUR, without_harmless_values

_STYLES = etree.XPath("/descendant::*/@style", smart_strings=False)
_WITH_STYLE = etree.XPath("/descendant::*/@style/..")
_WITH_COLOUR = etree.XPath("/descendant::*/@color/..")


class Suspects:
    """The search for elements that may be invisible.

    `has_frames` tells whether animations have a last frame,
    `may_load_styles` whether style sheets may be loaded that are not known.
    """

    def __init__(
        self,
        root: HtmlElement,
        rules: PageRules,
        matching: Matching,
        *,
        has_frames: bool,
        may_load_styles: bool,
    ) -> None:
        self._root = root
        self._rules = rules
        self._matching = matching
        self._has_frames = has_frames
        self._same_colour = SameColour(root, rules, may_load_styles=may_load_styles)

    def find(self) -> Mapping[HtmlElement, AbstractSet[str]]:
        """The elements with a declaration that may hide them, each with the families of its properties.

        In page order. May raise `StepsUsedUp`.
        """
        suspects: dict[HtmlElement, set[str]] = defaultdict(set)
        values = {value: self._suspicious_families(value) for value in set(_STYLES(self._root))}
        if any(values.values()):
            for element in _WITH_STYLE(self._root):
                if families := values.get(element.get("style"), frozenset()):
                    suspects[element].update("colour" if one == SAME_COLOUR else one for one in families)
        for element in _WITH_COLOUR(self._root):
            suspects[element].add("colour")
        found = [
            (rule, families)
            for rule in self._rules.all
            if (families := self._suspicious_families(rule.declarations, rule))
        ]
        if found:
            self._add_matched(found, suspects)
        if not suspects:
            return {}
        return {
            one: suspects[one]
            for one in elements_of_body(self._root)
            if one in suspects and may_have_text(one)
        }

    def decidable(self, element: HtmlElement, families: AbstractSet[str]) -> AbstractSet[str]:
        """The families without `size` if nothing may clip the text of an element, however small it is.

        May raise `StepsUsedUp`.
        """
        if "size" not in families or self._has_frames:
            return families
        clipped = may_clip(element.get("style", "").lower()) or any(
            self._matching.specificity(selector, element) is not None
            for name in self._matching.names_of(element)
            for selector in self._clipping.get(name, ())
        )
        return families if clipped else families - {"size"}

    def _suspicious_families(self, declarations: str, rule: Rule | None = None) -> frozenset[str]:
        """The families by which declarations may hide text; none if their rule matches nothing."""
        lower = declarations.lower()
        if "var(" not in lower:
            families = self._families_of(declarations) - self._harmless
            if not families or (rule is not None and not self._rules.names_of(rule)):
                return frozenset()
        else:
            if rule is not None and not self._rules.names_of(rule):
                return frozenset()
            families = self._families_of_variants(declarations, lower)
        if not families:
            return families
        return without_harmless_values(declarations, families, self._rules.possible_values.variants)

    def _families_of_variants(self, declarations: str, lower: str) -> frozenset[str]:
        variants = self._rules.possible_values.variants(declarations)
        if variants is None:
            return mentioned_families(lower) - {"custom", "motion"}
        return frozenset(chain.from_iterable(map(self._families_of, variants))) - self._harmless

    def _families_of(self, declarations: str) -> frozenset[str]:
        families = hiding_families(declarations)
        colours = text_colours(declarations)
        if not colours:
            return families
        if any(colour.is_transparent for colour in colours):
            return families | {"colour"}
        if any(map(self._same_colour.is_near_background, colours)):
            return families | {SAME_COLOUR}
        return families

    @cached_property
    def _harmless(self) -> frozenset[str]:
        """Families that hide nothing by themselves."""
        return frozenset({"custom"} if self._has_frames else {"custom", "motion"})

    @cached_property
    def _clipping(self) -> Mapping[str, Sequence[str]]:
        """The selectors of the rules that may clip, by a name of the elements that they match."""
        found: dict[str, list[str]] = defaultdict(list)
        for rule in self._rules.with_word("overflow"):
            if may_clip(rule.declarations.lower()):
                for name in self._rules.names_of(rule):
                    found[name].append(rule.selector)
        return found

    def _add_matched(
        self, rules: list[tuple[Rule, frozenset[str]]], suspects: dict[HtmlElement, set[str]]
    ) -> None:
        wanted = frozenset(name for rule, _ in rules for name in self._rules.names_of(rule))
        elements = elements_by_name(elements_of_body(self._root), wanted)
        texts = {
            rule.order: self._same_colour.texts(rule.declarations)
            for rule, families in rules
            if SAME_COLOUR in families
        }
        on_background = self._same_colour.on_background(texts.values()) if texts else {}
        for rule, families in rules:
            for name in self._rules.names_of(rule):
                self._matching.use(len(elements.get(name, ())))
                for element in elements.get(name, ()):
                    relevant = families
                    if SAME_COLOUR in families:
                        relevant = families - {SAME_COLOUR}
                        colours = texts[rule.order]
                        behind = [one for one in on_background.get(element, ()) if one.may_hide(colours)]
                        if self._matches_one(behind, element):
                            relevant |= {"colour"}
                    if relevant and element in suspects:
                        relevant = relevant - suspects[element]
                    if relevant and self._matching.specificity(rule.selector, element) is not None:
                        suspects[element].update(relevant)

    def _matches_one(self, backgrounds: Iterable[Background], element: HtmlElement) -> bool:
        return any(self._matching.specificity(selector, element) is not None for selector, _ in backgrounds)
