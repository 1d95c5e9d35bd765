"""Compile selectors. Those of plain names are read here, all others by cssselect2."""

from __future__ import annotations

import re
from collections.abc import Callable

import cssselect2
from msgspec import Struct

from bot.extract.css.kept_results import keep_results
from bot.extract.css.selector_names import (
    IDENTIFIER,
    NO_NAMES,
    SELECTOR,
    encode_escapes,
    names_near,
    names_of_compound,
)

_MAX_BRACKETS = 12
_MAX_COMPOUNDS = 20
_PART = rf"[.#]{IDENTIFIER}|\[{IDENTIFIER}\]|:root(?![\w(-])"
_COMPOUND = rf"(?:\*|{IDENTIFIER})(?:{_PART})*|(?:{_PART})+"
_SELECTOR = rf"\s*(?:{_COMPOUND})(?:(?:\s*>\s*|\s+)(?:{_COMPOUND}))*\s*"
_PLAIN = re.compile(_SELECTOR)
_PSEUDO_ELEMENT = re.compile(
    rf"(?:{_SELECTOR}>?\s*|\s*):(?::(?:marker|placeholder|selection|backdrop)|:?(?:before|after|first-line|first-letter))\s*",
    re.IGNORECASE,
)
_COMBINATOR = re.compile(r"(\s*>\s*|\s+)")
Specificity = tuple[int, int, int]


class Ancestor(Struct, frozen=True, eq=False):
    """What a selector asks of an ancestor: its names, and what it asks of the ancestors of that one."""

    names: frozenset[str]
    is_parent: bool
    """Whether it must be the parent."""
    next: Ancestor | None


class Selector(Struct, frozen=True, eq=False):
    """One compiled selector.

    A matching element has all of the `own_names`, an ancestor as `ancestor` says, and passes the test. The
    element and its ancestors have all of the `path_names`.
    """

    specificity: Specificity
    own_names: frozenset[str]
    ancestor: Ancestor | None = None
    path_names: frozenset[str] = NO_NAMES
    _test: Callable[[cssselect2.ElementWrapper], object] | None = None

    @property
    def is_plain(self) -> bool:
        """Whether names and combinators for ancestors are all that it has, as in `.story > p[title]`."""
        return self._test is None

    def matches(self, element: cssselect2.ElementWrapper) -> bool:
        """Whether an element that has the names passes the test."""
        if self._test is None:
            return True
        try:
            return bool(self._test(element))
        except (RecursionError, ValueError, TypeError):
            return False


def compile_selectors(text: str) -> tuple[Selector, ...]:
    """The selectors of a list. An invalid list has none, as in browsers; pseudo-elements are left out."""
    plain = compile_plain(text)
    return _compile(text) if plain is None else plain


@keep_results
def compile_plain(text: str) -> tuple[Selector, ...] | None:
    """The selectors of a list of plain ones; None if one of them is not plain. Takes little time."""
    if text.count("(") > _MAX_BRACKETS:
        return ()
    parts = encode_escapes(text).split(",")
    if ":" in text:
        parts = [one for one in parts if not _is_pseudo_element(one)]
    if all(map(_is_plain, parts)):
        return tuple(map(_compile_plain, parts))
    return None


def _is_pseudo_element(selector: str) -> bool:
    return ":" in selector and _is_short(selector) and _PSEUDO_ELEMENT.fullmatch(selector) is not None


def _is_plain(selector: str) -> bool:
    return _is_short(selector) and _PLAIN.fullmatch(selector) is not None


def _is_short(selector: str) -> bool:
    return len(selector.split()) + selector.count(">") <= _MAX_COMPOUNDS


def _compile_plain(selector: str) -> Selector:
    """Most selectors are plain. Compiling one with cssselect2 takes as long as matching thousands."""
    *before, last = _COMBINATOR.split(selector.strip())
    own = names_of_compound(last)
    kinds = [name[0] for name in own]
    ancestor: Ancestor | None = None
    for compound, combinator in zip(before[::2], before[1::2], strict=True):
        names = names_of_compound(compound)
        kinds += [name[0] for name in names]
        ancestor = Ancestor(frozenset(names), combinator.strip() == ">", ancestor)
    ids = kinds.count("#")
    classes = sum(kind in ".[:" for kind in kinds)
    return Selector((ids, classes, len(kinds) - ids - classes), frozenset(own), ancestor)


@keep_results
def _compile(text: str) -> tuple[Selector, ...]:
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
    texts = SELECTOR.findall(encode_escapes(text))
    names = (
        [names_near(one) for one in texts]
        if len(texts) == len(compiled)
        else [(NO_NAMES, NO_NAMES)] * len(compiled)
    )
    return tuple(
        Selector(tuple(one.specificity), own, None, path, one.test)
        for one, (own, path) in zip(compiled, names, strict=True)
        if not one.pseudo_element and not one.never_matches
    )
