"""Find elements whose text may have nearly the colour of what is behind it.

White text is on nearly every page, but few elements with white text may also have a white background. The
cascade is computed only for those.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement

from bot.extract.css.colours import WHITE, Colour, colours_in, parse_colour
from bot.extract.css.named_elements import elements_by_name, elements_of_body
from bot.extract.css.page_rules import PageRules
from bot.extract.css.property_families import (
    background_colour,
    background_values,
    may_have_background,
    text_colours,
)
from bot.extract.css.rules import Rule

_STYLES = etree.XPath("/descendant::*/@style", smart_strings=False)
_WITH_OWN_COLOUR = etree.XPath("(//@style | //@color | //@bgcolor)/parent::*")
_BACKGROUNDS = etree.XPath("/descendant::*/@bgcolor", smart_strings=False)
_MAX_BACKGROUNDS = 200
"""Every colour of a text is compared with so many; pages have a few dozen."""

Colours = AbstractSet[Colour] | None
"""Colours that something may have; None if they are not known."""


class Background(NamedTuple):
    """A background that the elements of a selector may have, and the colours of texts that it is near to."""

    selector: str
    near: Colours

    def may_hide(self, texts: Colours) -> bool:
        """Whether one of the texts may have its colour."""
        return texts is None or self.near is None or not self.near.isdisjoint(texts)


_ANY = (Background("*", None),)


class SameColour:
    """The search on one page. `may_load_styles` tells whether it may load style sheets that are not known."""

    def __init__(self, root: HtmlElement, rules: PageRules, *, may_load_styles: bool) -> None:
        self._root = root
        self._rules = rules
        self._may_load_styles = may_load_styles
        self._near_background: dict[Colour, bool] = {}

    def is_near_background(self, colour: Colour) -> bool:
        """Whether a colour is nearly that of a background somewhere on the page."""
        if colour not in self._near_background:
            self._near_background[colour] = any(map(colour.is_near, self._background_colours))
        return self._near_background[colour]

    def texts(self, declarations: str) -> Colours:
        """The colours that declarations may give to text."""
        variants = self._rules.possible_values.variants(declarations)
        if variants is None:
            return None
        return {colour for one in variants for colour in text_colours(one)}

    def on_background(self, texts: Iterable[Colours]) -> Mapping[HtmlElement, Sequence[Background]]:
        """The elements that may have a background near to the colour of a text, with these backgrounds."""
        if not self._may_load_styles:
            return dict.fromkeys(elements_of_body(self._root), _ANY)
        given = list(texts)
        known = {colour for colours in given for colour in colours or ()}
        by_name: dict[str, list[Background]] = defaultdict(list)
        for rule, near in self._backgrounds_near(known):
            if near is None or near or None in given:
                for name in self._rules.names_of(rule):
                    by_name[name].append(Background(rule.selector, near))
        found: dict[HtmlElement, Sequence[Background]] = {}
        if by_name:
            named = elements_by_name(elements_of_body(self._root), frozenset(by_name))
            for name, backgrounds in by_name.items():
                for element in named.get(name, ()):
                    found[element] = [*found.get(element, ()), *backgrounds]
        found.update(dict.fromkeys(_WITH_OWN_COLOUR(self._root), _ANY))
        return found

    def _backgrounds_near(self, texts: AbstractSet[Colour]) -> Iterator[tuple[Rule, Colours]]:
        """The rules that may give a background, each with the colours of texts that it is near to."""
        for rule in self._rules.with_word("background"):
            if self._rules.names_of(rule) and may_have_background(rule.declarations.lower()):
                colours = self._backgrounds(rule.declarations)
                near = None if colours is None else {one for one in texts if any(map(one.is_near, colours))}
                yield rule, near

    def _backgrounds(self, declarations: str) -> Colours:
        """The colours of backgrounds that declarations may give."""
        values = background_values(declarations)
        if values is None:
            return None
        possible = self._rules.possible_values.parts(values)
        if possible is None:
            return None
        return {colour for value in possible for colour in colours_in(" ".join(value.split()))}

    def _known_backgrounds(self, declarations: str) -> Iterable[Colour]:
        """The colours of backgrounds that declarations may give, without those that are not known."""
        if "var(" not in declarations.lower():
            colour = background_colour(declarations)
            return () if colour is None else (colour,)
        colours = self._backgrounds(declarations)
        if colours is not None:
            return colours
        variants = self._rules.possible_values.variants(declarations) or ()
        return {colour for one in variants if (colour := background_colour(one)) is not None}

    @cached_property
    def _background_colours(self) -> tuple[Colour, ...]:
        given = [parse_colour(value) for value in _BACKGROUNDS(self._root)]
        given += [background_colour(value) for value in set(_STYLES(self._root))]
        found = dict.fromkeys(colour for colour in (WHITE, *given) if colour is not None)
        for rule in self._rules.with_word("background"):
            if self._rules.names_of(rule):
                found.update(dict.fromkeys(self._known_backgrounds(rule.declarations)))
        return tuple(found)[:_MAX_BACKGROUNDS]
