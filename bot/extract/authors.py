"""Who wrote an article: its JSON-LD, its meta elements, then the byline that people see.

Persons come before organisations, and before the site itself. What is not a name is left out: addresses,
numbers, the labels of a form, the credit of a photo.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bot.extract.bylines import names_are_visible, visible_authors
from bot.extract.meta_tags import MetaTags, one_line, types_of
from bot.extract.page_elements import PageElements
from bot.extract.person_names import LABEL, MAX_AUTHORS, clean_name, is_name
from bot.extract.word_count import WORD

_META = (
    "author",
    "article:author",
    "parsely-author",
    "dc.creator",
    "citation_author",
    "sailthru.author",
    "byl",
)
_SURNAME_FIRST = re.compile(r"^([^,]+), ([^,]+)$")


def find_author(elements: PageElements, meta_tags: MetaTags, site: str | None) -> str | None:
    """The names of the authors in one line; None if the page does not tell.

    A name that the page never shows, often that of the account that saved it, gives way to its byline.
    """
    stated, rest = _first_person(_stated(meta_tags), site)
    if stated and names_are_visible(elements, stated):
        return stated
    visible, others = _first_person(visible_authors(elements), site)
    names = rest + others
    return (
        visible
        or stated
        or next((name for name in names if not _is_site(name, site)), names[0] if names else None)
    )


def _first_person(candidates: Iterator[tuple[str, bool]], site: str | None) -> tuple[str | None, list[str]]:
    """The first name that is a person's, and the other names before it."""
    rest: list[str] = []
    for name, is_person in candidates:
        if is_name(name):
            if is_person and not _is_site(name, site) and _is_personal(name):
                return name, rest
            rest.append(name)
    return None, rest


def _stated(meta_tags: MetaTags) -> Iterator[tuple[str, bool]]:
    for key in ("author", "creator"):
        for value in meta_tags.json_ld_values(key):
            persons = [one for one in _listed(value) if not _is_organization(meta_tags.resolved(one))]
            names = [name_of(one, meta_tags) for one in persons or _listed(value)]
            yield _joined(list(filter(is_name, map(clean_name, names[:MAX_AUTHORS])))), bool(persons)
    for meta in _META:
        name = clean_name(meta_tags.first_text(meta))
        yield (
            _SURNAME_FIRST.sub(r"\2 \1", name) if meta == "citation_author" else _joined(name.split(", ")),
            True,
        )
    for number in "12":  # a label and a value, for the cards of links
        if LABEL.match(meta_tags.first_text(f"twitter:label{number}")):
            yield clean_name(meta_tags.first_text(f"twitter:data{number}")), True


def _joined(names: list[str]) -> str:
    """As many of the names as one line holds."""
    while len(names) > 1 and not is_name(", ".join(names)):
        names = names[:-1]
    return ", ".join(names)


def name_of(value: Any, meta_tags: MetaTags) -> str:
    """The name in a value of the JSON-LD: a text, an object, a reference to one, or a list of these."""
    if isinstance(value, list):
        return ", ".join(name for one in value[:MAX_AUTHORS] if (name := name_of(one, meta_tags)))
    value = meta_tags.resolved(value)
    return one_line(value.get("name") if isinstance(value, dict) else value)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_organization(value: Any) -> bool:
    return isinstance(value, dict) and any(kind.endswith("organization") for kind in types_of(value))


def _is_personal(name: str) -> bool:
    """Whether a name is more than the name of an account."""
    return " " in name.strip() or not name.isascii()


def _is_site(name: str, site: str | None) -> bool:
    plain = "".join(WORD.findall(name.casefold()))
    return bool(site) and plain == "".join(WORD.findall((site or "").casefold()))
