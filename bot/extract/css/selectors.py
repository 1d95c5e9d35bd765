"""Compile selectors, and tell without compiling which elements they may match."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import cssselect2
from lxml import etree
from lxml.html import HtmlElement

_MAX_BRACKETS = 12

_WITHOUT_TEXT = frozenset(
    ("script", "style", "template", "link", "meta", "svg", "path", "img", "source", "br")
)
_CLASSES = etree.XPath("//@class", smart_strings=False)
_IDS = etree.XPath("//@id", smart_strings=False)
_SELECTOR = re.compile(r"(?:[^,()\[\]]|\((?:[^()]|\((?:[^()]|\([^()]*+\))*+\))*+\)|\[[^\]]*+\])++")
_BRACKETS = re.compile(r"\((?:[^()]|\((?:[^()]|\([^()]*+\))*+\))*+\)|\[[^\]]*+\]")
_SIBLING = re.compile(r"[+~]")
_COMBINATOR = re.compile(r"\s*[>+~]\s*|\s+")
_SIMPLE_GROUP = re.compile(r":(?:where|is)\(\s*([^\s(),>+~:]+)\s*\)(?![\w-])", re.IGNORECASE)
_NEVER_TRUE = re.compile(
    r"::|:(?:before|after|first-letter|first-line|hover|focus|active|visited|target)", re.IGNORECASE
)
_IDENTIFIER = r"-?[_a-zA-Z\u0080-\U0010ffff][\w\u0080-\U0010ffff-]*"
_COMPOUND = re.compile(rf"(?:\*|{_IDENTIFIER})?(?:[.#]{_IDENTIFIER})*")
_NAME = re.compile(rf"([.#\[]?)({_IDENTIFIER})")
_ATTRIBUTE = re.compile(rf"\[\s*({_IDENTIFIER})")
_CLASS_OR_ID = re.compile(
    rf"""\[\s*(?:class\s*~?=\s*["']?({_IDENTIFIER})|id\s*=\s*["']?({_IDENTIFIER}))["']?\s*\]""", re.IGNORECASE
)
_ESCAPE = re.compile(r"\\(?![0-9a-fA-F])([ -~])")
_PRIVATE = re.compile("[\ue000-\ue0ff]")
_ROOT = re.compile(r"(?<![\w:-]):root(?![\w-])")
_NO_NAMES: frozenset[str] = frozenset()
Specificity = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Selector:
    """One compiled selector.

    A matching element has all of the `own_names`, and the element and its ancestors have all of the
    `path_names`. Without a test these names are all that the selector asks for.
    """

    specificity: Specificity
    own_names: frozenset[str]
    path_names: frozenset[str]
    _test: Callable[[cssselect2.ElementWrapper], object] | None

    @property
    def is_compound(self) -> bool:
        """Whether the selector consists of names of the element itself, such as `p.note`."""
        return self._test is None

    def matches(self, element: cssselect2.ElementWrapper) -> bool:
        """Whether an element that has the names matches."""
        if self._test is None:
            return True
        try:
            return bool(self._test(element))
        except (RecursionError, ValueError, TypeError):
            return False


def compile_selectors(text: str) -> tuple[Selector, ...]:
    """The selectors of a list. An invalid list has none, as in browsers; pseudo-elements are left out."""
    if text.count("(") > _MAX_BRACKETS:
        return ()
    encoded = _encode_escapes(text)
    compounds = [_COMPOUND.fullmatch(one.strip()) for one in encoded.split(",")]
    if all(found is not None and found[0] for found in compounds):
        return tuple(_compound(found[0]) for found in compounds if found is not None)
    try:
        compiled = cssselect2.compile_selector_list(text)
    except (
        cssselect2.SelectorError,
        SyntaxError,
        NotImplementedError,
        RecursionError,
        MemoryError,
        ValueError,
        TypeError,
        AttributeError,
    ):
        return ()  # cssselect2 does not know it, or its generated code is nested too deeply
    texts = _SELECTOR.findall(encoded)
    names = (
        [_names_near(one) for one in texts]
        if len(texts) == len(compiled)
        else [(_NO_NAMES, _NO_NAMES)] * len(compiled)
    )
    return tuple(
        Selector(tuple(one.specificity), own, path, one.test)
        for one, (own, path) in zip(compiled, names, strict=True)
        if not one.pseudo_element and not one.never_matches
    )


def _compound(text: str) -> Selector:
    """Most selectors are of this kind. Compiling them takes as long as matching thousands."""
    names = _names_of_part(text)
    kinds = [name[0] for name in names]
    ids, classes = kinds.count("#"), kinds.count(".")
    return Selector((ids, classes, len(kinds) - ids - classes), frozenset(names), _NO_NAMES, None)


def _names_near(selector: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names that a matching element has, and those that it and its ancestors have."""
    parts = _parts_of(selector)
    if parts is None:
        return _NO_NAMES, _NO_NAMES
    own = frozenset(parts[-1])
    if _SIBLING.search(_BRACKETS.sub("", selector)):
        return own, _NO_NAMES
    return own, frozenset(name for part in parts for name in part)


@lru_cache(maxsize=8192)
def required_names(selectors: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """For each selector of a list, names that a page must have for a match: `#id`, `.class`, `tag`,
    or `[name` for an attribute.

    Selectors that match no whole element of a page at rest are left out, such as those with `:hover`. The
    first name is one that the matching element itself has, or "" if the selector asks for none. Found without
    parsing, which takes much longer.
    """
    found = (_required_names(selector) for selector in _SELECTOR.findall(_encode_escapes(selectors)))
    return tuple(names for names in found if names is not None)


def _required_names(selector: str) -> tuple[str, frozenset[str]] | None:
    parts = _parts_of(selector)
    if parts is None:
        return None
    last = max(parts[-1], key=lambda name: "[.#".find(name[0]), default="")
    return last, frozenset(name for part in parts for name in part)


def _parts_of(selector: str) -> list[list[str]] | None:
    """The names that each part of a selector asks for; None if no element of a page at rest matches."""
    if "\\" in selector:
        return [[]]
    if ":" in selector:
        selector = _ROOT.sub("html", _SIMPLE_GROUP.sub(r"\1", selector))
        if _NEVER_TRUE.search(_BRACKETS.sub("", selector)):
            return None
    plain = _BRACKETS.sub(_attribute_name, selector) if "[" in selector or "(" in selector else selector
    return [_names_of_part(part.partition(":")[0]) for part in _COMBINATOR.split(plain.strip())]


def _names_of_part(part: str) -> list[str]:
    names = [kind + (name if kind in ("#", ".") else name.lower()) for kind, name in _NAME.findall(part)]
    return [_PRIVATE.sub(lambda one: chr(ord(one[0]) - 0xE000), name) for name in names]


def _attribute_name(brackets: re.Match[str]) -> str:
    named = _CLASS_OR_ID.fullmatch(brackets[0])
    if named:
        return f".{named[1]}" if named[1] else f"#{named[2]}"
    found = _ATTRIBUTE.match(brackets[0])
    return f"[{found[1]}" if found else "*"  # never nothing, or the part would be lost


def _encode_escapes(selectors: str) -> str:
    """Selectors with private characters for escaped punctuation, as in `.md\\:flex`; other escapes stay."""
    if "\\" not in selectors or _PRIVATE.search(selectors):
        return selectors
    return _ESCAPE.sub(lambda found: chr(0xE000 + ord(found[1])), selectors)


def names_on_page(selectors: str, page_names: set[str]) -> set[str]:
    """The first of the `required_names` of each selector that the page may have a match for."""
    return {name for name, required in required_names(selectors) if required <= page_names}


def elements_with_text(root: HtmlElement) -> Iterator[HtmlElement]:
    """The elements of the body that may have text, in page order."""
    body = root.find("body")
    for element in (root if body is None else body).iter():
        if element.tag not in _WITHOUT_TEXT and (len(element) or element.text):
            yield element


def names_in(root: HtmlElement) -> set[str]:
    """The names of all elements."""
    names = {str(element.tag) for element in root.iter()}
    names.update(f"[{name}" for element in root.iter() for name in element.attrib)
    names.update(f".{name}" for value in set(_CLASSES(root)) for name in value.split())
    names.update(f"#{value}" for value in _IDS(root))
    return names


def names_of(element: HtmlElement) -> list[str]:
    """The names of an element as in `required_names`, and the empty one."""
    attributes = element.attrib
    names = ["", str(element.tag), *(f"[{name}" for name in attributes)]
    if "class" in attributes:
        names += [f".{name}" for name in attributes["class"].split()]
    if "id" in attributes:
        names.append(f"#{attributes['id']}")
    return names
