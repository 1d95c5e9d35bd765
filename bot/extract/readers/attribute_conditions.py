"""Find elements by conditions on their attributes, given as a path of XPath, in a fraction of its time.

Such a path is `.//*[self::div or self::p][@id='story' or contains(@class, 'nav') or re:test(@class, '^ad')]`.
Many elements have the same attributes, so that the result for each attribute is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from lxml.html import HtmlElement

_PATH = re.compile(
    r"(?P<group>\()?\.//\*(?:\[\s*(?P<tags>self::[\w-]+(?:\s+or\s+self::[\w-]+)*)\s*\])?"
    r"\[(?P<conditions>[^\]]*(?:'[^']*'[^\]]*?)*)\](?(group)\))(?P<place>\[1\])?",
)
_CONDITION = re.compile(
    r"\s*(?:"
    r"@(?P<equal>[\w-]+)\s*=\s*'(?P<value>[^']*)'"
    r"|@(?P<present>[\w-]+)(?=\s*(?:or\s|\Z))"
    r"|(?P<function>contains|starts-with|re:test)\(\s*"
    r"(?:translate\(@(?P<translated>[\w-]+),\s*'(?P<from>[^']*)',\s*'(?P<to>[^']*)'\)|(?P<names>@[\w-]+(?:\|@[\w-]+)?))"
    r",\s*'(?P<text>[^']*)'(?:,\s*'(?P<flags>i)')?\s*\)"
    r")\s*(?:or(?=\s)|\Z)"
)
_MAX_LENGTH = 400
"""Results for longer attributes are not kept: a page could fill the memory with them."""
_MAX_RESULTS = 4_096

Attribute = tuple[str, str]
FirstOf = Literal["page", "parent"] | None
"""Whether all elements are found, or the first of the page, or the first below each parent."""
Test = Callable[[str], bool]


def attribute_conditions(path: str) -> AttributeConditions | None:
    """The conditions of a path, of which one has to hold; None if it has anything else."""
    found = _PATH.fullmatch(path.strip())
    if found is None:
        return None
    tests: dict[str, list[Test]] = {}
    joint_tests: dict[tuple[str, ...], list[Test]] = {}
    text, at = found["conditions"].strip(), 0
    while at < len(text):
        condition = _CONDITION.match(text, at)
        if condition is None:
            return None
        at = condition.end()
        names, test = _read(condition)
        if len(names) > 1:
            joint_tests.setdefault(names, []).append(test)
        else:
            tests.setdefault(names[0], []).append(test)
    tags = re.findall(r"self::([\w-]+)", found["tags"] or "") or ["*"]
    first_of: FirstOf = ("page" if found["group"] else "parent") if found["place"] else None
    return AttributeConditions(tags, tests, joint_tests, first_of)


class AttributeConditions:
    """Tests of single attributes, and of the first of several attributes that an element has."""

    def __init__(
        self,
        tags: Sequence[str],
        tests: Mapping[str, Sequence[Test]],
        joint_tests: Mapping[tuple[str, ...], Sequence[Test]],
        first_of: FirstOf,
    ) -> None:
        self._tags = tags
        self._names, self._tests = frozenset(tests), _Results(tests)
        self._joint_tests = [
            (frozenset(names), _Results(dict.fromkeys(names, found))) for names, found in joint_tests.items()
        ]
        self._first_of = first_of

    def elements_in(self, tree: HtmlElement) -> list[HtmlElement]:
        """The elements below the root for which a condition holds, or the first of them as the path says."""
        found: list[HtmlElement] = []
        parents = set[HtmlElement | None]()
        for element in tree.iterdescendants(*self._tags):
            attributes = element.items()
            if attributes and self._holds(attributes):
                if self._first_of == "page":
                    return [element]
                if self._first_of == "parent":
                    parent = element.getparent()
                    if parent in parents:
                        continue
                    parents.add(parent)
                found.append(element)
        return found

    def _holds(self, attributes: list[Attribute]) -> bool:
        names, tests = self._names, self._tests
        for attribute in attributes:
            if attribute[0] in names and tests[attribute]:
                return True
        for names, results in self._joint_tests:
            for attribute in attributes:
                if attribute[0] in names:
                    if results[attribute]:
                        return True
                    break
        return False


class _Results(dict[Attribute, bool]):
    """Whether a test holds for an attribute; results are kept."""

    def __init__(self, tests: Mapping[str, Sequence[Test]]) -> None:
        super().__init__()
        self._of_name = tests

    def __missing__(self, attribute: Attribute) -> bool:
        name, value = attribute
        holds = any(test(value) for test in self._of_name[name])
        if len(value) <= _MAX_LENGTH:
            if len(self) >= _MAX_RESULTS:
                self.clear()
            self[attribute] = holds
        return holds


def _read(condition: re.Match[str]) -> tuple[tuple[str, ...], Test]:
    """The names of the attributes of a condition, and its test."""
    if condition["equal"]:
        return (condition["equal"],), condition["value"].__eq__
    if condition["present"]:
        return (condition["present"],), lambda _: True
    test = _test_of(condition["function"], condition["text"], condition["flags"])
    if condition["translated"]:
        table = str.maketrans(condition["from"], condition["to"])
        return (condition["translated"],), lambda value: test(value.translate(table))
    return tuple(condition["names"].replace("@", "").split("|")), test


def _test_of(function: str, text: str, flags: str | None) -> Test:
    if function == "contains":
        return lambda value: text in value
    if function == "starts-with":
        return lambda value: value.startswith(text)
    search = re.compile(text, re.IGNORECASE if flags else re.NOFLAG).search
    return lambda value: search(value) is not None
