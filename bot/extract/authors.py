"""Who wrote an article: its JSON-LD, its meta elements, then the byline that people see.

Persons come before organisations, and before the site itself. What is not a name is left out: addresses,
numbers, the labels of a form, the credit of a photo.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml.html import HtmlElement

from bot.extract.bylines import visible_authors
from bot.extract.meta_tags import MetaTags, one_line, types_of
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


def find_author(root: HtmlElement, meta_tags: MetaTags, site: str | None) -> str | None:
    """The names of the authors in one line; None if the page does not tell."""
    rest: list[str] = []
    for name, is_person in _candidates(root, meta_tags):
        if is_name(name):
            if is_person and not _is_site(name, site) and _is_personal(name):
                return name
            rest.append(name)
    return next((name for name in rest if not _is_site(name, site)), rest[0] if rest else None)


def _candidates(root: HtmlElement, meta_tags: MetaTags) -> Iterator[tuple[str, bool]]:
    for key in ("author", "creator"):
        for value in meta_tags.json_ld_values(key):
            persons = [one for one in _listed(value) if not _is_organization(meta_tags.resolved(one))]
            names = [name_of(one, meta_tags) for one in persons or _listed(value)]
            yield ", ".join(filter(is_name, map(clean_name, names[:MAX_AUTHORS]))), bool(persons)
    for meta in _META:
        yield clean_name(meta_tags.first_text(meta)), True
    for number in "12":  # a label and a value, for the cards of links
        if LABEL.match(meta_tags.first_text(f"twitter:label{number}")):
            yield clean_name(meta_tags.first_text(f"twitter:data{number}")), True
    yield from visible_authors(root)


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
