"""The style of single elements: which declarations apply to an element, and which of them wins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from lxml.html import HtmlElement

from bot.extract.css.colours import parse_colour
from bot.extract.css.custom_properties import substitute
from bot.extract.css.declarations import Declaration, is_css_wide, parse_declarations
from bot.extract.css.element_paths import ElementPath
from bot.extract.css.matching import Matching
from bot.extract.css.numbers import first_number
from bot.extract.css.page_rules import PageRules
from bot.extract.css.property_families import FAMILIES
from bot.extract.css.rules import Rule
from bot.extract.css.selectors import Specificity

Priority = tuple[bool, bool, int, Specificity, int]
"""Important, in a `style` attribute, rank of the layer, specificity, order."""
MatchedRule = tuple[Rule, Specificity]
_STYLING = frozenset({"[style", "[color", "[bgcolor"})
"""Attributes that style an element by their values."""
_ATTRIBUTE: Priority = (False, False, -1, (0, 0, 0), -1)
_NONE = (0, 0, 0)
_FONT_SIZES = ("small", "medium", "large", "larger", "smaller")
_DISPLAY = re.compile(
    r"(?:-(?:webkit|moz|ms)-)?(?:none|block|inline|contents|flow|flow-root|list-item|run-in|ruby"
    r"|(?:inline-)?(?:block|flex|flexbox|grid|table|box)"
    r"|table-(?:row|cell|caption|column|row-group|header-group|footer-group|column-group))"
)


class Cascade:
    """Computes the style of elements from the rules of a page and their `style` attributes."""

    def __init__(self, rules: PageRules, matching: Matching) -> None:
        self._rules = rules
        self._matching = matching
        self._path_rules: dict[tuple[ElementPath, str], tuple[list[MatchedRule], list[Rule]]] = {}
        self._path_winners: dict[tuple[ElementPath, str], Mapping[str, str]] = {}
        self._declarations: dict[tuple[int, str], Sequence[Declaration]] = {}
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
        attributes = element.attrib
        return (
            "style" in attributes
            or not self._matching.names_of(element).isdisjoint(self._rules.by_name(family))
            or (family == "colour" and ("color" in attributes or "bgcolor" in attributes))
        )

    def _winners(self, element: HtmlElement, family: str) -> Mapping[str, str]:
        """The winning values of an element, before custom properties are replaced."""
        path = self._matching.path_of(element)
        matched, undecided = self._rules_on_path(path, family)
        own = [
            (rule, specificity)
            for rule in undecided
            if (specificity := self._matching.specificity(rule.selector, element)) is not None
        ]
        if own or not path.names.isdisjoint(_STYLING):
            return self._choose([*matched, *own], family, element.attrib)
        key = path, family
        if key not in self._path_winners:
            self._path_winners[key] = self._choose(matched, family, {})
        return self._path_winners[key]

    def _choose(
        self, matched: Iterable[MatchedRule], family: str, attributes: Mapping[str, str]
    ) -> Mapping[str, str]:
        winners = _Winners()
        for attribute, name in (("color", "color"), ("bgcolor", "background")):
            if attribute in attributes:
                given = (Declaration(name, attributes[attribute].lower(), False),)
                for one in _of_family(given, family):
                    winners.add(one, _ATTRIBUTE)
        for rule, specificity in matched:
            for one in self._declarations_of(rule, family):
                layer = -rule.layer if one.important else rule.layer
                winners.add(one, (one.important, False, layer, specificity, rule.order))
        if "style" in attributes:
            for one in _of_family(parse_declarations(attributes["style"]), family):
                winners.add(one, (one.important, True, 0, _NONE, 0))
        return winners.values

    def _rules_on_path(self, path: ElementPath, family: str) -> tuple[list[MatchedRule], list[Rule]]:
        """The rules that match all elements of a path, and those that may match some of them."""
        key = path, family
        found = self._path_rules.get(key)
        if found is not None:
            return found
        rules = self._rules.by_name(family)
        matched: list[MatchedRule] = []
        undecided: list[Rule] = []
        for rule in {rule.order: rule for name in path.names for rule in rules.get(name, ())}.values():
            specificity, some = self._matching.match_path(rule.selector, path)
            if some:
                undecided.append(rule)
            elif specificity is not None:
                matched.append((rule, specificity))
        self._path_rules[key] = matched, undecided
        return matched, undecided

    def _declarations_of(self, rule: Rule, family: str) -> Sequence[Declaration]:
        key = rule.order, family
        found = self._declarations.get(key)
        if found is None:
            parsed = parse_declarations(rule.declarations)
            found = self._declarations[key] = [*_of_family(parsed, family)]
        return found

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
    """The declaration with the highest priority for each property."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self._priorities: dict[str, Priority] = {}

    def add(self, one: Declaration, priority: Priority) -> None:
        best = self._priorities.get(one.name)
        if best is None or best <= priority:
            self._priorities[one.name] = priority
            self.values[one.name] = one.value


def _of_family(declarations: Iterable[Declaration], family: str) -> Iterator[Declaration]:
    """The valid ones of the declarations whose properties belong to a family."""
    properties = FAMILIES[family]
    for one in declarations:
        if (one.name in properties if properties else one.name.startswith("--")) and _is_valid(one):
            yield one


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
