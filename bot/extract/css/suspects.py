"""Find the elements of a page with a declaration that may make their text invisible.

Only for these the cascade is computed, which takes much longer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cached_property
from itertools import chain

from lxml import etree
from lxml.html import HtmlElement

from bot.extract.css.colours import WHITE, Colour, parse_colour
from bot.extract.css.custom_properties import PossibleValues
from bot.extract.css.matching import Matching
from bot.extract.css.named_elements import elements_by_name, may_have_text
from bot.extract.css.page_rules import PageRules
from bot.extract.css.property_families import (
    FAMILIES,
    background_colour,
    hiding_families,
    may_clip,
    may_have_background,
    may_mention,
    text_colours,
)
from bot.extract.css.rules import Rule
from bot.extract.css.single_values import without_harmless_values

_STYLES = etree.XPath("//@style", smart_strings=False)
_WITH_STYLE = etree.XPath("//@style/..")
_WITH_COLOUR = etree.XPath("//@color/..")
_WITH_OWN_COLOUR = etree.XPath("(//@style | //@color | //@bgcolor)/parent::*")
_BACKGROUNDS = etree.XPath("//@bgcolor", smart_strings=False)
_MAX_BACKGROUNDS = 200
"""Every colour of a text is compared with so many; pages have a few dozen."""
SAME_COLOUR = "same colour"


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
        self._may_load_styles = may_load_styles
        self._near_background: dict[Colour, bool] = {}

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
        return {one: suspects[one] for one in self._elements() if one in suspects and may_have_text(one)}

    def _elements(self) -> Iterator[HtmlElement]:
        body = self._root.find("body")
        return (self._root if body is None else body).iter()

    def decidable(self, element: HtmlElement, families: AbstractSet[str]) -> AbstractSet[str]:
        """The families without `size` if nothing may clip the text of an element, however small it is.

        May raise `StepsUsedUp`.
        """
        if "size" not in families or self._has_frames:
            return families
        clipped = may_clip(element.get("style", "").lower()) or not self._names_with_clipping.isdisjoint(
            self._matching.names_of(element)
        )
        return families if clipped else families - {"size"}

    def _suspicious_families(self, declarations: str, rule: Rule | None = None) -> frozenset[str]:
        """The families by which declarations may hide text; none if they are those of a rule without matches."""
        lower = declarations.lower()
        if "var(" in lower:
            return self._families_of_variants(declarations, lower)
        families = self._families_of(declarations) - self._harmless
        if not families or (rule is not None and not self._rules.names_of(rule)):
            return frozenset()
        return without_harmless_values(declarations, families)

    def _families_of_variants(self, declarations: str, lower: str) -> frozenset[str]:
        """Which values custom properties have together is not known: the values are not looked at one by one."""
        variants = self._possible_values.variants(declarations)
        if variants is None:
            mentioned = frozenset(family for family in FAMILIES if may_mention(lower, family))
            return mentioned - {"custom", "motion"}
        return frozenset(chain.from_iterable(map(self._families_of, variants))) - self._harmless

    def _families_of(self, declarations: str) -> frozenset[str]:
        families = hiding_families(declarations)
        colours = text_colours(declarations)
        if not colours:
            return families
        if any(colour.is_transparent for colour in colours):
            return families | {"colour"}
        return families | {SAME_COLOUR} if any(map(self._is_near_background, colours)) else families

    @cached_property
    def _harmless(self) -> frozenset[str]:
        """Families that hide nothing by themselves."""
        return frozenset({"custom"} if self._has_frames else {"custom", "motion"})

    def _on_background(self) -> AbstractSet[HtmlElement]:
        """The elements for which a background may be known that their text can be compared with."""
        if not self._may_load_styles:
            return frozenset(self._elements())
        names = frozenset(
            name
            for rule in self._rules.with_word("background")
            if may_have_background(rule.declarations.lower())
            for name in self._rules.names_of(rule)
        )
        found = elements_by_name(self._elements(), names)
        return {*_WITH_OWN_COLOUR(self._root), *(one for name in names for one in found.get(name, ()))}

    @cached_property
    def _names_with_clipping(self) -> frozenset[str]:
        """Names that an element that a rule may clip has at least one of."""
        return frozenset(
            name
            for rule in self._rules.all
            if may_clip(rule.declarations.lower())
            for name in self._rules.names_of(rule)
        )

    @cached_property
    def _possible_values(self) -> PossibleValues:
        defining = (rule for rule in self._rules.with_word("--") if self._rules.names_of(rule))
        return PossibleValues([*(rule.declarations for rule in defining), *set(_STYLES(self._root))])

    def _add_matched(
        self, rules: list[tuple[Rule, frozenset[str]]], suspects: dict[HtmlElement, set[str]]
    ) -> None:
        wanted = frozenset(name for rule, _ in rules for name in self._rules.names_of(rule))
        elements = elements_by_name(self._elements(), wanted)
        on_background = self._on_background() if any(SAME_COLOUR in one for _, one in rules) else frozenset()
        for rule, families in rules:
            without_colour = families - {SAME_COLOUR}
            with_colour = without_colour | {"colour"} if SAME_COLOUR in families else without_colour
            for name in self._rules.names_of(rule):
                self._matching.use(len(elements.get(name, ())))
                for element in elements.get(name, ()):
                    relevant = with_colour if element in on_background else without_colour
                    if relevant and element in suspects:
                        relevant = relevant - suspects[element]
                    if relevant and self._matching.specificity(rule.selector, element) is not None:
                        suspects[element].update(relevant)

    def _is_near_background(self, colour: Colour) -> bool:
        """Whether a colour is nearly that of a background somewhere on the page."""
        if colour not in self._near_background:
            self._near_background[colour] = any(map(colour.is_near, self._background_colours))
        return self._near_background[colour]

    @cached_property
    def _background_colours(self) -> tuple[Colour, ...]:
        given = [parse_colour(value) for value in _BACKGROUNDS(self._root)]
        given += [background_colour(value) for value in set(_STYLES(self._root))]
        found = dict.fromkeys(colour for colour in (WHITE, *given) if colour is not None)
        for rule in self._rules.with_word("background"):
            colour = background_colour(rule.declarations)
            if colour is not None and colour not in found and self._rules.names_of(rule):
                found[colour] = None
        return tuple(found)[:_MAX_BACKGROUNDS]
