"""The elements of a page that its own style sheets and `style` attributes make invisible."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from lxml import etree
from lxml.html import HtmlElement

from bot.extract.css.cascade import Cascade
from bot.extract.css.colours import WHITE, Colour, colours_in, parse_colour
from bot.extract.css.custom_properties import PossibleValues
from bot.extract.css.declarations import is_picture, parse_declarations
from bot.extract.css.invisible import INHERITED, hiding_property
from bot.extract.css.matching import Matching, StepsUsedUp
from bot.extract.css.media_queries import media_matches
from bot.extract.css.property_families import (
    background_colour,
    hiding_families,
    mentioned_families,
    text_colours,
)
from bot.extract.css.rules import Rule, RuleScanner
from bot.extract.css.selectors import elements_with_text, names_in, names_of, required_names

_SHEETS = etree.XPath("//style[not(ancestor::noscript) and not(ancestor::template)]")
_LINKED = etree.XPath("boolean(//link[contains(@rel, 'stylesheet')])")
_LOADS_STYLES = etree.XPath("boolean(//link[contains(@rel, 'stylesheet') or @as='style'] | //script[@src])")
_STYLES = etree.XPath("//@style", smart_strings=False)
_WITH_STYLE = etree.XPath("//*[@style]")
_WITH_COLOUR = etree.XPath("//*[@color]")
_BACKGROUNDS = etree.XPath("//@bgcolor", smart_strings=False)
_SHARE = re.compile(r"[\d.]+(?:em|%)|larger|smaller")
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
        self._rules = list(_rules_with_names(scanner.rules, names_in(root))) if scanner.rules else []
        self._last_frames = scanner.last_frames
        self._has_linked_sheets = bool(_LINKED(root))
        self._may_load_styles = bool(_LOADS_STYLES(root))

    @cached_property
    def _cascade(self) -> Cascade:
        return Cascade(self._rules, self._matching)

    def hidden_elements(self) -> Iterator[tuple[HtmlElement, str]]:
        """Invisible elements in page order, each with the property that hides it.

        Ends early when matching has used its steps: what was not looked at counts as visible.
        """
        try:
            suspects = self._suspects()
            if suspects:
                for element in elements_with_text(self._root):
                    if element in suspects and (reason := self._reason(element, suspects[element])):
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
        return declared and self._reason(part, frozenset({family})) is None

    def _reason(self, element: HtmlElement, families: Iterable[str]) -> str | None:
        """The property among those of the families that hides the element; None if it is visible."""
        style: dict[str, str] = {}
        for family in families:
            style.update(self._cascade.style_of(element, family))
        if self._last_frames and self._cascade.may_declare(element, "motion"):
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
                    suspects[element].update(families)
        for element in _WITH_COLOUR(self._root):
            suspects[element].add("colour")
        rules = [(rule, self._suspicious_families(rule.declarations)) for rule in self._rules]
        rules = [(rule, families) for rule, families in rules if families]
        if rules:
            self._add_matched(rules, suspects)
        return suspects

    def _suspicious_families(self, declarations: str) -> frozenset[str]:
        variants = self._possible_values.variants(declarations)
        if variants is None:
            return mentioned_families(declarations) - {"custom", "motion"}
        families: frozenset[str] = frozenset()
        for variant in variants:
            families |= hiding_families(variant)
            if any(map(self._is_suspicious, text_colours(variant))):
                families |= {"colour"}
        return families - {"custom"}

    def _is_suspicious(self, colour: Colour) -> bool:
        return colour.is_transparent or any(map(colour.is_near, self._background_colours))

    @cached_property
    def _possible_values(self) -> PossibleValues:
        return PossibleValues([*(rule.declarations for rule in self._rules), *set(_STYLES(self._root))])

    def _add_matched(
        self, rules: list[tuple[Rule, frozenset[str]]], suspects: dict[HtmlElement, set[str]]
    ) -> None:
        elements: dict[str, list[HtmlElement]] = defaultdict(list)
        for element in elements_with_text(self._root):
            for name in names_of(element):
                elements[name].append(element)
        for rule, families in rules:
            for name in {name for name, _ in required_names(rule.selector)}:
                for element in elements.get(name, ()):
                    if self._matching.specificity(rule.selector, element) is not None:
                        suspects[element].update(families)

    @cached_property
    def _background_colours(self) -> tuple[Colour, ...]:
        given = [parse_colour(value) for value in _BACKGROUNDS(self._root)]
        given += [background_colour(value) for value in set(_STYLES(self._root))]
        given += [background_colour(rule.declarations) for rule in self._rules]
        return tuple({colour for colour in (*given, WHITE) if colour is not None})

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
            return None if is_picture(background) else next(iter(colours_in(background)), None)
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


def _rules_with_names(rules: Iterable[Rule], names: set[str]) -> Iterator[Rule]:
    """The rules that may match an element of a page with these names."""
    for rule in rules:
        if any(required <= names for _, required in required_names(rule.selector)):
            yield rule
