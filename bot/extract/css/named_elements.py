"""Find elements with text by the names that they have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from lxml.html import HtmlElement

_WITHOUT_TEXT = frozenset(
    ("script", "style", "template", "link", "meta", "svg", "path", "img", "source", "br")
)


def elements_of_body(root: HtmlElement) -> Iterator[HtmlElement]:
    """The elements of a page that may be on the screen, in page order."""
    body = root.find("body")
    elements: Iterator[HtmlElement] = (root if body is None else body).iter()
    return elements


def may_have_text(element: HtmlElement) -> bool:
    """Whether an element may have text; False is certain."""
    return bool(element.tag not in _WITHOUT_TEXT and (len(element) or element.text))


def elements_by_name(
    elements: Iterable[HtmlElement], wanted: frozenset[str]
) -> Mapping[str, Sequence[HtmlElement]]:
    """The elements that may have text and that have one of the wanted names, by name."""
    found: dict[str, list[HtmlElement]] = defaultdict(list)
    has_ids = any(name.startswith("#") for name in wanted)
    has_attributes = any(name.startswith("[") for name in wanted)
    always = [""] if "" in wanted else []
    in_class: dict[str, Sequence[str]] = {}  # many elements have the same class attribute
    for element in elements:
        tag, value = element.tag, element.get("class")
        names = [*always, tag] if tag in wanted else always
        if value:
            of_class = in_class.get(value)
            if of_class is None:
                of_class = in_class[value] = [*wanted.intersection(f".{name}" for name in value.split())]
            if of_class:
                names = [*names, *of_class]
        if has_ids and (name := f"#{element.get('id', '')}") in wanted:
            names = [*names, name]
        if has_attributes:
            names = [*names, *wanted.intersection(f"[{name}" for name in element.keys())]  # noqa: SIM118
        if names and may_have_text(element):
            for name in names:
                found[name].append(element)
    return found
