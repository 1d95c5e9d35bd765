"""Conditions on attributes find the same elements as XPath."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html
from trafilatura.xpaths import REGEXP_NS

from bot.extract.readers.attribute_conditions import attribute_conditions

PATHS = (
    ".//*[self::div or self::p][@id='story' or contains(@class, 'menu')]",
    "\n.//*[@data-x or starts-with(@id|@class, 're') or re:test(@class, '(^|\\s)ad', 'i')]\n",
    ".//*[self::div][contains(translate(@role, 'N', 'n'), 'nav') or re:test(@id|@class, '^Menu|or x')]",
    ".//*[self::p or self::span][@class='story' or contains(@id, 'enu')][1]",
    "(.//*[self::p or self::div][@class='story' or re:test(@id, '[Mm]enu')])[1]",
)
OTHER_PATHS = (
    "",
    ".//header",
    ".//*[self::div][@id='a' and @class='b']",
    ".//*[self::div][not(@id)]",
    ".//*[self::div][@id='a'][@class='b']",
    ".//*[self::div][@id='a']|.//p",
    "(.//*[self::div][@id='a'])[1]|(.//main)[1]",
)
VALUES = st.sampled_from(
    ["", "story", "menu", "Menu", "the menu", "reply", "Ad", "x ad", "Nav", "nav", "or x"]
)
ELEMENTS = st.tuples(
    st.sampled_from(["div", "p", "span"]),
    st.lists(
        st.tuples(st.sampled_from(["class", "id", "role", "data-x"]), VALUES), unique_by=lambda one: one[0]
    ),
)


@given(st.lists(ELEMENTS, max_size=6), st.sampled_from(PATHS))
def test_the_same_elements_as_with_xpath(
    elements: list[tuple[str, list[tuple[str, str]]]], path: str
) -> None:
    root = inner = html.Element("body")
    for tag, attributes in elements:
        inner = etree.SubElement(inner if tag == "div" else root, tag)
        for name, value in attributes:
            inner.set(name, value)
    conditions = attribute_conditions(path)
    assert conditions is not None
    assert conditions.elements_in(root) == etree.XPath(path, namespaces={"re": REGEXP_NS})(root)


@pytest.mark.parametrize("path", OTHER_PATHS)
def test_other_paths_are_left_to_xpath(path: str) -> None:
    assert attribute_conditions(path) is None
