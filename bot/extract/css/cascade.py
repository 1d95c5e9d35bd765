"""The style of single elements: which declarations apply to an element, and which of them wins."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from lxml.html import HtmlElement

from bot.extract.css.colours import parse_colour
from bot.extract.css.custom_properties import substitute
from bot.extract.css.declarations import Declaration, is_css_wide, parse_declarations
from bot.extract.css.matching import Matching
from bot.extract.css.numbers import first_number
from bot.extract.css.property_families import FAMILIES, mentioned_families
from bot.extract.css.rules import Rule
from bot.extract.css.selectors import Specificity, names_of, required_names

Priority = tuple[bool, bool, int, Specificity, int]
"""Important, in a `style` attribute, rank of the layer, specificity, order."""
_ATTRIBUTE: Priority = (False, False, -1, (0, 0, 0), -1)
_NONE = (0, 0, 0)
_FONT_SIZES = ("small", "medium", "large", "larger", "smaller")
_DISPLAY = re.compile(
    r"(?:-(?:webkit|moz|ms)-)?(?:none|block|inline|contents|flow|flow-root|list-item|run-in|ruby"
    r"|(?:inline-)?(?:block|flex|flexbox|grid|table|box)"
    r"|table-(?:row|cell|caption|column|row-group|header-group|footer-group|column-group))"
)
_COLOURS = ("currentcolor", "color-mix(", "light-dark(")


class Cascade:
    """Computes the style of elements from the rules of a page and their `style` attributes."""

    def __init__(self, rules: Iterable[Rule], matching: Matching) -> None:
        self._matching = matching
        self._rules: dict[str, dict[str, list[Rule]]] = {family: defaultdict(list) for family in FAMILIES}
        for rule in rules:
            names = {name for name, _ in required_names(rule.selector)}
            for family in mentioned_families(rule.declarations):
                for name in names:
                    self._rules[family][name].append(rule)
        self._styles: dict[tuple[HtmlElement, str], Mapping[str, str]] = {}
        self._variables: dict[HtmlElement | None, Mapping[str, str]] = {None: {}}

    def style_of(self, element: HtmlElement, family: str) -> Mapping[str, str]:
        """The winning value of each property of a family that is declared for the element.

        Nothing is inherited. Custom properties are replaced. May raise `StepsUsedUp`.
        """
        key = element, family
        if key not in self._styles:
            style = self._winners(element, family)
            if any("var(" in value for value in style.values()):
                variables = self._variables_of(element)
                style = {name: substitute(value, variables) for name, value in style.items()}
            self._styles[key] = {name: value for name, value in style.items() if not is_css_wide(value)}
        return self._styles[key]

    def may_declare(self, element: HtmlElement, family: str) -> bool:
        """Whether the element may have a declaration of the family; False is certain."""
        rules = self._rules[family]
        attributes = element.attrib
        return (
            "style" in attributes
            or any(name in rules for name in names_of(element))
            or (family == "colour" and ("color" in attributes or "bgcolor" in attributes))
        )

    def _winners(self, element: HtmlElement, family: str) -> dict[str, str]:
        winners = _Winners(FAMILIES[family])
        for attribute, name in (("color", "color"), ("bgcolor", "background")):
            if attribute in element.attrib:
                winners.add(Declaration(name, element.attrib[attribute].lower(), False), _ATTRIBUTE)
        for rule, specificity in self._matching_rules(element, family):
            for one in parse_declarations(rule.declarations):
                layer = -rule.layer if one.important else rule.layer
                winners.add(one, (one.important, False, layer, specificity, rule.order))
        if "style" in element.attrib:
            for one in parse_declarations(element.attrib["style"]):
                winners.add(one, (one.important, True, 0, _NONE, 0))
        return winners.values

    def _matching_rules(self, element: HtmlElement, family: str) -> Iterator[tuple[Rule, Specificity]]:
        """The rules that match an element, each with the greatest specificity of its selectors."""
        rules = self._rules[family]
        seen: set[int] = set()
        for rule in (rule for name in names_of(element) for rule in rules.get(name, ())):
            if rule.order not in seen:
                seen.add(rule.order)
                specificity = self._matching.specificity(rule.selector, element)
                if specificity is not None:
                    yield rule, specificity

    def _variables_of(self, element: HtmlElement | None) -> Mapping[str, str]:
        missing = []
        while element not in self._variables:
            missing.append(element)
            element = element.getparent() if element is not None else None
        variables = self._variables[element]
        for one in reversed(missing):
            own = self._winners(one, "custom")
            if own:
                variables = {**variables, **own}
                own = {name: substitute(value, variables) for name, value in own.items()}
                variables = {**variables, **own}
            self._variables[one] = variables
        return variables


class _Winners:
    """The declaration with the highest priority for each property; if none are given, custom properties."""

    def __init__(self, properties: frozenset[str]) -> None:
        self.values: dict[str, str] = {}
        self._properties = properties
        self._priorities: dict[str, Priority] = {}

    def add(self, one: Declaration, priority: Priority) -> None:
        if one.name not in self._properties and (self._properties or not one.name.startswith("--")):
            return
        best = self._priorities.get(one.name)
        if (best is None or best <= priority) and _is_valid(one):
            self._priorities[one.name] = priority
            self.values[one.name] = one.value


def _is_valid(one: Declaration) -> bool:
    """Whether a browser knows the value; it ignores a declaration with an unknown one."""
    value = one.value
    if "var(" in value or is_css_wide(value):
        return True
    if one.name == "display":
        return all(map(_DISPLAY.fullmatch, value.split()))
    if one.name == "visibility":
        return value in ("visible", "hidden", "collapse")
    if one.name in ("opacity", "zoom"):
        return value in ("normal", "reset") or first_number(value) is not None
    if one.name == "font-size":
        return first_number(value) is not None or value.endswith(_FONT_SIZES)
    if one.name in ("color", "text-fill-color"):
        return parse_colour(value) is not None or value.startswith(
            ("currentcolor", "color-mix(", "light-dark(")
        )
    return True
