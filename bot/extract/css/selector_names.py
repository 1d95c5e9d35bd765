"""Tell without compiling which names a selector asks for.

A name is `#id`, `.class`, `tag`, or `[name` for an attribute.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet

from bot.extract.css.kept_results import keep_results

SELECTOR = re.compile(r"(?:[^,()\[\]]|\((?:[^()]|\((?:[^()]|\([^()]*+\))*+\))*+\)|\[[^\]]*+\])++")
"""One selector of a list."""
_BRACKETS = re.compile(r"\((?:[^()]|\((?:[^()]|\([^()]*+\))*+\))*+\)|\[[^\]]*+\]")
_SIBLING = re.compile(r"[+~]")
_COMBINATOR = re.compile(r"\s*[>+~]\s*|\s+")
_COMBINATORS = re.compile(r"[\s>+~]+")
_HAS_MORE_THAN_NAMES = re.compile(r"[:\[(\\]")
_SIMPLE_GROUP = re.compile(
    r"(?:(?<![^\s>+~]):(?:where|is)\(\s*|:(?:where|is)\(\s*(?=[.#\[]))([^\s(),>+~:]+)\s*\)(?![\w-])",
    re.IGNORECASE,
)
_GROUP = re.compile(r":(?:where|is)\(([^()\[\]]*)\)", re.IGNORECASE)
_LEADING_TAG = re.compile(r"^\s*(?:[\w-]+|\*)")
_MAX_ALTERNATIVES = 64
_NEVER_TRUE = re.compile(
    r"::|:(?:before|after|first-letter|first-line|hover|focus|active|visited|target)", re.IGNORECASE
)
# The classes exclude ASCII characters: with a range of all others, the patterns take 0.1 s to compile.
IDENTIFIER = r"-?[^\x00-@\[-^`{-\x7f][^\x00-,./:-@\[-^`{-\x7f]*"
_SINGLE = re.compile(r"[.#][a-zA-Z_][\w-]*|[a-z][a-z0-9]*", re.ASCII)
_CLASS_OR_ID_NAME = re.compile(rf"[.#]{IDENTIFIER}")
_NAME = re.compile(rf"([.#\[:]?)({IDENTIFIER})")
_IDENTIFIER = re.compile(IDENTIFIER)
_SPACES_BETWEEN_NAMES = {code: " " for code in range(0x80) if not (chr(code).isalnum() or chr(code) in "-_")}
_ATTRIBUTE = re.compile(rf"\[\s*({IDENTIFIER})")
_CLASS_OR_ID = re.compile(
    rf"""\[\s*(?:class\s*~?=\s*["']?({IDENTIFIER})|id\s*=\s*["']?({IDENTIFIER}))["']?\s*\]""", re.IGNORECASE
)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\n\r\f])?|([ -~]))")
_PRIVATE = re.compile("[\ue000-\ue0ff]")
_ROOT = re.compile(r"(?<![\w:-]):root(?![\w-])")
_CASE_SENSITIVE = ("#", ".")
NO_NAMES: frozenset[str] = frozenset()


def names_near(selector: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names that a matching element has, and those that it and its ancestors have."""
    parts = _parts_of(selector)
    if parts is None:
        return NO_NAMES, NO_NAMES
    own = frozenset(parts[-1])
    if _SIBLING.search(_BRACKETS.sub("", selector)):
        return own, NO_NAMES
    return own, frozenset(name for part in parts for name in part)


@keep_results
def needed_names(selectors: str) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    """The `names_near` of the selectors of a list; not of those that match no element of a page at rest."""
    return tuple(
        names_near(one) for one in SELECTOR.findall(encode_escapes(selectors)) if _parts_of(one) is not None
    )


def names_on_page(selectors: str, has_name: Callable[[str], bool]) -> AbstractSet[str]:
    """For each selector of a list that the page may have a match for, a name that the matching element has.

    The name is "" if the selector asks for none. `has_name` tells whether the page has a name. Selectors that
    match no whole element of a page at rest are left out, such as those with `:hover`. Found without parsing,
    which takes much longer.
    """
    if _SINGLE.fullmatch(selectors):
        return frozenset((selectors,)) if has_name(selectors) else NO_NAMES
    found = set()
    if _HAS_MORE_THAN_NAMES.search(selectors) is None:
        for selector in selectors.split(","):
            if all(map(has_name, names_of_compound(selector))):
                own = names_of_compound(_COMBINATORS.split(selector.rstrip())[-1])
                found.add(max(own, key=lambda name: "[.#".find(name[0]), default=""))
        return found
    for selector in _alternatives(SELECTOR.findall(encode_escapes(selectors))):
        parts = _parts_of(selector)
        if parts is not None and all(has_name(name) for part in reversed(parts) for name in part):
            found.add(max(parts[-1], key=lambda name: "[.#".find(name[0]), default=""))
    return found


def _alternatives(selectors: list[str]) -> Iterator[str]:
    """The selectors, each with a list in `:where()` or `:is()` once for each part of that list.

    What matches the list matches one of these, but they may match more.
    """
    left, added = list(reversed(selectors)), 0
    while left:
        selector = left.pop()
        group = _GROUP.search(selector) if ":" in selector and added < _MAX_ALTERNATIVES else None
        if group is None:
            yield selector
            continue
        before, after = selector[: group.start()], selector[group.end() :]
        within = bool(before) and before[-1] not in " \t\n>+~"
        for one in group[1].split(","):
            added += 1
            left.append(f"{before}{_LEADING_TAG.sub('', one, 1) if within else one}{after}")


def classes_and_ids(selectors: str) -> list[list[str]] | None:
    """For each selector of a list the classes and identifiers without which nothing matches.

    None if the list has brackets or escapes: such a list is not read here.
    """
    if "(" in selectors or "[" in selectors or "\\" in selectors:
        return None
    return list(map(_CLASS_OR_ID_NAME.findall, selectors.split(",")))


def _parts_of(selector: str) -> list[list[str]] | None:
    """The names that each part of a selector asks for; None if no element of a page at rest matches."""
    if "\\" in selector:
        return [[]]
    if ":" in selector:
        if "(" in selector:
            selector = _SIMPLE_GROUP.sub(r"\1", selector)
        if ":root" in selector:
            selector = _ROOT.sub("html", selector)
        if _NEVER_TRUE.search(_BRACKETS.sub("", selector) if _has_brackets(selector) else selector):
            return None
    plain = _BRACKETS.sub(_attribute_name, selector) if _has_brackets(selector) else selector
    return [names_of_compound(part.partition(":")[0]) for part in _COMBINATOR.split(plain.strip())]


def _has_brackets(selector: str) -> bool:
    return "[" in selector or "(" in selector


def names_of_compound(part: str) -> list[str]:
    """The names in a part of a selector between combinators."""
    names = [kind + (name if kind in _CASE_SENSITIVE else name.lower()) for kind, name in _NAME.findall(part)]
    if part.isascii():
        return names
    return [_PRIVATE.sub(lambda one: chr(ord(one[0]) - 0xE000), name) for name in names]


def _attribute_name(brackets: re.Match[str]) -> str:
    named = _CLASS_OR_ID.fullmatch(brackets[0])
    if named:
        return f".{named[1]}" if named[1] else f"#{named[2]}"
    found = _ATTRIBUTE.match(brackets[0])
    return f"[{found[1]}" if found else "*"  # never nothing, or the part would be lost


def words_of(selectors: Iterable[str]) -> AbstractSet[str]:
    """The words in selectors, as written and in lower case.

    All names that the other functions find are among them, without their first character.
    """
    text = " ".join(map(encode_escapes, selectors))
    words = set[str]()
    for run in set(text.translate(_SPACES_BETWEEN_NAMES).split(" ")):
        words.update(_IDENTIFIER.findall(run))  # at most one
    if not text.isascii():
        words |= {_PRIVATE.sub(lambda one: chr(ord(one[0]) - 0xE000), word) for word in words}
    return words | {word.lower() for word in words}


def encode_escapes(selectors: str) -> str:
    """Selectors with private characters for escaped ones of ASCII, as in `.md\\:flex` and `.\\32xl`.

    Escapes of other characters stay.
    """
    if "\\" not in selectors or _PRIVATE.search(selectors):
        return selectors
    return _ESCAPE.sub(_encoded, selectors)


def _encoded(escape: re.Match[str]) -> str:
    code = ord(escape[2]) if escape[2] else int(escape[1], 16)
    return chr(0xE000 + code) if 0x20 <= code < 0x7F else escape[0]
