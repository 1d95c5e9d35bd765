"""The elements of a page that its own style sheets and `style` attributes make invisible."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cached_property
from itertools import chain

from lxml import etree
from lxml.html import HtmlElement

from bot.extract.css.cascade import Cascade
from bot.extract.css.colours import WHITE, Colour, colours_in, parse_colour
from bot.extract.css.custom_properties import PossibleValues
from bot.extract.css.declarations import is_picture, parse_declarations
from bot.extract.css.invisible import INHERITED, hiding_property
from bot.extract.css.matching import Matching
from bot.extract.css.media_queries import media_matches
from bot.extract.css.page_rules import PageRules, elements_by_name, elements_with_text
from bot.extract.css.property_families import (
    FAMILIES,
    background_colour,
    hiding_families,
    may_clip,
    may_have_background,
    may_mention,
    text_colours,
)
from bot.extract.css.rules import Rule, RuleScanner
from bot.extract.css.selector_element import StepsUsedUp

_SHEETS = etree.XPath("//style[not(ancestor::noscript) and not(ancestor::template)]")
_LINKED = etree.XPath("boolean(//link[contains(@rel, 'stylesheet')])")
_LOADS_STYLES = etree.XPath("boolean(//link[contains(@rel, 'stylesheet') or @as='style'] | //script[@src])")
_STYLES = etree.XPath("//@style", smart_strings=False)
_WITH_STYLE = etree.XPath("//@style/..")
_WITH_COLOUR = etree.XPath("//@color/..")
_WITH_OWN_COLOUR = etree.XPath("(//@style | //@color | //@bgcolor)/parent::*")
_BACKGROUNDS = etree.XPath("//@bgcolor", smart_strings=False)
_SHARE = re.compile(r"[\d.]+(?:em|%)|larger|smaller")
_MAX_BACKGROUNDS = 200
"""Every colour of a text is compared with so many; pages have a few dozen."""
_SAME_COLOUR = "same colour"


class PageStyles:
    """What the styles inside a page, without linked style sheets, say about its elements."""

    def __init__(self, root: HtmlElement, matching: Matching | None = None) -> None:
        self._root = root
        self._matching = matching or Matching()
        scanner = RuleScanner()
        for sheet in _SHEETS(root):
            if sheet.text and media_matches(sheet.get("media", "")):
                scanner.scan(sheet.text)
        self._rules = PageRules(root, scanner.rules)
        self._last_frames = scanner.last_frames
        self._near_background: dict[Colour, bool] = {}
        self._has_linked_sheets = bool(_LINKED(root))
        self._may_load_styles = bool(_LOADS_STYLES(root))

    @cached_property
    def _cascade(self) -> Cascade:
        return Cascade(self._rules, self._matching)

    @cached_property
    def _elements(self) -> list[HtmlElement]:
        return elements_with_text(self._root)

    def hidden_elements(self) -> Iterator[tuple[HtmlElement, str]]:
        """Invisible elements in page order, each with the property that hides it.

        Ends early when matching has used its steps: what was not looked at counts as visible.
        """
        try:
            suspects = self._suspects()
            if suspects:
                for element in self._elements:
                    if element in suspects:
                        families = self._decidable(element, suspects[element])
                        if families and (reason := self._reason(element, families)):
                            yield element, reason
        except StepsUsedUp:
            return

    def shows(self, element: HtmlElement) -> bool:
        """Whether the styles give the element a `display` value that shows it, despite `hidden`."""
        return self.style_of(element, "display").get("display", "none") != "none"

    def style_of(self, element: HtmlElement, family: str) -> Mapping[str, str]:
        """As `Cascade.style_of`; nothing is known once the steps are used up."""
        try:
            return self._cascade.style_of(element, family)
        except StepsUsedUp:
            return {}

    def visible_parts(self, element: HtmlElement, reason: str) -> list[HtmlElement]:
        """The parts of an element that undo what hides it; the element itself if that cannot be found out."""
        family = INHERITED.get(reason)
        try:
            return [
                part
                for part in element.iterdescendants()
                if family is not None
                and self._cascade.may_declare(part, family)
                and self._undoes(part, family)
            ]
        except StepsUsedUp:
            return [element]

    def _undoes(self, part: HtmlElement, family: str) -> bool:
        style = self._cascade.style_of(part, family)
        # a size in em or percent is a share of the size that hides the text
        declared = any(not _SHARE.fullmatch(value) for value in style.values())
        return declared and self._reason(part, frozenset({family, "motion"})) is None

    def _reason(self, element: HtmlElement, families: Iterable[str]) -> str | None:
        """The property among those of the families that hides the element; None if it is visible."""
        style: dict[str, str] = {}
        for family in families:
            style.update(self._cascade.style_of(element, family))
        if self._last_frames and "motion" in families:
            style.update(self._end_of_animation(element))
        reason = hiding_property(style)
        return reason or (_SAME_COLOUR if self._has_colour_of_background(element, style) else None)

    def _end_of_animation(self, element: HtmlElement) -> Mapping[str, str]:
        animation = self._cascade.style_of(element, "motion").get("animation-name", "").split()
        stays = "forwards" in animation or "both" in animation
        frames = [self._last_frames[name] for name in animation if stays and name in self._last_frames]
        return {one.name: one.value for frame in frames for one in parse_declarations(frame)}

    def _suspects(self) -> dict[HtmlElement, set[str]]:
        """The elements with a declaration that may hide them, each with the families of its properties."""
        suspects: dict[HtmlElement, set[str]] = defaultdict(set)
        values = {value: self._suspicious_families(value) for value in set(_STYLES(self._root))}
        if any(values.values()):
            for element in _WITH_STYLE(self._root):
                if families := values.get(element.get("style"), frozenset()):
                    suspects[element].update("colour" if one == _SAME_COLOUR else one for one in families)
        for element in _WITH_COLOUR(self._root):
            suspects[element].add("colour")
        rules = ((rule, self._suspicious_families(rule.declarations)) for rule in self._rules.all)
        found = [(rule, families) for rule, families in rules if families and self._rules.names_of(rule)]
        if found:
            self._add_matched(found, suspects)
        return suspects

    def _decidable(self, element: HtmlElement, families: set[str]) -> set[str]:
        """The families without `size` if nothing may clip the text of an element, however small it is."""
        if "size" not in families or self._last_frames:
            return families
        clipped = may_clip(element.get("style", "").lower()) or not self._names_with_clipping.isdisjoint(
            self._matching.names_of(element)
        )
        return families if clipped else families - {"size"}

    def _suspicious_families(self, declarations: str) -> frozenset[str]:
        lower = declarations.lower()
        if "var(" not in lower:
            return self._families_of(declarations) - self._harmless
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
        return families | {_SAME_COLOUR} if any(map(self._is_near_background, colours)) else families

    @cached_property
    def _harmless(self) -> frozenset[str]:
        """Families that hide nothing by themselves."""
        return frozenset({"custom"} if self._last_frames else {"custom", "motion"})

    def _on_background(self) -> AbstractSet[HtmlElement]:
        """The elements for which a background may be known that their text can be compared with."""
        if not self._may_load_styles:
            return frozenset(self._elements)
        names = frozenset(
            name
            for rule in self._rules.with_word("background")
            if may_have_background(rule.declarations.lower())
            for name in self._rules.names_of(rule)
        )
        found = elements_by_name(self._elements, names)
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
        elements = elements_by_name(self._elements, wanted)
        on_background = self._on_background() if any(_SAME_COLOUR in one for _, one in rules) else frozenset()
        for rule, families in rules:
            without_colour = families - {_SAME_COLOUR}
            with_colour = without_colour | {"colour"} if _SAME_COLOUR in families else without_colour
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

    def _has_colour_of_background(self, element: HtmlElement, style: Mapping[str, str]) -> bool:
        colour = parse_colour(style.get("text-fill-color", style.get("color", "")))
        shadows = colours_in(style.get("text-shadow", ""))
        if colour is None or style.get("background-clip") == "text" or shadows:
            return False
        background = self._background_of(element)
        return background is not None and colour.is_near(background)

    def _background_of(self, element: HtmlElement) -> Colour | None:
        """The colour behind the text of an element; None if it is a picture or unknown."""
        own = "color" in element.attrib or text_colours(element.get("style", ""))
        if self._may_load_styles and not own:
            # a style sheet that is loaded may change the colour of the text or of what is behind it
            background = self._cascade.style_of(element, "colour").get("background", "")
            colour = None if is_picture(background) else next(iter(colours_in(background)), None)
            return None if colour is None or colour.is_transparent else colour
        one: HtmlElement | None = element
        while one is not None:
            background = self._cascade.style_of(one, "colour").get("background", "")
            if is_picture(background):
                return None
            colours = colours_in(background)
            if colours and not colours[0].is_transparent:
                return colours[0]
            one = one.getparent()
        # a page without a background and without a linked style sheet is white
        return None if self._has_linked_sheets else WHITE
