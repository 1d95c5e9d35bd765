"""Read the meta elements and the JSON-LD of a page."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from msgspec import Struct

from bot.core.language_codes import fold_language
from bot.extract.json_ld import read_json_ld
from bot.extract.page_elements import PageElements

_MAX_NESTED = 2000


class MetaTags(Struct, frozen=True):
    """`meta` is by lower-case name; the first element of a name wins. JSON-LD objects are outermost first."""

    meta: dict[str, str]
    json_ld_objects: tuple[dict[str, Any], ...]
    json_ld_named: dict[str, dict[str, Any]]
    """The JSON-LD objects that have a name, at any depth, by their `@id`."""
    json_ld_types: frozenset[str]
    """All `@type`s of the JSON-LD, lower case."""
    canonical_url: str | None
    lang: str
    """The ISO 639-1 code of the root element's `lang`, or ""."""

    def first_text(self, *names: str) -> str:
        """The first of these meta elements that is not empty, in one line; "" if all are."""
        return next((text for name in names if (text := one_line(self.meta.get(name, "")))), "")

    def resolved(self, value: Any) -> Any:
        """The object that a JSON-LD value refers to by its `@id`; the value itself if there is none."""
        if not isinstance(value, dict) or value.get("name"):
            return value
        name = value.get("@id")
        return self.json_ld_named.get(name, value) if isinstance(name, str) else value

    def json_ld_values(self, key: str) -> Iterator[Any]:
        """Values of a key in the JSON-LD objects that are articles, then in all others."""
        for json_object in sorted(self.json_ld_objects, key=is_article, reverse=True):
            if json_object.get(key) not in (None, "", [], {}):
                yield json_object[key]


def read_meta_tags(elements: PageElements, url: str) -> MetaTags:
    """Must be called before scripts are removed from the tree: they contain the JSON-LD."""
    meta: dict[str, str] = {}
    for element in elements.named("meta"):
        content = element.get("content")
        name = element.get("property") or element.get("name") or element.get("itemprop")
        if name and content is not None:
            meta.setdefault(name.strip().lower(), content)
    objects = read_json_ld(elements)
    types = frozenset(kind for json_object in objects for kind in types_of(json_object))
    root = elements.root
    tag = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    return MetaTags(
        meta,
        objects,
        _named_objects(objects),
        types,
        _canonical(elements, url, meta),
        fold_language(tag),
    )


def _named_objects(objects: tuple[dict[str, Any], ...]) -> dict[str, dict[str, Any]]:
    named: dict[str, dict[str, Any]] = {}
    queue: list[Any] = list(objects)
    for value in queue:  # the queue grows while it is read
        if isinstance(value, dict):
            name = value.get("@id")
            if isinstance(name, str) and isinstance(value.get("name"), str):
                named.setdefault(name, value)
        if len(queue) < _MAX_NESTED:
            queue += [one for one in _children(value) if isinstance(one, dict | list)]
    return named


def _children(value: Any) -> list[Any]:
    return (list(value.values()) if isinstance(value, dict) else value)[:_MAX_NESTED]


def types_of(json_object: dict[str, Any]) -> list[str]:
    kinds = json_object.get("@type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return [kind.rsplit("/", 1)[-1].lower() for kind in kinds if isinstance(kind, str)]


def is_article(json_object: dict[str, Any]) -> bool:
    return any(kind.endswith(("article", "blogposting", "report")) for kind in types_of(json_object))


def one_line(value: object) -> str:
    """A string as one line of at most 500 characters; "" for any other value."""
    # some pages escape twice, and JSON-LD itself has no entities
    return " ".join(unescape(value[:2000]).split())[:500] if isinstance(value, str) else ""


def _canonical(elements: PageElements, url: str, meta: dict[str, str]) -> str | None:
    links = [one.get("href", "") for one in elements.named("link") if one.get("rel") == "canonical"]
    for link in (*links, meta.get("og:url", "")):
        try:
            absolute = urljoin(url, link.strip())
            parts = urlsplit(absolute)
        except ValueError:
            continue
        if link.strip() and parts.scheme in ("http", "https") and parts.netloc:
            return str(absolute)
    return None
